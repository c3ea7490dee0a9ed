"""What a file is that no reader takes, in words for a message: formats that people have."""

from __future__ import annotations

import re

from explorer.readers.detection import sniffing
from explorer.readers.detection.package_sniffing import IWORK, IWORK_PREVIEW
from explorer.readers.detection.sample import Sample

_HANGUL = "a Hangul document (HWP)"
_WORKS = "a document of Microsoft Works"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"HWP Document File", _HANGUL),
    (b"\xff\x00\x02\x00\x04\x04\x05\x54", "a spreadsheet of Microsoft Works"),
    (b"\x00\x00\x02\x00\x06\x04\x06\x00", "a Lotus 1-2-3 spreadsheet"),
    (b"\x00\x00\x1a\x00\x00\x10\x04\x00", "a Lotus 1-2-3 spreadsheet"),
    (b"\x00\x00\x1a\x00\x02\x10\x04\x00", "a Lotus 1-2-3 spreadsheet"),
    (b"\xffWPC", "a WordPerfect document"),
    (b"\xdb\xa5\x2d\x00", "a document of Word 2"),
    (b"\x31\xbe\x00\x00\x00\xab", "a document of Word for DOS or Windows Write"),
    (b"AT&TFORM", "a DjVu document"),
    (b"ITSF", "a Windows help file (CHM)"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
    (b"!BDN", "an Outlook data file (PST)"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "a OneNote section"),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "an InDesign document"),
    (b"MSCF\x00\x00\x00\x00", "a CAB archive"),
    (b"!<arch>\n", "an ar archive"),
    (b"070701", "a cpio archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PAR1", "a Parquet table"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"OTTO\x00", "a font"),
)
_STREAMS: tuple[tuple[str, str], ...] = (
    ("bodytext", _HANGUL),
    ("matost", _WORKS),
    ("quill", "a Publisher document"),
    ("visiodocument", "a Visio drawing"),
    ("starwriterdocument", "a StarOffice document"),
    ("starcalcdocument", "a StarOffice spreadsheet"),
    ("stardrawdocument3", "a StarOffice presentation"),
)
"""Streams at the root of OLE containers, in lower case."""
_MIMETYPES: tuple[tuple[bytes, str], ...] = (
    (b"application/hwp+zip", "a Hangul document (HWPX)"),
    (b"application/vnd.hancom", "a Hangul document (HWPX)"),
    (b"indesign-idml", "an InDesign document (IDML)"),
    (b"opendocument.formula", "an OpenDocument formula"),
    (b"opendocument.chart", "an OpenDocument chart"),
    (b"opendocument.base", "an OpenDocument database"),
    (b"opendocument.database", "an OpenDocument database"),
    (b"opendocument.image", "an OpenDocument image"),
    (b"application/x-krita", "a Krita painting"),
    (b"image/openraster", "an OpenRaster image"),
)
"""What the first member of a zip says that the whole is."""
_FOLDERS = (
    ("visio", "a Visio drawing"),
    ("Index", "a document of Apple's iWork without a preview"),
)
_OF_OFFICE = frozenset(["worddocument", "workbook", "book", "powerpoint document", "encryptedpackage"])
_EXTENSIONS = {
    ".hwp": _HANGUL,
    ".wps": _WORKS,
    ".wdb": "a database of Microsoft Works",
    ".wks": "a spreadsheet of Microsoft Works",
    ".wpd": "a WordPerfect document",
    ".pub": "a Publisher document",
    ".pages": "a document of Apple Pages without a preview",
    ".numbers": "a spreadsheet of Apple Numbers without a preview",
    ".key": "a presentation of Apple Keynote without a preview",
    ".mdb": "an Access database",
    ".accdb": "an Access database",
    ".one": "a OneNote section",
}
"""What binary content is by its name, where nothing else tells."""


_KEY = re.compile(r"\s*(?:-----BEGIN |\S{20,}\s*$)")
"""How the text of a key looks: in the form of PEM, or as one long word."""


def named(sample: Sample) -> str | None:
    """What a file is that cannot be read ("a Hangul document (HWP)"); None where nothing tells."""
    found = _by_signature(sample) or _in_ole(sample) or _in_zip(sample)
    if sample.text is not None:
        # Keynote shares its extension with keys, which nobody wants among documents.
        is_key = sample.extension == ".key" and _KEY.match(sample.text) is not None
        return found or ("a key of a program" if is_key else None)
    if found:
        return found
    is_damaged = sample.head.startswith((b"PK", sniffing.OLE)) and not (sample.members or sample.streams)
    is_office = bool({name.lower() for name in sample.streams} & _OF_OFFICE)
    return None if is_damaged or is_office else _EXTENSIONS.get(sample.extension)


def what(sample: Sample) -> str | None:
    """What a file is that no reader takes, a damaged one included; None where it may be read."""
    return named(sample) or sniffing.refused(sample.head, sample.members)


def is_pdf(sample: Sample) -> bool:
    """Whether this is a PDF, and no container of another kind that holds one."""
    is_one = sniffing.is_pdf(sample.head, sample.text is not None, sample.extension)
    return is_one and named(sample) is None


def is_archive(sample: Sample) -> bool:
    """Whether this is a zip that is no document itself."""
    return sniffing.is_plain_zip(sample.head, sample.members) and _in_zip(sample) is None


def _in_zip(sample: Sample) -> str | None:
    """What a zip is that is a document of a kind that cannot be read; None for archives and others."""
    if not sample.members:
        return None
    for mark, what in _MIMETYPES:
        if mark in sample.head[:200]:
            return what
    if sample.extension in IWORK and IWORK_PREVIEW not in sample.members:
        return _EXTENSIONS[sample.extension]
    folders = {member.split("/", 1)[0] for member in sample.members}
    for folder, what in _FOLDERS:
        inner = (member for member in sample.members if member.startswith(f"{folder}/"))
        if folder in folders and (folder != "Index" or any(name.endswith(".iwa") for name in inner)):
            return what
    return None


def _by_signature(sample: Sample) -> str | None:
    """What the first bytes say; those that a text could begin with say it of binary content only."""
    head = sample.head
    if head[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return "a Kindle or Palm book (MOBI)"
    is_text = sample.text is not None and b"\0" not in head
    return next(
        (
            what
            for signature, what in _SIGNATURES
            if head.startswith(signature) and not (is_text and signature.strip().isalnum())
        ),
        None,
    )


def _in_ole(sample: Sample) -> str | None:
    streams = {name.lower() for name in sample.streams}
    if not streams:
        return None
    if b"Microsoft Works" in sample.head:
        return _WORKS
    return next((what for stream, what in _STREAMS if stream in streams), None)
