"""What kind of file some bytes are. Looks at bytes only: nothing is parsed, unpacked or resolved."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_BLOCK = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:div|p|table|h[1-6]|title|meta|ul|ol|section|article|main)\b", re.I | re.S
)
_ANY_TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "a damaged Office file with a password"),
    ("WordDocument", "a damaged Word document (.doc)"),
    ("PowerPoint Document", "a damaged PowerPoint presentation (.ppt)"),
    ("Workbook", "a damaged Excel workbook (.xls)"),
    ("__substg1.0_", "a damaged Outlook message (.msg)"),
)
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"8BPS", "a Photoshop image"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"OggS", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1a\x45\xdf\xa3", "a video file"),
)
_TEXT_LIKE = (b"BM", b"MZ", b"ID3", b"GIF8", b"BZh", b"OggS", b"Rar!", b"8BPS")
"""Signatures that a text could begin with: they count only in binary content."""


_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
)
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
"""Sizes of the second header of a BMP image, which tell it from a text that begins with BM."""


def image_decoder(head: bytes) -> str | None:
    """Pillow's name for the format of an image that can be read; None for everything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return next((name for signature, name in _IMAGES if head.startswith(signature)), None)


_TAR_BLOCK = 512
_PDF = b"%PDF-"
_PDF_WITHIN = 1_024
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PDF_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")


def is_tar(head: bytes) -> bool:
    """Whether the first block is a tar's header: its own checksum says so."""
    block = head[:_TAR_BLOCK]
    if len(block) < _TAR_BLOCK or not block.strip(b"\0"):
        return False
    stated = block[148:156].strip(b" \0")
    summed = sum(block) - sum(block[148:156]) + 8 * 0x20
    return re.fullmatch(rb"[0-7]{1,8}", stated) is not None and int(stated, 8) == summed


def is_packed(head: bytes) -> bool:
    """Whether this is a gzip, bzip2 or xz file."""
    is_bzip2 = head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90")
    return is_bzip2 or head.startswith((b"\x1f\x8b\x08", b"\xfd7zXZ\x00"))


def is_pdf(head: bytes, is_text: bool, extension: str) -> bool:
    """Whether this is a PDF, before whose first mark up to 1,024 bytes of anything may stand.

    Other kinds are asked first, so that a container which holds a PDF is what it is. A text may speak of that
    mark, or show a whole PDF: such a text is a PDF only by its name or by having none, and only if its mark
    begins a line and objects follow.
    """
    at = head.find(_PDF, 0, _PDF_WITHIN + len(_PDF))
    if at < 0 or refused(head, frozenset()) is not None:
        return False
    has_objects = _PDF_OBJECT.search(head, at) is not None
    if not head[:at].strip(b"\xef\xbb\xbf\0\t\n\f\r "):
        return has_objects or not is_text or extension == ".pdf"
    is_text = is_text and not _NO_TEXT.search(head, 0, at)
    begins_line = head[at - 1 : at] in (b"\n", b"\r")
    return has_objects and (not is_text or extension == ".pdf" or (begins_line and not extension))


def is_word(members: AbstractSet[str]) -> bool:
    """Whether this is a Word file whose main part has a name of its own."""
    return "[Content_Types].xml" in members and any(
        member.startswith("word/document") and member.endswith(".xml") for member in members
    )


def is_html(text: str | None, named_html: bool, named_markdown: bool) -> bool:
    """Whether text begins like HTML, or has tags and is called HTML. Markdown, too, may begin with a tag."""
    if text is None:
        return False
    if _HTML_START.match(text):
        return True
    if named_html:
        return _ANY_TAG.search(text) is not None
    return not named_markdown and _HTML_BLOCK.match(text) is not None


def refused(head: bytes, members: AbstractSet[str]) -> str | None:  # noqa: PLR0911  one a family
    """What a file is that no reader takes ("a program", "a damaged zip or Office file"); None if unknown."""
    if members or head.startswith(b"PK\x03\x04"):
        return _zip_kind(head, members)
    if head[:4] == b"RIFF" and len(head) > 12:
        return "a WebP image" if head[8:12] == b"WEBP" else "a sound or video file"
    if head[4:8] == b"ftyp":
        return "a video or HEIF image"
    if head[257:262] == b"ustar":
        return "a damaged tar archive"
    if head.startswith(OLE):
        return _ole_kind(head)
    for signature, what in _SIGNATURES:
        if head.startswith(signature) and (signature not in _TEXT_LIKE or b"\x00" in head):
            return what
    return None


def _ole_kind(head: bytes) -> str:
    for stream, what in _OLE_STREAMS:
        if stream.encode("utf-16-le") in head:
            return what
    return "a damaged Office file"


def is_plain_zip(head: bytes, members: AbstractSet[str]) -> bool:
    """Whether this is a zip that is no document itself, or an empty one."""
    if not members:
        return head.startswith(b"PK\x05\x06")
    return _zip_kind(head, members) == "a zip archive" and "[Content_Types].xml" not in members


def _zip_kind(head: bytes, members: AbstractSet[str]) -> str:
    if not members:
        return "a damaged zip or Office file"
    folders = {member.split("/", 1)[0] for member in members}
    if "xl" in folders:
        return "a damaged Excel workbook"
    if "ppt" in folders:
        return "a damaged PowerPoint presentation"
    for kind, what in (
        (b"application/epub+zip", "a damaged EPUB book"),
        (b"opendocument.text", "a damaged OpenDocument text"),
        (b"opendocument.spreadsheet", "a damaged OpenDocument spreadsheet"),
        (b"opendocument.presentation", "a damaged OpenDocument presentation"),
    ):
        if kind in head[:200]:
            return what
    return "a zip archive"
