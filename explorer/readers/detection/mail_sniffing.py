"""Whether first bytes are the head of a mail, of a mailbox, or of a web page saved like a mail (MHTML).

A few lines that are no headers do not matter: gateways and programs that export mails leave some at the head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from explorer.readers.detection.sample import Sample

WINMAIL = b"\x78\x9f\x3e\x22"
"""How a winmail.dat (TNEF) begins."""
SAVED_PAGES = (".mhtml", ".mht")
_MAILBOXES = (".mbox", ".mbx")
_HEAD_BYTES = 16_384
KNOWN = frozenset(
    b"from to cc subject date received return-path message-id mime-version delivered-to reply-to sender "
    b"content-type x-mailer".split()
)
"""Headers that tell a mail."""
_OF_SERVERS = frozenset((b"received", b"message-id", b"mime-version", b"return-path"))
_OF_DELIVERY = frozenset((b"received", b"message-id", b"return-path", b"delivered-to", b"to"))
HEADER = re.compile(rb"([!-9;-~]{1,80})[ \t]*:")
ENVELOPE = re.compile(rb">?From ")
_MOST_ODD_LINES = 3
_PAGE_PARTS = re.compile(rb"multipart/related|text/html", re.I)


def is_outlook(sample: Sample) -> bool:
    """Whether this is a mail of Outlook: a container of properties, or what it wraps a mail in for others."""
    return "__properties_version1.0" in sample.streams or sample.head.startswith(WINMAIL)


@dataclass(slots=True)
class Head:
    """The lines before the first empty one."""

    names: set[bytes] = field(default_factory=set)
    """The names of its headers, in lower case."""
    odd_lines: int = 0
    """How many lines are no headers."""
    content_type: bytes = b""

    @property
    def known(self) -> frozenset[bytes]:
        """Those names that mails have."""
        return KNOWN & self.names


def head_of(data: bytes) -> Head:
    """The head of what may be a mail; empty lines before it are passed over."""
    head = Head()
    last = b""
    for line in data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf\r\n \t").splitlines():
        if not line.strip():
            break
        if line[:1] in (b" ", b"\t") and head.names:
            if last == b"content-type":
                head.content_type += line
            continue
        name = HEADER.match(line)
        if name is None:
            head.odd_lines += ENVELOPE.match(line) is None
            continue
        last = name[1].lower()
        head.names.add(last)
        if last == b"content-type":
            head.content_type = line[name.end() :]
    return head


def is_mail(data: bytes, named_mail: bool) -> bool:
    """Whether the lines before the first empty one are headers of a mail.

    Where the file's name does not say that it is one, there must be a header that mail servers write.
    """
    head = head_of(data)
    if head.odd_lines > _MOST_ODD_LINES or head.odd_lines >= len(head.known):
        return False
    if named_mail:
        return True
    return b"from" in head.known and len(head.known) >= 3 and bool(head.known & _OF_SERVERS)


def is_mailbox(data: bytes, extension: str = "") -> bool:
    """Whether this is a line that begins with "From ", then a mail; some programs begin a single mail so.

    A file that is called a mailbox may have mails with few headers, such as drafts.
    """
    if extension == ".eml":
        return False
    first, _, rest = data.partition(b"\n")
    return first.startswith(b"From ") and is_mail(rest, named_mail=extension in _MAILBOXES)


def is_saved_page(data: bytes, extension: str) -> bool:
    """Whether this is a web page with its pictures, in the form of a mail that was never sent.

    Programs that write reports save them so as well, under the name of a workbook or a text.
    """
    head = head_of(data)
    if head.odd_lines or not _PAGE_PARTS.search(head.content_type):
        return False
    if extension in SAVED_PAGES:
        return True
    if extension == ".eml" or b"mime-version" not in head.names or head.names & _OF_DELIVERY:
        return False
    return b"multipart/related" in head.content_type.lower() or b"content-location" in head.names
