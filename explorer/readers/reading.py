"""What a reader is given (`Source`) and what it returns (`Reading`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812  (a field is called `date`)
from functools import cached_property
from pathlib import Path

from explorer.errors import ReadError
from explorer.readers.limits import Limits, variable
from explorer.types import Box

NAMES_SHOWN = 4
"""Names that one warning lists; it counts the others."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document."""

    start: int
    """Offset in the document's text of the line that the heading stands on."""
    level: int
    """1 is the highest."""
    text: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page. `text` includes what separates it from the next page: `''.join` is the whole text."""

    number: int
    text: str
    label: str | None = None
    """What is printed on the page, where that differs from the number."""
    runs: bytes = b""
    """Map from offsets of `text` to characters of the page; see `pdf/offset_map.py`. Empty: no boxes."""
    boxes: bytes = b""
    """Where the words of a recognised page stand, by offsets of `text`. Empty: not recognised by OCR."""


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The rows of one table: `text[start:end]` of the document, its header row included."""

    start: int
    end: int
    header: str
    """Its column names on one line; they are put above every chunk of the table that lacks the header row."""
    header_rows: int | None = None
    """How many of its first rows name the columns, where the file says so."""
    apart: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """(number of a row from 0, its cells) where its line does not tell them (`readers/tables.py`)."""


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture as a reader found it: `explorer.types.Picture` says what its fields mean."""

    page: int
    start: int
    end: int
    where: str
    """How the reader's `picture` finds it in the file again."""
    sha256: str
    media_type: str
    width: int
    height: int
    box: Box | None = None
    caption: str = ""
    alt: str = ""
    thumbnail: bytes = b""
    """A small JPEG."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside the file that was read: a member of an archive, an attachment."""

    name: str
    """Its name there, with its folders and "/" between them: text to show, never a path."""
    content: bytes | Iterable[bytes]
    """The whole of it, or blocks where it is unpacked while it is read."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the files around a file have used up of `Limits.depth`, `members` and `unpacked_mb`."""

    depth: int = 0
    """How many archives and mails it stands in."""
    members: int = 0
    unpacked: int = 0
    """Bytes that were unpacked."""


@dataclass(frozen=True)
class Reading:
    """What was read from one file. `kind` is the name of its format in the registry.

    Formats without pages have one page. Text holds no lone surrogates, so it can be encoded as UTF-8.
    """

    kind: str
    text_pages: tuple[ReadPage, ...]
    title: str | None = None
    author: str | None = None
    language: str | None = None
    """What the document declares, in lower case: "en", "pt-br"."""
    date: Date | None = None
    headings: tuple[Heading, ...] = ()
    """By rising `start`."""
    tables: tuple[ReadTable, ...] = ()
    """By rising `start`, apart from each other."""
    asides: tuple[tuple[int, int], ...] = ()
    """Spans of the text that are not its subject (menus, running headers), by rising start. They are kept and
    can be found, but no chunk joins them with anything else."""
    addresses: tuple[tuple[int, int], ...] = ()
    """Spans of the text that only say where its links lead, by rising start: kept, but in no chunk."""
    pictures: tuple[ReadPicture, ...] = ()
    """By rising `start`."""
    warnings: tuple[str, ...] = ()
    """What is missing or odd, one sentence each."""

    @cached_property
    def text(self) -> str:
        """The document's text; every offset counts its characters."""
        return "".join(page.text for page in self.text_pages)


def unheard(page: int, pages: int) -> None:
    """Takes progress that nobody asked for."""


def unwanted(part: Part) -> None:
    """Takes a file within the file that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, as a format's `read` function gets it."""

    path: Path
    name: str
    """Base name with extension, for messages and hints; `path` may have neither."""
    password: str | None = None
    limits: Limits = field(default_factory=Limits)
    on_page: Callable[[int, int], None] = unheard
    """Called with the page being read (from 1) and how many there are."""
    on_part: Callable[[Part], None] = unwanted
    """Called with each file inside the file, which becomes a document of its own. Readers call it through
    `containers.members.Parts`, which keeps the limits."""
    spent: Spent = Spent()
    content: bytes | None = None
    """What to read instead of the file at `path`: a protected file, opened in memory."""

    @property
    def shown(self) -> str:
        """The name, fit for a message."""
        return shown(self.name)

    def check_characters(self, count: int) -> None:
        """Raises ReadError when the text read so far is beyond the limit."""
        if count > self.limits.characters:
            raise ReadError(
                f"{self.shown} has more than {self.limits.characters:,} characters of text. Split it, or "
                f"raise {variable('characters')}."
            )


Reader = Callable[[Source], Reading]


def shown(name: str, width: int = 120) -> str:
    """A file's name as it may stand in a message: one line, bounded, no control characters."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in name).split()) or "The file"
    return line if len(line) <= width else f"{line[: width - 20]}…{line[-19:]}"


def listed(names: Sequence[str]) -> str:
    """Names as they may stand in a warning: the first four, and how many more there are."""
    first = ", ".join(shown(name, 50) for name in names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{first} and {rest:,} more" if rest > 0 else first


def scrubbed(text: str) -> str:
    """`text` with every lone surrogate replaced by U+FFFD, so that it can be stored; same length."""
    return _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile("[\ud800-\udfff]")
