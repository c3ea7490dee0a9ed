"""Outlook messages (MSG): an OLE container of properties, read as a mail; mails within it become mails again.

Format: [MS-OXMSG] and [MS-OXPROPS]. Text is UTF-16, or 8-bit in the code page that the message names.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.containers import lzfu, tnef
from explorer.readers.containers.encoded_words import decoded
from explorer.readers.containers.mail import (
    AS_IT_STANDS,
    ODD,
    SMALL_PICTURE_BYTES,
    Mail,
    best_of,
    invented_name,
    one_header,
    picture_among,
    reading_of,
)
from explorer.readers.decoding import decode
from explorer.readers.detection import sniffing
from explorer.readers.detection.mail_sniffing import WINMAIL
from explorer.readers.markup.html import page_text
from explorer.readers.reading import Reading, Source
from explorer.types import PictureImage

_PROPERTIES = "__properties_version1.0"
_TOP, _WITHIN, _SMALL = 32, 24, 8
"""Bytes before the properties: of the message itself, of one attached to it, of a recipient or attachment."""
_UTF16, _EIGHT_BIT, _BINARY, _STORAGE = "001F", "001E", "0102", "000D"
_SUBJECT, _SENT, _DELIVERED, _HEADERS = 0x0037, 0x0039, 0x0E06, 0x007D
_BODY, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_AUTHOR, _AUTHOR_ADDRESS, _AUTHOR_SMTP = 0x0042, 0x0065, 0x5D02
_NAME, _ADDRESS, _SMTP, _RECIPIENT_KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
_FILE, _LONG_NAME, _SHORT_NAME, _MIME, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_TEXT_PAGE, _BODY_PAGE = 0x3FFD, 0x3FDE
_TO, _CC = 1, 2
_MOST_DEPTH = 8
"""Mails within mails of one file."""
_ENCODINGS = {
    65001: "utf-8", 20127: "cp1252", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso2022_jp",
    50221: "iso2022_jp", 50222: "iso2022_jp", 50225: "iso2022_kr", 51932: "euc_jp", 20932: "euc_jp",
    51949: "euc_kr", 51936: "gb18030", 54936: "gb18030", 936: "gb18030", 52936: "hz", 10000: "mac-roman",
}  # fmt: skip
"""Code pages whose name in Python is not "cp" and the number, and not ISO 8859 (28591 to 28606)."""


@dataclass(slots=True)
class _Storage:
    """A message, recipient or attachment in the container: its properties."""

    container: Any
    path: tuple[str, ...] = ()
    header: int = _TOP
    outer: _Storage | None = None
    _fixed: dict[int, bytes] | None = field(default=None)

    def children(self, prefix: str, header: int = _SMALL) -> list[_Storage]:
        """The recipients or attachments of a message, in their order."""
        depth = len(self.path)
        below = (entry for entry in self.container.listdir() if _is_below(entry, self.path))
        names = {
            entry[depth]
            for entry in below
            if len(entry) > depth + 1 and entry[depth].lower().startswith(prefix)
        }
        return [_Storage(self.container, (*self.path, name), header, self) for name in sorted(names)]

    def stream(self, pid: int, kind: str) -> bytes | None:
        """The bytes of a property that has a stream of its own."""
        path = [*self.path, f"__substg1.0_{pid:04X}{kind}"]
        return self.container.openstream(path).read() if self.container.exists(path) else None

    def fixed(self, pid: int) -> bytes | None:
        """The eight bytes of a property that needs no stream."""
        if self._fixed is None:
            path = [*self.path, _PROPERTIES]
            data = self.container.openstream(path).read() if self.container.exists(path) else b""
            rows = (data[at : at + 16] for at in range(self.header, len(data) - 15, 16))
            self._fixed = {int.from_bytes(row[2:4], "little"): row[8:] for row in rows}
        return self._fixed.get(pid)

    def number(self, pid: int) -> int:
        """A whole number; 0 where there is none."""
        return int.from_bytes((self.fixed(pid) or b"")[:4], "little", signed=True)

    def encoding(self, *pids: int) -> str | None:
        """The encoding of 8-bit text: by the first of these properties that is there, else as around it."""
        for pid in pids:
            if number := self.number(pid):
                return _encoding(number)
        return self.outer.encoding(*pids) if self.outer else None

    def text(self, pid: int) -> str:
        """The characters of a property; "" where there is none."""
        wide = self.stream(pid, _UTF16)
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = (self.stream(pid, _EIGHT_BIT) or b"").rstrip(b"\0")
        pages = (_BODY_PAGE, _TEXT_PAGE) if pid == _BODY else (_TEXT_PAGE, _BODY_PAGE)
        return decode(narrow, self.encoding(*pages))[0] if narrow else ""

    def line(self, pid: int) -> str:
        """A property on one line, its encoded words decoded."""
        return one_header(decoded(self.text(pid)))

    def moment(self, pid: int) -> datetime | None:
        """A point in time, in UTC; None where there is none."""
        ticks = int.from_bytes(self.fixed(pid) or b"", "little")
        try:
            return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None


def read(source: Source) -> Reading:
    """Reads an Outlook message, or what one was wrapped in for others (winmail.dat). Raises ReadError."""
    import olefile

    with source.path.open("rb") as file:
        if file.read(len(WINMAIL)) == WINMAIL:
            return tnef.read(source)
    try:
        with olefile.OleFileIO(source.path) as container:
            storage = _Storage(container)
            mail = _Outlook(source).mail(storage)
            moment = _moment(storage)
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ReadError(f"{source.shown} could not be read: the message is damaged.") from error
    return reading_of(source, "msg", mail, moment.date() if moment else None)


def picture(source: Source, where: str, width: int) -> PictureImage:
    """A picture of a message's body, as it can be shown. Raises ReadError where there is no such picture."""
    import olefile

    try:
        with olefile.OleFileIO(source.path) as container:
            files = _Storage(container).children("__attach_version1.0_")
            contents = [file.stream(_FILE, _BINARY) or b"" for file in files]
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ReadError(f"{source.shown} could not be read: the message is damaged.") from error
    return picture_among(contents, source, where, width)


