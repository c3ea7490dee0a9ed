"""Mails (eml) and mailboxes: headers and body are the text, attachments become documents of their own.

The plain body is preferred to the HTML one. Nothing that a mail refers to is fetched. Small pictures of the
layout (logos, pixels that count readers) are left out, and a warning counts them; signatures are left out
without a warning.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, cast

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_page
from explorer.readers.containers import uuencoded
from explorer.readers.containers.encoded_words import decoded
from explorer.readers.containers.mail_head import mended
from explorer.readers.containers.members import Parts, too_deep, too_many
from explorer.readers.decoding import decode, normal
from explorer.readers.markup.html import page_text
from explorer.readers.pictures import images
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.reading import Reading, Source, scrubbed, shown
from explorer.types import PictureImage

SMALL_PICTURE_BYTES = 16_384
"""Smaller pictures inside the body belong to its layout."""
SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_SIGNATURES = frozenset(
    ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
)
_SEALED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"))
_HEADER_CHARACTERS = 5_000
_ANY_CHARSET = frozenset(("us-ascii", "ascii", "unknown-8bit", "x-unknown"))
"""What programs name that know nothing of charsets."""
_LAYOUT = "a part of the layout"
"""What is known of a picture in a body that cannot be opened: it is no loss, or a file of its own."""
_WORD = re.compile(r"[\u3040-\u9fff]|[^\W_]+")
"""A word, or a letter of a script without spaces (Chinese, Japanese)."""
_TIME = re.compile(rb"\d:\d\d")
_HEADER = re.compile(rb"[!-9;-~]+:")
_PAGE = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.I)
ODD = (ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What the standard library raises for headers that nobody should have written."""


class _AsItStands(Compat32):
    """Python's oldest rules for mails, with headers in bare 8-bit text left as they are."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002
        return value


AS_IT_STANDS = _AsItStands()


@dataclass
class Mail:
    """What was found in a mail, whatever form it has."""

    headers: dict[str, str]
    texts: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    small_pictures: int = 0
    pictures: list[bytes] = field(default_factory=list)
    """Those that stand in the body. The large ones are files, too, and read as such."""
    unread_items: int = 0
    """Attached things of Outlook's own: appointments, contacts."""
    is_sealed: bool = False
    odd_lines: list[str] = field(default_factory=list)
    """Lines among its headers that are none."""
    charset: str | None = None
    """What it says that its text is in; headers in bare 8-bit text are, too."""
    warnings: list[str] = field(default_factory=list)


def read_eml(source: Source) -> Reading:
    """Reads a mail in the form in which it travels (RFC 5322). Raises ReadError."""
    data, odd_lines = mended(source.path.read_bytes())
    message = message_from_bytes(data, policy=AS_IT_STANDS)
    charset = _charset(message)
    mail = Mail({name: _header(message, name, charset) for name in SHOWN_HEADERS})
    mail.odd_lines, mail.charset = odd_lines, charset
    try:
        _gather(message, mail)
    except RecursionError:
        raise ReadError(
            f"{source.shown} could not be read: its parts stand too deep in each other."
        ) from None
    return reading_of(source, "eml", mail, _sent(message))


def picture(source: Source, where: str, width: int) -> PictureImage:
    """A picture of a mail's body, as it can be shown. Raises ReadError where there is none of this name."""
    message = message_from_bytes(mended(source.path.read_bytes())[0], policy=AS_IT_STANDS)
    parts = (part for part in message.walk() if part.get_content_type().startswith("image/"))
    contents = (cast("bytes | None", part.get_payload(decode=True)) or b"" for part in parts)
    return picture_among(contents, source, where, width)


def picture_among(contents: Iterable[bytes], source: Source, where: str, width: int) -> PictureImage:
    """The one of these images that was kept as `where`, as it can be shown. Raises ReadError."""
    found = next((each for each in contents if _key(each) == where), None)
    if found is None:
        raise ReadError(f"{source.shown} holds no such picture.")
    return images.shown(images.decoded(found, source.limits, width).pixels, width)


