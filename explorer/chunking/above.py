"""What stands above a chunk: the headings of its sections, and the column names of the table it begins in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from explorer.chunking.units import Unit
from explorer.types import HeadingLike

_HEADER_CHARACTERS = 300
"""The most characters of a table's header that become a step of the heading path."""


class TableLike(Protocol):
    """The rows of a table, `text[start:end]`, and its column names on one line."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def header(self) -> str: ...


class HeadingsAbove:
    """Which headings stand above a place of the text."""

    def __init__(self, headings: Sequence[HeadingLike]) -> None:
        self.starts: list[int] = []
        self._paths: list[tuple[str, ...]] = []
        open_: list[HeadingLike] = []
        for heading in sorted(headings, key=lambda heading: heading.start):
            open_ = [*(above for above in open_ if above.level < heading.level), heading]
            self.starts.append(heading.start)
            self._paths.append(tuple(above.text for above in open_))

    def above(self, units: Sequence[Unit]) -> tuple[str, ...]:
        """What all sections of a chunk share; a heading line counts only in a chunk of nothing else."""
        if not self.starts:
            return ()
        body = [unit for unit in units if not unit.heading] or units
        first, *others = dict.fromkeys(self._at(unit.end - 1) for unit in body)
        shared = len(first)
        for other in others:
            same = (a == b for a, b in zip(first, other, strict=False))
            shared = min(shared, next((n for n, equal in enumerate(same) if not equal), len(other)))
        return first[:shared]

    def _at(self, offset: int) -> tuple[str, ...]:
        position = bisect_right(self.starts, offset)
        return self._paths[position - 1] if position else ()


class ColumnsAbove:
    """Which table's column names a chunk needs, because their row is not in it."""

    def __init__(self, text: str, tables: Sequence[TableLike]) -> None:
        self._text = text
        self._tables = sorted(tables, key=lambda table: table.start)
        self.rows = [(table.start, table.end) for table in self._tables]
        self._starts = [table.start for table in self._tables]
        self._headers: dict[int, str] = {}

    def above(self, start: int, end: int) -> tuple[str, ...]:
        """The header of the table that `text[start:end]` begins within, unless it stands there too."""
        position = bisect_right(self._starts, start) - 1
        if position < 0:
            return ()
        table = self._tables[position]
        if not table.start < start < table.end:
            return ()
        header = self._header(position)
        if not header or header in " ".join(self._text[start:end].split()):
            return ()
        return (header[:_HEADER_CHARACTERS].rstrip(),)

    def _header(self, position: int) -> str:
        """A table's column names on one line; a million of them are gone through once."""
        if position not in self._headers:
            self._headers[position] = " ".join(self._tables[position].header.split())
        return self._headers[position]
