"""RTF made ready for docling-rs, which writes bold, italic and links with Markdown's marks, reads hidden text
as text, and passes over notes and running headers.

Only control words are changed, so that what a person typed ("*net*", "2**10**2") stays as it stands.
"""

from __future__ import annotations

import re

RUNNING = "\ue001"
"""A paragraph of this alone: what follows are running headers and footers."""
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
    """The file with its text as it is meant: notes in their place, running headers last, nothing hidden."""
    data = _FONT.sub(lambda found: found[0] if found[1] else rb"\q", data)  # a word that means nothing
    data = _LINK.sub(rb"{\\*\\fldpassed", data)
    return _rewritten(data) if _TOUCHED.search(data) else data


def joined(text: str) -> str:
    """A paragraph with its notes, a space before and after each."""
    for edge, instead in _EDGES if _EDGE in text else ():
        text = edge.sub(instead, text)
    return text


def _written(mark: str) -> bytes:
    return rb"{\uc1\u%d?}" % (ord(mark) - 65536)


def _rewritten(data: bytes) -> bytes:
    body: list[bytes] = []
    running: list[bytes] = []
    out, hidden, is_note = body, False, False
    groups: list[tuple[list[bytes], bool, bool]] = []
    at = 0
    while found := _TOKEN.match(data, at):
        token, word, at = found[0], found[1], found.end()
        if token == b"{":
            groups.append((out, hidden, is_note))
            is_note = False
        elif token == b"}":
            out.append(_written(_EDGE) + b"}" if is_note else b"}")
            if groups:
                was = out
                out, hidden, is_note = groups.pop()
                if was is running and out is body:
                    running.append(rb"\par ")
            continue
        elif word == b"v":
            hidden = found[2] != b"0"
        elif word == b"plain":
            hidden = False
        elif word == b"bin":
            at += max(int(found[2] or 0), 0)
            continue
        elif word == b"footnote":
            out, is_note = _opened(out, out), True
            out.append(b"{" + _written(_EDGE))
            continue
        elif word in _PLACES and out is body:
            out = _opened(body, running)
            out.append(b"{")
            continue
        if not (hidden and (word in (None, b"u") and token not in (b"{", b"}", rb"\*"))):
            out.append(token)
    end = b"".join(body).rstrip(b" \r\n\0")
    if not running or not end.endswith(b"}"):
        return end + data[at:]
    mark = rb"\par\pard\plain %b\par\pard\plain " % _written(RUNNING)
    return end[:-1] + mark + b"".join(running) + b"}"


def _opened(out: list[bytes], to: list[bytes]) -> list[bytes]:
    r"""Takes back the beginning of a group ("{" or "{\*") to write it anew."""
    while out and out[-1].strip() in (rb"\*", b""):
        out.pop()
    if out and out[-1] == b"{":
        out.pop()
    return to
