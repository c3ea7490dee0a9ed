"""The text of an HTML file while it is written: white space folds, breaks come before the next word only."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from explorer.readers.decoding import normal
from explorer.readers.pictures.gallery import Look
from explorer.readers.reading import ReadTable

_SPACE = re.compile(r"[ \t\n\r\f\u00a0]+")


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture of a page: `text[start:end]` was written for it."""

    start: int
    end: int
    look: Look
    alt: str
    caption: str


@dataclass(slots=True)
class Writer:
    """Text while it is written; breaks are remembered, and written before the next word only."""

    parts: list[str] = field(default_factory=list)
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    """(offset of the start, level, offset of the end)"""
    tables: list[ReadTable] = field(default_factory=list)
    pictures: list[ShownPicture] = field(default_factory=list)
    length: int = 0
    _break: str = ""
    _space: bool = False
    _is_fresh: bool = False

    def separate(self, mark: str) -> None:
        """Asks for a line end or a blank line before the next word."""
        if len(mark) > len(self._break):
            self._break = mark

    def add(self, text: str) -> None:
        """Appends text whose white space counts as single spaces."""
        words = _SPACE.sub(" ", text if text.isascii() else normal(text))
        if words == " " or not words:
            self._space = self._space or bool(words)
            return
        lead = words.startswith(" ")
        self._put(words.strip(" "), lead or self._space)
        self._space = words.endswith(" ")

    def add_exactly(self, text: str) -> None:
        """Appends preformatted text, its line ends kept."""
        if text.strip():
            exact = textwrap.dedent(text.replace("\r\n", "\n").replace("\r", "\n"))
            self._put(exact.strip("\n").rstrip(), spaced=exact[0].isspace() and not self._break)
            if exact.rstrip(" \t").endswith("\n"):
                self.separate("\n")
            self._space = exact[-1] == " "

    def cell(self) -> None:
        """Ends a cell of a row, also an empty one."""
        self._put("|", spaced=True)
        self._space = True

    def add_mark(self, mark: str) -> None:
        """Appends a list item's bullet with its indentation; its text follows without another space."""
        self._put(mark, spaced=False)
        self._is_fresh = True

    def start(self) -> int:
        """The offset at which the next word begins; the break before it is written now."""
        self._flush(spaced=False)
        self._is_fresh = True
        return self.length

    def mark(self) -> tuple[int, int]:
        """Where the text ends now, for `since` and `forget`."""
        return len(self.parts), self.length

    def since(self, mark: tuple[int, int]) -> str:
        """What was written after `mark`."""
        return "".join(self.parts[mark[0] :]).strip()

    def forget(self, mark: tuple[int, int]) -> None:
        """Takes back what was written after `mark`."""
        del self.parts[mark[0] :]
        self.length = mark[1]

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def _put(self, text: str, spaced: bool) -> None:
        self._flush(spaced)
        self.parts.append(text)
        self.length += len(text)

    def _flush(self, spaced: bool) -> None:
        mark = self._break or (" " if spaced else "")
        if self._is_fresh:  # right behind a bullet, or where a heading begins
            mark = ""
        self._is_fresh = False
        if self.length and mark:
            self.parts.append(mark)
            self.length += len(mark)
        self._break, self._space = "", False
