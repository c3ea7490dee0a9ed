"""Every format that can be read: the one table behind detection, the file picker, docs and messages.

A format is found by content; the extension only settles what content cannot tell (Markdown is plain text).
A new format is one module with a `read(source) -> Reading` and one entry in `FORMATS`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

from explorer.errors import ReadError
from explorer.readers import decoding, sniffing
from explorer.readers.reading import Reader, shown

HEAD_BYTES = 65_536
"""How much of a file is looked at to find out its format."""


@dataclass(frozen=True)
class Sample:
    """What detection may look at: the name, the first bytes, and a zip's list of members."""

    path: Path
    name: str
    head: bytes

    @property
    def extension(self) -> str:
        """Lower case, with its dot; empty where there is none."""
        return PurePath(self.name).suffix.lower()

    @cached_property
    def text(self) -> str | None:
        """The first characters, or None for binary content."""
        encoding = decoding.text_encoding(self.head)
        return None if encoding is None else self.head.decode(encoding, "replace").lstrip("\ufeff")

    @cached_property
    def members(self) -> frozenset[str]:
        """Names in a zip; empty for everything else and for a broken zip."""
        if not self.head.startswith(b"PK"):
            return frozenset()
        try:
            with zipfile.ZipFile(self.path) as archive:
                return frozenset(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return frozenset()


@dataclass(frozen=True)
class Format:
    """One format. `name` is `Document.kind`."""

    name: str
    label: str
    """What people call it."""
    extensions: tuple[str, ...]
    """Lower case, with the dot, the usual one first."""
    matches: Callable[[Sample], bool]
    load: Callable[[], Reader]
    """Imports the reader; called in the child only."""
    paged: bool = False
    """Has pages of its own, which a chunk never crosses."""
    drawn: bool = False
    """Its pages can be drawn as images."""
    notes: str = field(default="")


def _read_pdf() -> Reader:
    from explorer.readers import pdf

    return pdf.read


def _read_docx() -> Reader:
    from explorer.readers import docx

    return docx.read


def _read_html() -> Reader:
    from explorer.readers import html

    return html.read


def _read_markdown() -> Reader:
    from explorer.readers import markdown

    return markdown.read


def _read_text() -> Reader:
    from explorer.readers import text

    return text.read


_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_HTML = (".html", ".htm", ".xhtml")

FORMATS: list[Format] = [
    Format(
        "pdf",
        "PDF",
        (".pdf",),
        lambda sample: sniffing.is_pdf(sample.head),
        _read_pdf,
        paged=True,
        drawn=True,
        notes="Text, outline, page labels; protected files with their password. Scans have no text to read.",
    ),
    Format(
        "docx",
        "Word (DOCX)",
        (".docx", ".docm", ".dotx"),
        lambda sample: "word/document.xml" in sample.members or sniffing.is_word(sample.members),
        _read_docx,
        notes="Headings, paragraphs, lists, tables row by row, footnotes, text boxes, comments.",
    ),
    Format(
        "html",
        "HTML",
        _HTML,
        lambda sample: sniffing.is_html(
            sample.text, sample.extension in _HTML, sample.extension in _MARKDOWN
        ),
        _read_html,
        notes="Headings, text, tables row by row; navigation and footers after the main part.",
    ),
    Format(
        "markdown",
        "Markdown",
        _MARKDOWN,
        lambda sample: sample.text is not None and sample.extension in _MARKDOWN,
        _read_markdown,
        notes="Kept character by character; headings give the heading path.",
    ),
    Format(
        "text",
        "plain text",
        (".txt", ".text", ".log", ".rst", ".tex", ".csv", ".tsv", ".json", ".jsonl", ".xml"),
        lambda sample: sample.text is not None and sniffing.refused(sample.head, sample.members) is None,
        _read_text,
        notes="Kept character by character, in whatever encoding.",
    ),
]
"""In the order in which they are tried."""


def find(name: str) -> Format:
    """The format called `name`. Raises KeyError with the names that there are."""
    for each in FORMATS:
        if each.name == name:
            return each
    raise KeyError(f"no format {name!r}; there are {', '.join(each.name for each in FORMATS)}")


def has_images(name: str) -> bool:
    """Whether pages of documents of this format can be drawn; False for a format that there was once."""
    return any(each.drawn for each in FORMATS if each.name == name)


def extensions() -> tuple[str, ...]:
    """All extensions, with their dots, for a file picker or to choose files of a folder."""
    return tuple(extension for each in FORMATS for extension in each.extensions)


def labels() -> str:
    """The formats as a sentence's end: "PDF, Word (DOCX), HTML, Markdown and plain text"."""
    return _listed([each.label for each in FORMATS])


def detect(path: Path, name: str) -> Format:
    """The format of a file, by its content.

    Raises ReadError for an empty file, an unknown format, or one that cannot be read, naming those that can.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise ReadError(f"{shown(name)} could not be opened: {error.strerror or error}.") from error
    if not head:
        raise ReadError(f"{shown(name)} is empty.")
    sample = Sample(path, name, head)
    for each in FORMATS:
        if each.matches(sample):
            return each
    what = sniffing.refused(head, sample.members)
    said = f"is {what}, which cannot be read" if what else "is not in a format that can be read"
    raise ReadError(f"{shown(name)} {said}. Formats that can be read: {labels()}.")


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
