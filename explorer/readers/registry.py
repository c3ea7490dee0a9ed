"""Every format that can be read: the one table behind detection, the file picker, docs and messages.

A format is found by content; the extension only settles what content cannot tell (Markdown is plain text).
A new format is one module with a `read(source) -> Reading` and one entry in `FORMATS`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from explorer.errors import ReadError
from explorer.readers import sniffing, text_sniffing
from explorer.readers.entries import Format, module, office
from explorer.readers.kinds import SHORT
from explorer.readers.reading import shown
from explorer.readers.sample import BYTES, Sample

HEAD_BYTES = BYTES
"""How much of a file is looked at to find out its format."""

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
        module("pdf"),
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
        module("images"),
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
        module("docx"),
        notes="Headings, paragraphs, lists, tables row by row, footnotes, text boxes, comments.",
    ),
    Format(
        "pptx",
        "PowerPoint (PPTX)",
        "PowerPoint",
        (".pptx", ".pptm", ".ppsx", ".potx"),
        lambda sample: "ppt/presentation.xml" in sample.members,
        office("pptx"),
        paged=True,
        notes="Slides are pages: text, tables, the figures of charts, notes. Hidden slides are read as well.",
    ),
    Format(
        "xlsx",
        "Excel (XLSX)",
        "Excel",
        (".xlsx", ".xlsm", ".xltx", ".xltm"),
        lambda sample: "xl/workbook.xml" in sample.members,
        module("xlsx"),
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
        module("xls"),
        paged=True,
        notes="As XLSX, without charts and comments.",
    ),
    Format(
        "odt",
        "OpenDocument text (ODT)",
        "OpenDocument",
        (".odt", ".ott"),
        lambda sample: sample.is_opendocument("text", ".odt", ".ott"),
        office("odt"),
        notes="Headings, paragraphs, lists, tables row by row, footnotes.",
    ),
    Format(
        "ods",
        "OpenDocument spreadsheet (ODS)",
        "OpenDocument",
        (".ods", ".ots"),
        lambda sample: sample.is_opendocument("spreadsheet", ".ods", ".ots"),
        module("ods"),
        paged=True,
        notes="As XLSX, without charts.",
    ),
    Format(
        "odp",
        "OpenDocument presentation (ODP)",
        "OpenDocument",
        (".odp", ".otp"),
        lambda sample: sample.is_opendocument("presentation", ".odp", ".otp"),
        office("odp"),
        paged=True,
        notes="As PPTX.",
    ),
    Format(
        "rtf",
        "RTF",
        "RTF",
        (".rtf",),
        lambda sample: sample.head.startswith(b"{\\rtf"),
        office("rtf"),
        notes="Headings, paragraphs, lists, tables row by row.",
    ),
    Format(
        "doc",
        "old Word (DOC)",
        "Word",
        (".doc", ".dot"),
        lambda sample: "WordDocument" in sample.streams,
        office("doc"),
        notes="Headings, paragraphs, lists, tables row by row.",
    ),
    Format(
        "ppt",
        "old PowerPoint (PPT)",
        "PowerPoint",
        (".ppt", ".pps", ".pot"),
        lambda sample: "PowerPoint Document" in sample.streams,
        office("ppt"),
        notes="Text and tables in the order of the slides, as one page.",
    ),
    Format(
        "protected",
        "Office files with a password",
        "Word",
        (),
        lambda sample: "EncryptedPackage" in sample.streams,
        module("protected"),
        notes="DOCX, XLSX and PPTX, opened with their password; the document then counts as one of those.",
    ),
    Format(
        "epub",
        "EPUB",
        "EPUB",
        (".epub",),
        lambda sample: (
            b"application/epub+zip" in sample.head[:200] or "META-INF/container.xml" in sample.members
        ),
        module("epub"),
        paged=True,
        notes="Chapters are pages, in reading order. Books protected against copying are refused.",
    ),
    Format(
        "zip",
        "zip archives",
        "archives",
        (".zip",),
        lambda sample: sniffing.is_plain_zip(sample.head, sample.members),
        module("archives", "read_zip"),
        archive=True,
        notes="Opened into their files, also archives within archives; protected ones with their password.",
    ),
    Format(
        "tar",
        "tar archives",
        "archives",
        (".tar",),
        lambda sample: sniffing.is_tar(sample.head),
        module("archives", "read_tar"),
        archive=True,
        notes="Opened into their files.",
    ),
    Format(
        "packed",
        "packed files (gz, bz2, xz)",
        "archives",
        (".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz"),
        lambda sample: sniffing.is_packed(sample.head),
        module("archives", "read_packed"),
        archive=True,
        notes="Unpacked, a packed tar into its files.",
    ),
    Format(
        "msg",
        "Outlook messages (MSG)",
        "mail",
        (".msg",),
        lambda sample: "__properties_version1.0" in sample.streams,
        module("mail", "read_msg"),
        notes="Headers and body; attachments are documents of their own.",
    ),
    Format(
        "mbox",
        "mailboxes (mbox)",
        "mail",
        (".mbox", ".mbx"),
        lambda sample: sniffing.is_mailbox(sample.head),
        module("mail", "read_mbox"),
        archive=True,
        notes="Opened into their mails.",
    ),
    Format(
        "eml",
        "mails (EML)",
        "mail",
        (".eml",),
        lambda sample: sniffing.is_mail(sample.head, sample.extension == ".eml"),
        module("mail", "read_eml"),
        notes="Headers and body; attachments are documents of their own.",
    ),
    Format(
        "html",
        "HTML",
        "web pages",
        _HTML,
        lambda sample: sniffing.is_html(
            sample.text, sample.extension in _HTML, sample.extension in _MARKDOWN
        ),
        module("html"),
        notes="Headings, text, tables row by row; menus, footers and addresses after the main part.",
    ),
    Format(
        "markdown",
        "Markdown",
        "Markdown",
        _MARKDOWN,
        lambda sample: sample.text is not None and sample.extension in _MARKDOWN,
        module("markdown"),
        notes="Kept character by character; headings give the heading path.",
    ),
    Format(
        "notebook",
        "Jupyter notebooks",
        "text",
        text_sniffing.NOTEBOOKS,
        lambda sample: sample.is_text(text_sniffing.is_notebook),
        module("notebook"),
        notes="Prose, code and what it printed; headings of the prose.",
    ),
    Format(
        "json",
        "JSON",
        "text",
        text_sniffing.JSON,
        lambda sample: sample.is_text(text_sniffing.is_json),
        module("structured"),
        notes="A value a line behind its key; keys and titles of records as headings.",
    ),
    Format(
        "jsonl",
        "JSON lines",
        "text",
        text_sniffing.JSON_LINES,
        lambda sample: sample.is_text(text_sniffing.is_json_lines),
        module("structured", "read_lines"),
        notes="As JSON, a record a line.",
    ),
    Format(
        "xml",
        "XML",
        "text",
        text_sniffing.XML,
        lambda sample: sample.is_text(text_sniffing.is_xml),
        module("xml_text"),
        notes="Titles, paragraphs, tables, values behind their names; feeds too. Entities are not expanded.",
    ),
    Format(
        "subtitles",
        "subtitles (VTT, SRT)",
        "text",
        text_sniffing.SUBTITLES,
        lambda sample: sample.is_text(text_sniffing.is_subtitles),
        module("subtitles"),
        notes="What is said, in paragraphs with time and speaker.",
    ),
    Format(
        "csv",
        "CSV and TSV",
        "CSV",
        text_sniffing.DELIMITED,
        lambda sample: sample.is_text(text_sniffing.is_delimited),
        module("delimited"),
        notes="Rows with their column names; delimiter and encoding are found out.",
    ),
    Format(
        "code",
        "source code",
        "text",
        text_sniffing.CODE,
        lambda sample: sample.is_text(text_sniffing.is_code),
        module("text", "read_code"),
        notes="Kept character by character.",
    ),
    Format(
        "text",
        "plain text",
        "text",
        (".txt", ".text", ".log", ".rst", ".tex", ".adoc", ".org"),
        lambda sample: sample.text is not None and sniffing.refused(sample.head, sample.members) is None,
        module("text"),
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


def short_label(name: str) -> str:
    """What people call the kind of one document, in a word or two: "Excel". Raises KeyError as `find`."""
    return SHORT.get(name) or find(name).label


def is_archive(name: str) -> bool:
    """Whether files of this format are opened into their files and are no documents themselves."""
    return any(each.archive for each in FORMATS if each.name == name)


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
    if what and what.startswith("a damaged"):
        raise ReadError(f"{shown(name)} could not be read: it is {what}.")
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
