"""Mails (eml, msg) and mailboxes: headers and body are the text, attachments become documents of their own.

The plain body is preferred to the HTML one. Nothing that a mail refers to is fetched. Small pictures of the
layout (logos, pixels that count readers) are left out, and a warning counts them; signatures are left out
without a warning.
"""

from __future__ import annotations

import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_page
from explorer.readers.containers.members import Parts, too_deep, too_many
from explorer.readers.decoding import decode, normal
from explorer.readers.markup.html import without_tags
from explorer.readers.reading import Reading, Source, scrubbed

SMALL_PICTURE_BYTES = 16_384
"""Smaller pictures inside the body belong to its layout."""
_SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_SIGNATURES = frozenset(
    ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
)
_SEALED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"))
_HEADER_CHARACTERS = 5_000
_WORD = re.compile(r"[\u3040-\u9fff]|[^\W_]+")
"""A word, or a letter of a script without spaces (Chinese, Japanese)."""
_ODD = (ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What the standard library raises for headers that nobody should have written."""


@dataclass
class _Mail:
    """What was found in a mail."""

    headers: dict[str, str]
    texts: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    small_pictures: int = 0
    unread_items: int = 0
    """Attached things of Outlook's own: appointments, contacts."""
    is_sealed: bool = False


def read_eml(source: Source) -> Reading:
    """Reads a mail in the form in which it travels (RFC 5322). Raises ReadError."""
    message = message_from_bytes(source.path.read_bytes(), policy=policy.default)
    mail = _Mail({name: _header(message, name) for name in _SHOWN_HEADERS})
    try:
        _gather(message, mail)
    except RecursionError:
        raise ReadError(
            f"{source.shown} could not be read: its parts stand too deep in each other."
        ) from None
    return _reading(source, "eml", mail, _sent(message))


def read_msg(source: Source) -> Reading:
    """Reads an Outlook message. Raises ReadError."""
    from oxmsg import Message as Outlook

    message: Any = Outlook.load(str(source.path))
    given = {name.lower(): value for name, value in dict(message.message_headers or {}).items()}
    people = ", ".join(_person(one.name, one.email_address) for one in message.recipients)
    headers = {
        "From": given.get("from") or message.sender or "",
        "To": given.get("to") or people,
        "Cc": given.get("cc") or "",
        "Date": given.get("date")
        or (message.sent_date.isoformat(" ", "minutes") if message.sent_date else ""),
        "Subject": message.subject or "",
    }
    mail = _Mail({name: _line(str(value)) for name, value in headers.items()})
    mail.texts += _best([[message.body or ""], [without_tags(message.html_body or "")]])
    for number, file in enumerate(message.attachments, 1):
        content = file.file_bytes
        if content is None:
            mail.unread_items += 1
        else:
            mail.files.append((file.file_name or _invented(number, file.mime_type), bytes(content)))
    return _reading(source, "msg", mail, message.sent_date.date() if message.sent_date else None)


def read_mbox(source: Source) -> Reading:
    """Sends on the mails of a mailbox. Raises ReadError."""
    if source.spent.depth >= source.limits.depth:
        raise too_deep(source)
    parts = Parts(source, are_everything=True)
    for number, content in enumerate(_mails(source.path), 1):
        if source.spent.members + number > source.limits.members:
            raise too_many(source)
        source.on_page(number, 0)
        subject = _header(message_from_bytes(content[:65_536], policy=policy.default), "Subject")
        parts.add(f"{number:05d} {subject.replace('/', ' ')[:80]}".strip() + ".eml", content)
    if not parts.taken:
        raise ReadError(f"{source.shown} holds no mail that can be read.")
    return Assembly(source, warnings=list(parts.warnings())).reading("mbox", needs_text=False)


def _mails(path: Path) -> Iterator[bytes]:
    held: list[bytes] = []
    before = b"\n"
    with path.open("rb") as file:
        for line in file:
            if line.startswith(b"From ") and not before.strip():
                if held:
                    yield b"".join(held)
                held = []
            else:
                held.append(line[1:] if line.startswith(b">From ") else line)
            before = line
    if held:
        yield b"".join(held)


def _reading(source: Source, kind: str, mail: _Mail, day: date | None) -> Reading:
    head = "\n".join(f"{name}: {value}" for name, value in mail.headers.items() if value)
    body = "\n\n".join(text.strip() for text in mail.texts if text.strip())
    if not head and not body:
        body = "\n".join(_line(name) for name, _ in mail.files)
    text = normal(scrubbed(f"{head}\n\n{body}".strip() + "\n"))
    source.check_characters(len(text))
    parts = Parts(source)
    for number, (name, content) in enumerate(mail.files, 1):
        source.on_page(number, len(mail.files))
        parts.add(name, content)
    if not text.strip() and not parts.taken:
        raise ReadError(f"{source.shown} has no text.")
    out = one_page(source, text, (*parts.warnings(), *_missing(mail)))
    return out.reading(
        kind,
        title=mail.headers["Subject"] or None,
        author=mail.headers["From"] or None,
        date=day,
        needs_text=False,
    )


def _missing(mail: _Mail) -> Iterator[str]:
    """What is neither in the text of a mail nor handed on, one sentence each."""
    if count := mail.small_pictures:
        what = "picture in the mail was" if count == 1 else "pictures in the mail were"
        yield f"{count:,} small {what} left out."
    if mail.is_sealed:
        yield "The mail is encrypted: only its headers can be read."
    if count := mail.unread_items:
        yield f"{count:,} attached {'item' if count == 1 else 'items'} of Outlook's own cannot be read."


def _gather(part: Message[Any, Any], mail: _Mail) -> None:
    """Sorts a part and all below it into text and files."""
    kind = part.get_content_type()
    if kind in _SIGNATURES:
        return
    if kind in _SEALED or kind == "multipart/encrypted":
        mail.is_sealed = True
        return
    if kind == "multipart/alternative":
        _gather_best(part, mail)
    elif part.is_multipart() and kind != "message/rfc822":
        for child in cast("list[Message[Any, Any]]", part.get_payload()):
            _gather(child, mail)
    elif kind in ("text/plain", "text/html") and not _is_attached(part):
        text = _text(part)
        mail.texts.append(without_tags(text) if kind == "text/html" else text)
    else:
        _gather_file(part, kind, mail)


def _gather_best(part: Message[Any, Any], mail: _Mail) -> None:
    """Takes the text of one of several versions of a body, and the files of all of them.

    The first version with text is the plainest, and is taken, unless it lacks most words of a later one: in
    many mails it only asks to look at the other version, or holds a part of it. Where each of two lacks most
    words of the other, both are kept.
    """
    versions = []
    children = part.get_payload()
    for child in cast("list[Message[Any, Any]]", children) if isinstance(children, list) else []:
        version = _Mail({})
        _gather(child, version)
        mail.files += version.files
        mail.small_pictures += version.small_pictures
        mail.is_sealed = mail.is_sealed or version.is_sealed
        versions.append(version.texts)
    mail.texts += _best(versions)


def _best(versions: Sequence[list[str]]) -> list[str]:
    taken: list[str] = next((texts for texts in versions if any(text.strip() for text in texts)), [])
    for texts in versions:
        if _lacks(taken, texts):
            taken = [*taken, *texts] if _lacks(texts, taken) else texts
    return taken


def _lacks(texts: list[str], others: list[str]) -> bool:
    """Whether `texts` lack most words of `others`."""
    words = Counter(_WORD.findall(" ".join(others).casefold()))
    lacking = words - Counter(_WORD.findall(" ".join(texts).casefold()))
    return 2 * lacking.total() > words.total()


def _gather_file(part: Message[Any, Any], kind: str, mail: _Mail) -> None:
    if kind == "message/rfc822":
        inner = cast("list[Message[Any, Any]]", part.get_payload())
        if not isinstance(inner, list) or not inner:
            return
        content = inner[0].as_bytes(policy=policy.compat32)
        name = part.get_filename() or f"{_header(inner[0], 'Subject').replace('/', ' ') or 'mail'}.eml"
    else:
        content = cast("bytes | None", part.get_payload(decode=True)) or b""
        name = _filename(part) or _invented(len(mail.files) + 1, kind)
    is_inside = part.get("Content-ID") is not None or part.get_content_disposition() == "inline"
    if kind.startswith("image/") and is_inside and len(content) < SMALL_PICTURE_BYTES:
        mail.small_pictures += 1
    else:
        mail.files.append((name, content))


def _is_attached(part: Message[Any, Any]) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_filename(part))


