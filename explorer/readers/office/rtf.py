"""RTF made ready for docling-rs, which writes bold, italic and links with Markdown's marks, reads hidden text
as text, and passes over notes and running headers.

Only control words are changed, so that what a person typed ("*net*", "2**10**2") stays as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RUNNING = "\ue001"
"""A paragraph of this alone says that running headers and footers follow."""
_EDGE = "\ue002"
"""Where a note begins and ends."""
_EDGES = ((re.compile(rf"\s*{_EDGE}\s*(?=[.,;:!?)]|$)"), ""), (re.compile(rf"\s*{_EDGE}\s*"), " "))
_TOKEN = re.compile(rb"[{}]|\\([a-zA-Z]{1,32})(-?\d{0,10}) ?|\\'[0-9a-fA-F]{2}|\\.|[^{}\\]+", re.DOTALL)
_TOUCHED = re.compile(rb"\\(?:v|header[lrf]?|footer[lrf]?|footnote)(?![a-z])")
_FONT = re.compile(rb"(\\\\)|\\[bi](?![a-zA-Z])")
_LINK = re.compile(rb"\{\s*(?:\\\*\s*)?\\fldinst(?=[^}]{0,300}HYPERLINK)")
_PLACES = frozenset(
    [b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf"]
)


def prepared(data: bytes) -> bytes:
    """The file with its notes in their place, running headers last, hidden text left out."""
    data = _FONT.sub(lambda found: found[0] if found[1] else rb"\q", data)  # a word that means nothing
    data = _LINK.sub(rb"{\\*\\fldpassed", data)
    return _rewritten(data) if _TOUCHED.search(data) else data


def joined(text: str) -> str:
    """A paragraph with its notes in it, a space before and after each."""
    for edge, instead in _EDGES if _EDGE in text else ():
        text = edge.sub(instead, text)
    return text


def _written(mark: str) -> bytes:
    return rb"{\uc1\u%d?}" % (ord(mark) - 65536)


def _rewritten(data: bytes) -> bytes:
    """The file without hidden text, with its notes marked and its running headers and footers at its end."""
    rewriter = _Rewriter()
    at = 0
    while found := _TOKEN.match(data, at):
        at = found.end() + rewriter.take(found[0], found[1], found[2])
    return rewriter.whole(data[at:])


@dataclass(slots=True)
class _Group:
    """What holds until a "}": formatting in RTF ends with the group that it began in."""

    out: list[bytes]
    """Where tokens go: to the body, or to the running headers."""
    is_hidden: bool = False
    is_note: bool = False


class _Rewriter:
    """Takes a file token by token and sends each where it is to stand."""

    def __init__(self) -> None:
        self._body: list[bytes] = []
        self._running: list[bytes] = []
        self._group = _Group(self._body)
        self._outer: list[_Group] = []
        """The groups that stand around the one that is open."""

    def take(self, token: bytes, word: bytes | None, value: bytes | None) -> int:
        """Takes a brace, text, or a control word with its value; gives how many bytes behind it to pass over.

        Those are bytes of a picture ("bin"), among which a brace would be none.
        """
        group = self._group
        if token == b"}":
            self._close()
        elif word == b"bin":
            return max(int(value or 0), 0)
        elif word == b"footnote":
            self._reopen(group.out, _written(_EDGE))
            group.is_note = True
        elif word in _PLACES and group.out is self._body:
            self._reopen(self._running, b"")
        else:
            if token == b"{":
                self._outer.append(group)
                self._group = _Group(group.out, group.is_hidden)
            elif word == b"v":
                group.is_hidden = value != b"0"
            elif word == b"plain":
                group.is_hidden = False
            if not (group.is_hidden and _is_text(token, word)):
                group.out.append(token)
        return 0

    def whole(self, rest: bytes) -> bytes:
        """The file, with the running headers and footers behind a mark; `rest` is what was no token."""
        end = b"".join(self._body).rstrip(b" \r\n\0")
        if not self._running or not end.endswith(b"}"):
            return end + rest
        mark = rb"\par\pard\plain %b\par\pard\plain " % _written(RUNNING)
        return end[:-1] + mark + b"".join(self._running) + b"}"

    def _close(self) -> None:
        closed = self._group
        closed.out.append(_written(_EDGE) + b"}" if closed.is_note else b"}")
        if not self._outer:  # one "}" too many
            return
        self._group = self._outer.pop()
        if closed.out is self._running and self._group.out is self._body:
            self._running.append(rb"\par ")

    def _reopen(self, out: list[bytes], mark: bytes) -> None:
        r"""Takes back the beginning of the group ("{" or "{\*") and begins it anew in `out`, an ordinary one.

        The converter passes over what is in a footnote, a header or a footer.
        """
        before = self._group.out
        while before and before[-1].strip() in (rb"\*", b""):
            before.pop()
        if before and before[-1] == b"{":
            before.pop()
        self._group.out = out
        out.append(b"{" + mark)


def _is_text(token: bytes, word: bytes | None) -> bool:
    """Whether a token is text or one of its characters, rather than a brace or a control word."""
    return word in (None, b"u") and token not in (b"{", b"}", rb"\*")
