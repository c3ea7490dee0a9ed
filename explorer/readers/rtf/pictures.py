r"""The pictures of an RTF file: groups that begin with `\pict`, whose bytes are digits or follow `\bin`.

The copies that programs keep for older ones (`\nonshppict`, `\shprslt`), bullets, backgrounds and what stands
in running headers are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.readers.ole.art import bitmap_file
from explorer.readers.package import DamagedError
from explorer.readers.pictures.drawn import DrawnPicture
from explorer.readers.pictures.gallery import described
from explorer.readers.reading import Source
from explorer.readers.rtf.rewriting import PICTURE, name_of

_TOKEN = re.compile(rb"[{}]|\\(?:([a-zA-Z]{1,32})(-?\d{0,10}) ?|.)", re.DOTALL)
_ELSEWHERE = frozenset(
    b"nonshppict shprslt listpicture background header headerl headerr headerf footer footerl footerr "
    b"footerf".split()
)
_NO_DIGIT = re.compile(rb"[^0-9a-fA-F]+")
_DESCRIPTION = re.compile(rb"\\sn\s+wzDescription\s*\}\s*\{\\sv\s+((?:[^{}\\]|\\u-?\d+ ?\??|\\'..)*)")
_CHARACTER = re.compile(r"\\u(-?\d+) ?\??|\\'([0-9a-fA-F]{2})")
_MOST_DIGITS = 2**27


class RtfPictures:
    """The pictures of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._data = source.path.read_bytes() if source.content is None else source.content
        self._places = dict(_shown(self._data)) if PICTURE in self._data else {}
        self.by_page = {
            1: [DrawnPicture(name_of(number), _said(self._data, at)) for number, at in self._places.items()]
        }
        """All under page 1: the file has no others."""

    def read_apart(self, name: str, most: int) -> bytes:
        """The image called `name`. Raises DamagedError where there is none, or it is too large."""
        at = next((place for number, place in self._places.items() if name_of(number) == name), None)
        data = b"" if at is None else _image(self._data, at)
        if not data or len(data) > most:
            raise DamagedError(f"{self._source.shown} holds no such picture.")
        return data


def _shown(data: bytes) -> Iterator[tuple[int, int]]:
    r"""(number, where its content begins) of each picture that is shown. All `\pict` count, from 1."""
    outer: list[bool] = []
    is_elsewhere = False
    at = number = 0
    while found := _TOKEN.search(data, at):
        at, word = found.end(), found[1]
        if found[0] == b"{":
            outer.append(is_elsewhere)
        elif found[0] == b"}":
            is_elsewhere = outer.pop() if outer else False
        elif word == b"bin":
            at += _length(found[2])
        elif word in _ELSEWHERE:
            is_elsewhere = True
        elif word == b"pict":
            number += 1
            if not is_elsewhere:
                yield number, at


def _image(data: bytes, at: int) -> bytes:
    """The image in the group whose content begins there, groups within it passed over."""
    parts: list[bytes] = []
    depth, is_bitmap, start = 1, False, at
    while depth and start < at + _MOST_DIGITS:
        found = _TOKEN.search(data, start)
        end = found.start() if found else len(data)
        if depth == 1:
            parts.append(data[start:end])
        if found is None:
            break
        start, word = found.end(), found[1]
        depth += (found[0] == b"{") - (found[0] == b"}")
        is_bitmap = is_bitmap or word == b"dibitmap"
        if word == b"bin":
            length = _length(found[2])
            if depth == 1 and length:
                whole = data[start : start + length]
                return bitmap_file(whole) if is_bitmap else whole
            start += length
    digits = _NO_DIGIT.sub(b"", b"".join(parts))
    whole = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    return bitmap_file(whole) if is_bitmap else whole


def _said(data: bytes, at: int) -> str:
    """What the properties of a picture say that it shows."""
    found = _DESCRIPTION.search(data, at, at + 4_000)
    return described(_CHARACTER.sub(_character, found[1].decode("latin-1"))) if found else ""


def _character(found: re.Match[str]) -> str:
    if found[2]:
        return bytes.fromhex(found[2]).decode("cp1252", "replace")
    return chr(int(found[1]) % 0x10000)


def _length(digits: bytes) -> int:
    return max(int(digits), 0) if digits not in (b"", b"-") else 0