def _filename(part: Message[Any, Any]) -> str:
    try:
        return str(part.get_filename() or "")
    except _ODD:
        return ""


def _text(part: Message[Any, Any]) -> str:
    data = cast("bytes | None", part.get_payload(decode=True)) or b""
    return decode(data, part.get_content_charset())[0] if data else ""


def _header(message: Message[Any, Any], name: str) -> str:
    """A header in plain characters, on one line; several of the same name (forged or not) are joined."""
    try:
        values = [str(value) for value in message.get_all(name, [])]
    except _ODD:
        raw = dict(message.raw_items()).get(name, "") if isinstance(message, EmailMessage) else ""
        try:
            values = [str(make_header(decode_header(str(raw))))]
        except _ODD:
            values = [str(raw)]
    return _line(", ".join(values))


def _line(text: str) -> str:
    return " ".join(scrubbed(text).split())[:_HEADER_CHARACTERS]


def _sent(message: Message[Any, Any]) -> date | None:
    try:
        moment: datetime = parsedate_to_datetime(_header(message, "Date"))
    except _ODD:
        return None
    return moment.date()


def _person(name: str | None, address: str | None) -> str:
    return f"{name} <{address}>" if name and address and name != address else name or address or ""


def _invented(number: int, kind: str | None) -> str:
    return f"attachment {number}{mimetypes.guess_extension(kind or '') or ''}"
