"""The head of a mail, put right: what gateways and exporting programs leave there must not cost the mail.

A parser that holds to the rules takes the first line that is no header for the end of the head, and all that
follows, attachments and all, for the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from explorer.readers.detection.mail_sniffing import ENVELOPE, HEADER, KNOWN

_HEAD_BYTES = 262_144
_MOST_ODD_LINES = 20
_TELLING = frozenset((b"from", b"subject", b"content-type", b"date", b"to"))
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")


@dataclass(slots=True)
class _Head:
    """The head while it is put right."""

    kept: list[bytes] = field(default_factory=list)
    odd: list[bytes] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)


def mended(data: bytes) -> tuple[bytes, list[str]]:
    """A mail with a head that parsers understand, and the lines that were no headers and are left out.

    A mail whose head holds to the rules comes back as it is.
    """
    start = data[:_HEAD_BYTES]
    if b"\n" not in start and b"\r" in start:  # line ends of old Macs
        data = data.replace(b"\r", b"\n")
    at = _first_header(data)
    head = _Head()
    end = _read_head(data, at, head)
    if not head.names:
        return data, []
    odd = [line.decode("utf-8", "replace").strip() for line in head.odd]
    return b"".join(head.kept) + b"\n" + data[end:], odd


def _first_header(data: bytes) -> int:
    """Where the first line begins that is not empty."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for found in _LINE.finditer(data, at, _HEAD_BYTES):
        if found[0].strip():
            return found.start()
    return at


def _read_head(data: bytes, at: int, head: _Head) -> int:
    """Reads the head line by line; gives where the body begins."""
    while found := _LINE.match(data, at):
        line, after = found[0], found.end()
        if not line.strip():
            is_folded = line.strip(b"\r\n") and _is_header(data, after)
            if not is_folded and not _head_goes_on(data, after, head.names):
                return after
        elif line[:1] in b" \t":
            if head.kept:
                head.kept.append(line)
            else:
                head.odd.append(line)
        elif name := HEADER.match(line):
            head.names.add(name[1].lower())
            head.kept.append(name[1] + b":" + line[name.end() :].replace(b"\0", b""))
        elif not ENVELOPE.match(line):
            if len(head.odd) >= _MOST_ODD_LINES or not _goes_on(data, after):
                return at  # the body begins without an empty line
            head.odd.append(line)
        if not line.endswith(b"\n") and head.kept:
            head.kept[-1] += b"\n"
        at = after
    return at


def _is_header(data: bytes, at: int) -> bool:
    """Whether the line there is a header, known or of a program's own."""
    name = HEADER.match(data, at)
    return name is not None and (name[1].lower() in KNOWN or name[1].lower().startswith((b"x-", b"content-")))


def _goes_on(data: bytes, at: int) -> bool:
    """Whether a header follows before the next empty line."""
    for found in _LINE.finditer(data, at, at + 16_384):
        if not found[0].strip():
            return False
        if HEADER.match(found[0]) and not found[0].lower().startswith((b"http:", b"https:")):
            return True
    return False


def _head_goes_on(data: bytes, at: int, names: set[bytes]) -> bool:
    """Whether an empty line parts the head in two: nothing that tells what the mail is stands above it."""
    if names & _TELLING:
        return False
    below: set[bytes] = set()
    for found in _LINE.finditer(data, at, at + 16_384):
        name = HEADER.match(found[0])
        if name is None:
            if found[0][:1] in (b" ", b"\t") and below and found[0].strip():
                continue
            break
        below.add(name[1].lower())
    return len(below & _TELLING) >= 2
