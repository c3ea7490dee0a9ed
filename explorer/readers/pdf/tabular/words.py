"""The words of a PDF page's lines with where each begins and ends, asked for only where a table may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.readers.pdf import pdfium
from explorer.readers.pdf.layout.glyphs import NOTHING
from explorer.readers.pdf.pdfium import Line

_WORD = re.compile(rf"[^\s{NOTHING}]+(?:{NOTHING}+[^\s{NOTHING}]+)*")


@dataclass(slots=True)
class Word:
    """Characters `first <= i < last` of the page and where they stand, in the frame of their line."""

    first: int
    last: int
    left: float
    right: float
    text: str


class Words:
    """The words of lines of one page. `text` is PDFium's handle, `own` how many characters it has."""

    def __init__(self, text: Any, characters: str, rotation: int, own: int) -> None:
        self._text, self._characters, self._rotation, self._own = text, characters, rotation, own
        self._known: dict[int, tuple[Line, list[Word]]] = {}
        """By the id of a line, which is held with its words: the same row is asked for again and again."""

    def of(self, lines: Sequence[Line]) -> list[Word]:
        """The words of a row, from the left."""
        found: list[Word] = []
        for line in lines:
            if id(line) not in self._known:
                self._known[id(line)] = line, self._of(line)
            found += self._known[id(line)][1]
        if len(lines) > 1:
            found.sort(key=lambda word: word.left)
        return found

    def _of(self, line: Line) -> list[Word]:
        characters = self._characters
        if line.last > self._own:  # what stands in a field
            return [Word(line.first, line.last, line.left, line.right, characters[line.first : line.last])]
        rotation = (self._rotation + line.turn) % 4
        spans = [match.span() for match in _WORD.finditer(characters, line.first, line.last)]
        found = [
            Word(first, last, *pdfium.reach(self._text, first, last - 1, rotation), characters[first:last])
            for first, last in spans
        ]
        if characters.find(NOTHING, line.first, line.last) >= 0:
            for word in found:
                word.text = word.text.replace(NOTHING, "")
        return found
