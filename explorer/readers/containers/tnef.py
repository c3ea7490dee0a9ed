"""winmail.dat (TNEF): what Outlook wraps a mail's text and attachments in for programs that cannot read it.

Format: [MS-OXTNEF], a row of attributes; those that hold properties are laid out as in [MS-OXCDATA].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.containers import lzfu
from explorer.readers.containers.mail import Mail, best_of, invented_name, one_header, reading_of
from explorer.readers.decoding import decode
from explorer.readers.detection.mail_sniffing import WINMAIL
from explorer.readers.markup.html import page_text
from explorer.readers.reading import Reading, Source

_SUBJECT, _BODY, _PROPERTIES, _PAGES = 0x8004, 0x800C, 0x9003, 0x9007
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_TEXT, _RTF, _HTML, _LONG_NAME, _INNER, _MIME = 0x1000, 0x1009, 0x1013, 0x3707, 0x3701, 0x370E
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of the kinds of values that need no length of their own."""
_MANY = 0x1000
_NAMED = 0x8000
_MOST = 100_000


@dataclass(slots=True)
class _File:
    name: str = ""
    content: bytes = b""
    mime: str = ""


def read(source: Source) -> Reading:
    """Reads what is wrapped: the mail's text, its attachments as files. Raises ReadError."""
    data = source.path.read_bytes() if source.content is None else source.content
    files: list[_File] = []
    fields: dict[int, bytes] = {}
    held: dict[int, bytes | str] = {}
    is_cut = False
    try:
        for tag, value in _attributes(data):
            if tag == _NEW_FILE:
                files.append(_File())
            elif tag == _PROPERTIES:
                held |= _properties(value)
            elif files and tag in (_TITLE, _DATA, _FILE_PROPERTIES):
                _tell(files[-1], tag, value)
            else:
                fields[tag] = value
    except (struct.error, IndexError):
        is_cut = True
    if not files and not fields and not held:
        raise ReadError(f"{source.shown} could not be read: the message is damaged.")
    mail = _mail(source, fields, held)
    if is_cut:
        mail.warnings.append("The end of the message is damaged or missing.")
    for number, file in enumerate((each for each in files if each.content), 1):
        mail.files.append((file.name or invented_name(number, file.mime), file.content))
    return reading_of(source, "msg", mail, None)


def _mail(source: Source, fields: dict[int, bytes], held: dict[int, bytes | str]) -> Mail:
    page = int.from_bytes(fields.get(_PAGES, b"")[:4], "little")
    encoding = f"cp{page}" if page else None
    subject = decode(fields.get(_SUBJECT, b"").rstrip(b"\0"), encoding)[0]
    mail = Mail({"From": "", "To": "", "Cc": "", "Date": "", "Subject": one_header(subject)})
    plain = _words(held.get(_TEXT, fields.get(_BODY, b"")), encoding)
    page_of_html = held.get(_HTML, b"")
    mail.texts += best_of([[plain], [page_text(_words(page_of_html, encoding)) if page_of_html else ""]])
    packed = held.get(_RTF)
    if not mail.texts and isinstance(packed, bytes):
        try:
            rtf = lzfu.unpacked(packed, source.limits.inflated_mb * 2**20)
            mail.texts.append(registry.find("rtf").load()(replace(source, content=rtf)).text)
        except (lzfu.PackingError, ReadError):
            mail.warnings.append("The text of the mail is damaged and was left out.")
    return mail


def _words(value: bytes | str, encoding: str | None) -> str:
    return value if isinstance(value, str) else decode(value.rstrip(b"\0"), encoding)[0] if value else ""


def _tell(file: _File, tag: int, value: bytes) -> None:
    """Takes one attribute of an attachment."""
    if tag == _TITLE:
        file.name = file.name or one_header(_words(value, None))
    elif tag == _DATA:
        file.content = value
    else:
        held = _properties(value)
        file.name = one_header(_words(held.get(_LONG_NAME, b""), None)) or file.name
        file.mime = one_header(_words(held.get(_MIME, b""), None))
        inner = held.get(_INNER)
        if isinstance(inner, bytes) and not file.content:
            file.content = inner[16:]  # behind the identifier of its interface


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, value) of each attribute. Raises struct.error where the file is cut off."""
    at = len(WINMAIL) + 2
    while at < len(data):
        _, tag, _, length = struct.unpack_from("<BHHI", data, at)
        value = data[at + 9 : at + 9 + length]
        if len(value) < length:
            raise struct.error("cut off")
        yield tag, value
        at += 9 + length + 2


def _properties(data: bytes) -> dict[int, bytes | str]:
    """The properties with text or bytes. Raises struct.error where they are cut off."""
    found: dict[int, bytes | str] = {}
    (count,) = struct.unpack_from("<I", data, 0)
    at = 4
    for _ in range(min(count, _MOST)):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= _NAMED:
            at = _behind_name(data, at)
        times = 1
        if kind & _MANY or kind in (0x0D, 0x1E, 0x1F, 0x102):
            (times,) = struct.unpack_from("<I", data, at)
            at += 4
        size = _SIZES.get(kind & ~_MANY)
        for _ in range(min(times, _MOST)):
            length = size
            if length is None:
                (length,) = struct.unpack_from("<I", data, at)
                at += 4
            value = data[at : at + length]
            if len(value) < length:
                raise struct.error("cut off")
            if size is None:
                wide = kind & ~_MANY == 0x1F
                found.setdefault(number, value.decode("utf-16-le", "replace").rstrip("\0") if wide else value)
            at += (length + 3) // 4 * 4
    return found


def _behind_name(data: bytes, at: int) -> int:
    """Where a property goes on behind its name: 16 bytes, a kind, and a number or characters."""
    kind, length = struct.unpack_from("<II", data, at + 16)
    return int(at + 24 + ((length + 3) // 4 * 4 if kind else 0))
