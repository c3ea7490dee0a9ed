"""Headers and names of mails as they stand there → characters: encoded words (RFC 2047) and raw 8-bit text.

Mail programs break the rules: a character is split over two encoded words, a charset is a smaller one than
the text needs, spaces are missing, or 8-bit text stands there bare.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

from explorer.readers.decoding import declared_encoding, decode

_WORD = re.compile(r"=\?([\w.:+-]{2,40})(?:\*[\w-]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"\s*")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def decoded(value: str, charset: str | None = None) -> str:
    """The characters of a header. `value` may hold raw bytes as lone surrogates (as Python's parser gives
    them); `charset` is what the mail says of its text, which raw bytes are usually in, too."""
    if not value.isascii():
        value = _bare(value, charset)
    parts: list[str] = []
    at = 0
    found = _WORD.search(value)
    while found is not None:
        run = [found]
        end = found.end()
        while following := _WORD.match(value, _after(value, end)):
            run.append(following)
            end = following.end()
        parts += [value[at : found.start()], _joined(run)]
        at = end
        found = _WORD.search(value, at)
    return "".join([*parts, value[at:]])


def _bare(value: str, charset: str | None) -> str:
    try:
        raw = value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:  # characters already
        return value
    return decode(raw, charset)[0]


def _after(value: str, at: int) -> int:
    found = _BETWEEN.match(value, at)
    return found.end() if found else at


def _joined(words: Sequence[re.Match[str]]) -> str:
    """Encoded words that stand beside each other: bytes of one charset are joined, then decoded."""
    parts: list[str] = []
    held, charset = b"", ""
    for word in words:
        if word[1].lower() != charset:
            parts.append(_characters(held, charset))
            held, charset = b"", word[1].lower()
        held += _bytes(word[2], word[3])
    return "".join([*parts, _characters(held, charset)])


def _characters(data: bytes, charset: str) -> str:
    if not data:
        return ""
    name = declared_encoding(charset)
    if name is not None and name.startswith("iso2022"):
        return data.decode(name, "replace")
    return decode(data, charset)[0]


def _bytes(way: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if way in "qQ":
        return _HEX.sub(lambda found: bytes([int(found[1], 16)]), raw.replace(b"_", b" "))
    wanted = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        return base64.b64decode(wanted + b"=" * (-len(wanted) % 4))
    except binascii.Error:  # one letter too many
        return base64.b64decode(wanted[: len(wanted) // 4 * 4])
