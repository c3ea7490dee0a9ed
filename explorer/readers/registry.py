"""Every format that can be read: the one table behind detection, the file picker, docs and messages.

A format is found by content; the extension only settles what content cannot tell (Markdown is plain text).
A new format is one module with a `read(source) -> Reading` and one entry in `FORMATS`.
"""

from __future__ import annotations

import os
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

    @cached_property
    def streams(self) -> frozenset[str]:
        """Names at the root of an old Office file (an OLE container); empty for everything else."""
        if not self.head.startswith(sniffing.OLE):
            return frozenset()
        import olefile

        try:
            with olefile.OleFileIO(self.path) as container:
                return frozenset(path[0] for path in container.listdir())
        except (OSError, ValueError, IndexError):  # a broken container
            return frozenset()

    def is_opendocument(self, kind: str, *extensions: str) -> bool:
        """Whether this is an OpenDocument "text", "spreadsheet" or "presentation"."""
        stated = f"application/vnd.oasis.opendocument.{kind}".encode() in self.head[:200]
        return "content.xml" in self.members and (stated or self.extension in extensions)


@dataclass(frozen=True)
class Format:
    """One format. `name` is `Document.kind`."""

    name: str
    label: str
    """What people call it."""
    family: str
    """What people call it and its like, where there is no room for all of them."""
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


def _read_office(kind: str) -> Callable[[], Reader]:
    def load() -> Reader:
        from explorer.readers import office

        return office.reader(kind)

    return load


def _read_protected() -> Reader:
    from explorer.readers import office

    return office.read_protected


def _read_xlsx() -> Reader:
    from explorer.readers import xlsx

    return xlsx.read


def _read_xls() -> Reader:
    from explorer.readers import xls

    return xls.read


def _read_ods() -> Reader:
    from explorer.readers import ods

    return ods.read


def _read_image() -> Reader:
    from explorer.readers import images

    return images.read


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
_XLS_STREAMS = ("Workbook", "Book")
_HTML = (".html", ".htm", ".xhtml")

FORMATS: list[Format] = [
    Format(
        "pdf",
        "PDF",
        "PDF",
        (".pdf",),
        lambda sample: sniffing.is_pdf(sample.head),
        _read_pdf,
        paged=True,
        drawn=True,
        notes="Text, outline, page labels; protected files with their password; pages without text by OCR.",
    ),
    Format(
        "image",
        "images (PNG, JPEG, TIFF, WebP, GIF, BMP)",
        "images",
        (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif", ".bmp"),
        lambda sample: sniffing.image_decoder(sample.head) is not None,
        _read_image,
        paged=True,
        drawn=True,
        notes="By OCR, which reads languages in the Latin alphabet, Chinese and Japanese, also turned or "
        "skewed. All pages of a TIFF; of an animation the first picture.",
    ),
    Format(
        "docx",
        "Word (DOCX)",
        "Word",
        (".docx", ".docm", ".dotx"),
        lambda sample: "word/document.xml" in sample.members or sniffing.is_word(sample.members),
        _read_docx,
        notes="Headings, paragraphs, lists, tables row by row, footnotes, text boxes, comments.",
    ),
    Format(
        "pptx",
        "PowerPoint (PPTX)",
        "PowerPoint",
        (".pptx", ".pptm", ".ppsx", ".potx"),
        lambda sample: "ppt/presentation.xml" in sample.members,
        _read_office("pptx"),
        paged=True,
        notes="Slides are pages: text, tables, the figures of charts, notes. Hidden slides are read as well.",
    ),
    Format(
        "xlsx",
        "Excel (XLSX)",
        "Excel",
        (".xlsx", ".xlsm", ".xltx", ".xltm"),
        lambda sample: "xl/workbook.xml" in sample.members,
        _read_xlsx,
        paged=True,
        notes="Sheets are pages: every row with its column names, values not formulas, charts, comments.",
    ),
    Format(
        "xls",
        "old and binary Excel (XLS, XLSB)",
        "Excel",
        (".xls", ".xlsb", ".xlt"),
        lambda sample: (
            "xl/workbook.bin" in sample.members or not sample.streams.isdisjoint(("Workbook", "Book"))
        ),
        _read_xls,
        paged=True,
        notes="As XLSX, without charts and comments.",
    ),
    Format(
        "odt",
        "OpenDocument text (ODT)",
        "OpenDocument",
        (".odt", ".ott"),
        lambda sample: sample.is_opendocument("text", ".odt", ".ott"),
        _read_office("odt"),
        notes="Headings, paragraphs, lists, tables row by row, footnotes.",
    ),
    Format(
        "ods",
        "OpenDocument spreadsheet (ODS)",
        "OpenDocument",
        (".ods", ".ots"),
        lambda sample: sample.is_opendocument("spreadsheet", ".ods", ".ots"),
        _read_ods,
        paged=True,
        notes="As XLSX, without charts.",
    ),
    Format(
        "odp",
        "OpenDocument presentation (ODP)",
        "OpenDocument",
        (".odp", ".otp"),
        lambda sample: sample.is_opendocument("presentation", ".odp", ".otp"),
        _read_office("odp"),
        paged=True,
        notes="As PPTX.",
    ),
    Format(
        "rtf",
        "RTF",
        "RTF",
        (".rtf",),
        lambda sample: sample.head.startswith(b"{\\rtf"),
        _read_office("rtf"),
        notes="Headings, paragraphs, lists, tables row by row.",
    ),
    Format(
        "doc",
        "old Word (DOC)",
        "Word",
        (".doc", ".dot"),
        lambda sample: "WordDocument" in sample.streams,
        _read_office("doc"),
        notes="Headings, paragraphs, lists, tables row by row.",
    ),
    Format(
        "ppt",
        "old PowerPoint (PPT)",
        "PowerPoint",
        (".ppt", ".pps", ".pot"),
        lambda sample: "PowerPoint Document" in sample.streams,
        _read_office("ppt"),
        notes="Text and tables in the order of the slides, as one page.",
    ),
    Format(
        "protected",
        "Office files with a password",
        "Word",
        (),
        lambda sample: "EncryptedPackage" in sample.streams,
        _read_protected,
        notes="DOCX, XLSX and PPTX, opened with their password; the document then counts as one of those.",
    ),
    Format(
        "html",
        "HTML",
        "web pages",
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
        "Markdown",
        _MARKDOWN,
        lambda sample: sample.text is not None and sample.extension in _MARKDOWN,
        _read_markdown,
        notes="Kept character by character; headings give the heading path.",
    ),
    Format(
        "text",
        "plain text",
        "text",
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
    """What can be read, as a sentence's end: "PDF, Word, Excel, web pages and text"."""
    return _listed(list(dict.fromkeys(each.family for each in FORMATS)))


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


def is_readable(name: str, head: bytes) -> bool:
    """Whether a file within a file may be in one of the formats, by its first `HEAD_BYTES`.

    Files that are packed or in parts themselves get the benefit of the doubt: more than the head would tell.
    """
    if head.startswith((b"PK", sniffing.OLE)):
        return True
    sample = Sample(Path(os.devnull), name, head)
    return any(each.matches(sample) for each in FORMATS)


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
