"""HTML: headings, text and table rows by lxml. Nothing is fetched, no script runs, no entity expands.

Blocks are separated by blank lines, list items and table rows by line ends; a row stays on one line, its
cells separated by " | ". What is not the main part (navigation, header, footer, asides) follows after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from explorer.errors import ReadError
from explorer.readers.decoding import decode
from explorer.readers.reading import Heading, Reading, ReadPage, Source, scrubbed

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|encoding\s*=\s*["']([\w.:-]{2,40})["']""",
    re.I,
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_SKIPPED = frozenset(
    "script style noscript template head iframe object embed applet svg canvas audio video map datalist".split()
)
_ASIDE = frozenset("nav footer aside".split())
_ASIDE_ROLES = frozenset("navigation contentinfo complementary search".split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARAGRAPHS = frozenset(
    "p div section article main header footer nav aside address blockquote figure figcaption form fieldset "
    "details summary dialog ul ol dl table caption pre h1 h2 h3 h4 h5 h6 hgroup hr body html center".split()
)
_LINES = frozenset("br li dt dd tr option legend".split())
_CELLS = frozenset("td th".split())
_SPACE = re.compile(r"[ \t\n\r\f\u00a0]+")
_MAX_DEPTH = 200
"""List items are indented no deeper, and nothing else depends on depth."""


def read(source: Source) -> Reading:
    """Reads an HTML file. Raises ReadError when it holds no text."""
    data = source.path.read_bytes()
    source.check_characters(len(data) // 4)
    declared = _DECLARED.search(data[:4096])
    encoding = (declared[1] or declared[2]).decode("ascii", "replace") if declared else None
    text, _, lost = decode(data, encoding)
    root = _parse(source, text)
    main, rest = Writer(), Writer()
    _write(root, main, rest)
    title, author, day = _metadata(root)
    body, headings = _joined(source, main, rest)
    source.on_page(1, 1)
    limit = source.limits.headings
    warnings = [f"{lost:,} characters could not be decoded and are shown as \ufffd."] if lost else []
    if len(headings) > limit:
        warnings.append(f"Only the first {limit:,} headings are kept.")
    return Reading(
        kind="html",
        text_pages=(ReadPage(1, body),),
        title=title or next((each.text for each in headings if each.level == 1), None),
        author=author,
        language=(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower()
        or None,
        date=day,
        headings=tuple(headings[:limit]),
        warnings=tuple(warnings),
    )


@dataclass(slots=True)
class Writer:
    """Text as it grows; breaks are remembered and written before the next word only."""

    parts: list[str] = field(default_factory=list)
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    """(offset of the start, level, offset of the end)"""
    length: int = 0
    _break: str = ""
    _space: bool = False

    def separate(self, mark: str) -> None:
        """Asks for a line end or a blank line before the next word."""
        if len(mark) > len(self._break):
            self._break = mark

    def add(self, text: str) -> None:
        """Appends text whose white space counts as single spaces."""
        words = _SPACE.sub(" ", text)
        if words == " " or not words:
            self._space = self._space or bool(words)
            return
        lead = words.startswith(" ")
        self._put(words.strip(" "), lead or self._space)
        self._space = words.endswith(" ")

    def add_exactly(self, text: str) -> None:
        """Appends preformatted text, its line ends kept."""
        if text.strip():
            self._put(text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"), spaced=False)
            self._space = text[-1] in " \n"

    def start(self) -> int:
        """Writes what separates, so that the next word begins at the returned offset."""
        self._flush(spaced=False)
        return self.length

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def _put(self, text: str, spaced: bool) -> None:
        self._flush(spaced)
        self.parts.append(text)
        self.length += len(text)

    def _flush(self, spaced: bool) -> None:
        mark = self._break or (" " if spaced else "")
        if self.length and mark:
            self.parts.append(mark)
            self.length += len(mark)
        self._break, self._space = "", False