def _key(content: bytes) -> str:
    """How a picture is found again."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def read_mbox(source: Source) -> Reading:
    """Sends on the mails of a mailbox. Raises ReadError."""
    if source.spent.depth >= source.limits.depth:
        raise too_deep(source)
    parts = Parts(source, are_everything=True)
    for number, content in enumerate(_mails(source.path), 1):
        if source.spent.members + number > source.limits.members:
            raise too_many(source)
        source.on_page(number, 0)
        start = message_from_bytes(mended(content[:65_536])[0], policy=AS_IT_STANDS)
        subject = _header(start, "Subject", _charset(start))
        parts.add(f"{number:05d} {subject.replace('/', ' ')[:80]}".strip() + ".eml", content)
    if not parts.taken:
        raise ReadError(f"{source.shown} holds no mail that can be read.")
    return Assembly(source, warnings=list(parts.warnings())).reading("mbox", needs_text=False)


def _is_postmark(line: bytes, following: bytes) -> bool:
    """Whether a line begins a mail of a mailbox: it says when it came, or a header follows.

    Not every program marks a line of a mail's text that begins with From.
    """
    if not line.startswith(b"From "):
        return False
    return _TIME.search(line) is not None or _HEADER.match(following) is not None


def _mails(path: Path) -> Iterator[bytes]:
    held: list[bytes] = []
    before = b"\n"
    with path.open("rb") as file:
        for line, following in pairwise(chain(file, (b"",))):
            if not before.strip() and _is_postmark(line, following):
                if held:
                    yield b"".join(held)
                held = []
            else:
                held.append(line[1:] if line.startswith(b">From ") else line)
            before = line
    if held:
        yield b"".join(held)


def reading_of(source: Source, kind: str, mail: Mail, day: date | None) -> Reading:
    """The reading of a mail, its files handed on. Raises ReadError where there is nothing at all."""
    head = "\n".join(f"{name}: {value}" for name, value in mail.headers.items() if value)
    body, within = uuencoded.parted("\n\n".join(text.strip() for text in mail.texts if text.strip()))
    mail.files += within
    if not head and not body:
        body = "\n".join(one_header(name) for name, _ in mail.files)
    text = normal(scrubbed(f"{head}\n\n{body}".strip() + "\n"))
    source.check_characters(len(text))
    parts = Parts(source)
    for number, (name, content) in enumerate(mail.files, 1):
        source.on_page(number, len(mail.files))
        parts.add(name, content)
    if not text.strip() and not parts.taken:
        raise ReadError(f"{source.shown} has no text.")
    out = one_page(source, text, (*parts.warnings(), *_missing(mail)))
    gallery = Gallery(source)
    for content in mail.pictures:
        look = gallery.look(_key(content), partial(bytes, content), _LAYOUT, reads=False)
        if look is not None:
            gallery.keep(look, 1, len(text), len(text))
    gallery.end(out)
    return out.reading(
        kind,
        title=mail.headers["Subject"] or None,
        author=mail.headers["From"] or None,
        date=day,
        needs_text=False,
    )


def _missing(mail: Mail) -> Iterator[str]:
    """What is neither in the text of a mail nor handed on, one sentence each."""
    if count := mail.small_pictures:
        what = "picture in the mail was" if count == 1 else "pictures in the mail were"
        yield f"{count:,} small {what} left out."
    yield from mail.warnings
    if count := len(mail.odd_lines):
        what = "1 line among its headers is" if count == 1 else f"{count:,} lines among its headers are"
        yield f"{what} no header and left out: {shown(' '.join(mail.odd_lines), 80)}."
    if mail.is_sealed:
        yield "The mail is encrypted: only its headers can be read."
    if count := mail.unread_items:
        yield f"{count:,} attached {'item' if count == 1 else 'items'} of Outlook's own cannot be read."


def _gather(part: Message[Any, Any], mail: Mail) -> None:
    """Sorts a part and all below it into text and files."""
    part = _remade(part)
    kind = part.get_content_type()
    if kind in _SIGNATURES:
        return
    if kind in _SEALED or kind == "multipart/encrypted":
        mail.is_sealed = True
        return
    if kind == "multipart/alternative":
        _gatherbest_of(part, mail)
    elif part.is_multipart() and kind != "message/rfc822":
        for child in cast("list[Message[Any, Any]]", part.get_payload()):
            _gather(child, mail)
    elif kind in ("text/plain", "text/html") and not _is_attached(part):
        text = _text(part)
        mail.texts.append(page_text(text) if kind == "text/html" or _PAGE.match(text) else text)
    else:
        _gather_file(part, kind, mail)


def _gatherbest_of(part: Message[Any, Any], mail: Mail) -> None:
    """Takes the text of one of several versions of a body, and the files of all of them.

    The first version with text is the plainest, and is taken, unless it lacks most words of a later one: in
    many mails it only asks to look at the other version, or holds a part of it. Where each of two lacks most
    words of the other, both are kept.
    """
    versions = []
    children = part.get_payload()
    for child in cast("list[Message[Any, Any]]", children) if isinstance(children, list) else []:
        version = Mail({}, charset=mail.charset)
        _gather(child, version)
        mail.files += version.files
        mail.small_pictures += version.small_pictures
        mail.pictures += version.pictures
        mail.is_sealed = mail.is_sealed or version.is_sealed
        versions.append(version.texts)
    mail.texts += best_of(versions)


def best_of(versions: Sequence[list[str]]) -> list[str]:
    """Of several versions of a body the plainest that lacks no words: see `_gather_best`."""
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


def _gather_file(part: Message[Any, Any], kind: str, mail: Mail) -> None:
    if kind == "message/rfc822":
        content = _attached_mail(part)
        if not content:
            return
        head = message_from_bytes(mended(content[:65_536])[0], policy=AS_IT_STANDS)
        subject = _header(head, "Subject", _charset(head)).replace("/", " ")
        name = _filename(part, mail.charset) or f"{subject[:100] or 'mail'}.eml"
    else:
        content = cast("bytes | None", part.get_payload(decode=True)) or b""
        name = _filename(part, mail.charset) or invented_name(len(mail.files) + 1, kind)
    is_inside = part.get("Content-ID") is not None or part.get_content_disposition() == "inline"
    if kind.startswith("image/") and is_inside:
        mail.pictures.append(content)
    if kind.startswith("image/") and is_inside and len(content) < SMALL_PICTURE_BYTES:
        mail.small_pictures += 1
    else:
        mail.files.append((name, content))


def _is_attached(part: Message[Any, Any]) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_filename(part))


def _filename(part: Message[Any, Any], charset: str | None = None) -> str:
    try:
        return one_header(decoded(str(part.get_filename() or ""), charset))
    except ODD:
        return ""


def named_file(part: Message[Any, Any], number: int) -> str:
    """The name of a part that is a file, or one made of its number and kind."""
    return _filename(part) or invented_name(number, part.get_content_type())


def _attached_mail(part: Message[Any, Any]) -> bytes:
    """A mail that is attached as one; where a program encoded it, against the rules, decoded."""
    inner = part.get_payload()
    if not isinstance(inner, list) or not inner:
        return b""
    first = cast("list[Message[Any, Any]]", inner)[0]
    way = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if way in ("base64", "quoted-printable") and not first.keys():
        first["Content-Transfer-Encoding"] = way
        return cast("bytes | None", first.get_payload(decode=True)) or b""
    return first.as_bytes(policy=AS_IT_STANDS)


def _remade(part: Message[Any, Any]) -> Message[Any, Any]:
    """The part, read anew where a line that is no header broke its head off."""
    if part.is_multipart() or not any(
        isinstance(each, MissingHeaderBodySeparatorDefect) for each in part.defects
    ):
        return part
    head = "".join(f"{name}: {value}\n" for name, value in part.raw_items())
    whole, odd = mended(f"{head}{part.get_payload()}".encode("utf-8", "surrogateescape"))
    return message_from_bytes(whole, policy=AS_IT_STANDS) if odd else part


def _text(part: Message[Any, Any]) -> str:
    data = cast("bytes | None", part.get_payload(decode=True)) or b""
    return decode(data, part.get_content_charset())[0] if data else ""


def _header(message: Message[Any, Any], name: str, charset: str | None = None) -> str:
    """A header in plain characters, on one line; several of the same name (forged or not) are joined.

    Bare 8-bit text in it is in the mail's own charset, if it names one.
    """
    values = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    return one_header(", ".join(decoded(str(value), charset) for value in values))


def _charset(message: Message[Any, Any]) -> str | None:
    """The charset of the first part that names one that tells something, else what the headers seem to be in.

    There is no recursion.
    """
    stack = [message]
    while stack:
        part = stack.pop()
        charset = part.get_content_charset()
        if charset and charset not in _ANY_CHARSET:
            return charset
        inner = part.get_payload()
        stack += reversed(cast("list[Message[Any, Any]]", inner) if isinstance(inner, list) else [])
    bare = (value for _, value in message.raw_items() if not str(value).isascii())
    raw = "\n".join(map(str, bare)).encode("utf-8", "surrogateescape")
    return decode(raw)[1] if raw else None


def one_header(text: str) -> str:
    """A header's or a name's characters on one line, no longer than is shown."""
    return " ".join(scrubbed(text).split())[:_HEADER_CHARACTERS]


def _sent(message: Message[Any, Any]) -> date | None:
    try:
        moment: datetime = parsedate_to_datetime(_header(message, "Date"))
    except ODD:
        return None
    return moment.date()


def invented_name(number: int, kind: str | None) -> str:
    """A name for the part of a mail that has none."""
    return f"attachment {number}{mimetypes.guess_extension(kind or '') or ''}"
