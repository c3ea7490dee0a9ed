"""Which kind of document a zip is that looks like an Office file and is none."""

from __future__ import annotations

import re

from explorer.readers.detection.sample import Sample

IWORK = (".pages", ".numbers", ".key")
IWORK_PREVIEW = "QuickLook/Preview.pdf"
OPENOFFICE = (
    ".sxw", ".stw", ".sxc", ".stc", ".sxi", ".sti", ".sxd", ".std", ".odg", ".otg", ".fodt", ".fods", ".fodp",
    ".fodg",
)  # fmt: skip
_OPENOFFICE_TYPES = (b"application/vnd.sun.xml.", b"opendocument.graphics")
_FLAT = re.compile(r"<office:document\s[^>]{0,4000}?office:(?:mimetype|class)\s*=", re.S)


def is_epub(sample: Sample) -> bool:
    """Whether this is a book: its first member or its table of contents says so."""
    return b"application/epub+zip" in sample.head[:200] or "META-INF/container.xml" in sample.members


def is_iwork(sample: Sample) -> bool:
    """Whether this is a document of Pages, Numbers or Keynote that holds a preview."""
    return IWORK_PREVIEW in sample.members


def is_openoffice(sample: Sample) -> bool:
    """Whether this is a document of OpenOffice 1, a drawing, or OpenDocument in one XML file."""
    if "content.xml" in sample.members:
        stated = any(kind in sample.head[:200] for kind in _OPENOFFICE_TYPES)
        return stated or sample.extension in OPENOFFICE
    return sample.is_text(_is_flat)


def is_xps(sample: Sample) -> bool:
    """Whether this is an XPS document: it lists its pages in a part of that kind."""
    return any(".fdseq" in member.lower() for member in sample.members)


def _is_flat(text: str, extension: str) -> bool:  # noqa: ARG001  as such functions are called
    return _FLAT.search(text[:10_000]) is not None