class _Outlook:
    """Turns messages of one file into mails."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def mail(self, storage: _Storage, depth: int = 0) -> Mail:
        """What a message holds, its attachments as files."""
        given = _given(storage)
        moment = _moment(storage)
        sender = _person(storage, _AUTHOR, _AUTHOR_SMTP, _AUTHOR_ADDRESS)
        sender = sender or _person(storage, _SENDER, _SENDER_SMTP, _SENDER_ADDRESS)
        mail = Mail(
            {
                "From": given.get("from") or sender,
                "To": given.get("to") or _recipients(storage, _TO),
                "Cc": given.get("cc") or _recipients(storage, _CC),
                "Date": given.get("date") or (moment.strftime("%Y-%m-%d %H:%M") if moment else ""),
                "Subject": storage.line(_SUBJECT) or given.get("subject", ""),
            }
        )
        mail.texts += best_of([[storage.text(_BODY)], [page_text(_page(storage))]])
        if not mail.texts:
            self._add_rich_text(storage, mail)
        for number, file in enumerate(storage.children("__attach_version1.0_"), 1):
            self._add_file(mail, file, number, depth)
        return mail

    def _add_rich_text(self, storage: _Storage, mail: Mail) -> None:
        """Adds a body that is there as packed RTF only."""
        packed = storage.stream(_RTF, _BINARY)
        if not packed:
            return
        try:
            rtf = lzfu.unpacked(packed, self._source.limits.inflated_mb * 2**20)
            text = registry.find("rtf").load()(replace(self._source, content=rtf)).text
        except (lzfu.PackingError, ReadError):
            mail.warnings.append("The text of the mail is damaged and was left out.")
        else:
            mail.texts.append(text)

    def _add_file(self, mail: Mail, file: _Storage, number: int, depth: int) -> None:
        name = file.line(_LONG_NAME) or file.line(_SHORT_NAME) or file.line(_NAME)
        content = file.stream(_FILE, _BINARY)
        inner = _Storage(file.container, (*file.path, f"__substg1.0_{_FILE:04X}{_STORAGE}"), _WITHIN, file)
        if content is not None:
            kind = file.line(_MIME)
            is_picture = _is_inside(file, kind, content)
            if is_picture:
                mail.pictures.append(content)
            if is_picture and len(content) < SMALL_PICTURE_BYTES:
                mail.small_pictures += 1
            else:
                mail.files.append((name or invented_name(number, kind), content))
        elif depth < _MOST_DEPTH and file.container.exists([*inner.path, _PROPERTIES]):
            subject = inner.line(_SUBJECT) or name.removesuffix(".msg") or "mail"
            content = _in_travelling_form(self.mail(inner, depth + 1), _moment(inner))
            mail.files.append((f"{subject.replace('/', ' ')[:100]}.eml", content))
        else:
            mail.unread_items += 1


def _is_inside(file: _Storage, kind: str, content: bytes) -> bool:
    """Whether an attachment is a picture that stands in the body; its kind is often not stated."""
    if not file.text(_CONTENT_ID):
        return False
    return kind.startswith("image/") or (not kind and sniffing.image_decoder(content[:64]) is not None)


def _in_travelling_form(mail: Mail, moment: datetime | None) -> bytes:
    """A mail as a file that any mail program reads (EML)."""
    message = EmailMessage()
    if moment:
        mail.headers["Date"] = format_datetime(moment)
    for name, value in mail.headers.items():
        if value:
            try:
                message[name] = value
            except ODD:  # an address or a date that nobody should have written
                message[f"X-{name}"] = value
    text = "\n\n".join(each.strip() for each in mail.texts if each.strip())
    message.set_content(text or "\n", cte="base64")
    for name, content in mail.files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def _given(storage: _Storage) -> dict[str, str]:
    """The headers with which the message travelled, if it did: name in lower case → characters."""
    message = message_from_string(storage.text(_HEADERS).lstrip(), policy=AS_IT_STANDS)
    return {name.lower(): one_header(decoded(str(value))) for name, value in message.raw_items()}


def _moment(storage: _Storage) -> datetime | None:
    return storage.moment(_SENT) or storage.moment(_DELIVERED)


def _person(storage: _Storage, name: int, *addresses: int) -> str:
    """ "Name <address>"; an address within Exchange, which is none for people, is left out."""
    called = storage.line(name)
    found = (storage.line(pid) for pid in addresses)
    address = next((each for each in found if "@" in each), "")
    return f"{called} <{address}>" if called and address and called != address else called or address


def _recipients(storage: _Storage, kind: int) -> str:
    everybody = storage.children("__recip_version1.0_")
    people = (each for each in everybody if (each.number(_RECIPIENT_KIND) or _TO) == kind)
    return ", ".join(filter(None, (_person(each, _NAME, _SMTP, _ADDRESS) for each in people)))


def _page(storage: _Storage) -> str:
    """The body as HTML; "" where there is none."""
    data = storage.stream(_HTML, _BINARY)
    if data is None:
        return storage.text(_HTML)
    return decode(data.rstrip(b"\0"), storage.encoding(_BODY_PAGE, _TEXT_PAGE))[0]


def _encoding(number: int) -> str | None:
    if 28590 < number < 28607:
        return f"iso8859-{number - 28590}"
    return _ENCODINGS.get(number) or f"cp{number}"


def _is_below(entry: list[str], path: tuple[str, ...]) -> bool:
    return [step.lower() for step in entry[: len(path)]] == [step.lower() for step in path]
