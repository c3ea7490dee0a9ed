"""Markdown as a terminal shows it: without its marks, tables in columns, while it streams."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKS = re.compile(r"\\([\\`*\[\]<>#|~_])|\*\*")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_CELL = re.compile(r"(?<!\\)\|")
_WIDEST = 48
"""Characters of a cell up to which a column is as wide as its widest one."""


def unmarked(text: str) -> str:
    """Text without the marks of bold words, and without the strokes before signs that mark nothing."""
    return _MARKS.sub(lambda found: found[1] or "", text)


class Unmarking:
    """Takes an answer's Markdown piece by piece and gives what may be shown of it."""

    def __init__(self) -> None:
        self._line = ""
        """What is held of the last line: it may go on."""
        self._is_begun = False
        """Whether the beginning of that line was given."""
        self._table: list[str] = []

    def feed(self, piece: str) -> str:
        """What may be shown now: whole lines, of the last one what cannot be a mark, tables when they end."""
        *lines, self._line = (self._line + piece).split("\n")
        shown = "".join(self._ended(line) for line in lines)
        if self._line and not (self._line.startswith("|") and not self._is_begun):
            held = re.search(r"[\\*_]+$", self._line)
            end = held.start() if held else len(self._line)
            if end:
                shown += self._table_shown() + unmarked(self._line[:end])
                self._line, self._is_begun = self._line[end:], True
        return shown

    def rest(self) -> str:
        """What was held back, when nothing follows."""
        line, self._line = self._line, ""
        if line.startswith("|") and not self._is_begun:
            self._table.append(line)
            return self._table_shown().removesuffix("\n")
        return self._table_shown() + unmarked(line)

    def _ended(self, line: str) -> str:
        is_begun, self._is_begun = self._is_begun, False
        if line.startswith("|") and not is_begun:
            self._table.append(line)
            return ""
        return self._table_shown() + unmarked(line) + "\n"

    def _table_shown(self) -> str:
        lines, self._table = self._table, []
        return in_columns(lines)


def in_columns(lines: Sequence[str]) -> str:
    """The rows of a Markdown table below each other, each ended, without bars and the line under its head."""
    rows = [
        [unmarked(cell.strip()) for cell in _CELL.split(line.strip())[1:-1]]
        for line in lines
        if not _RULE.fullmatch(line.strip())
    ]
    width = max(map(len, rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    widths = [min(max(len(row[place]) for row in rows), _WIDEST) for place in range(width)]
    return "".join(
        "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in rows
    )
