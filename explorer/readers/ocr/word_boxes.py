"""The places of the words of a recognised page, as compact bytes.

PDFium knows no characters of a page that was recognised, so the box of each word is kept with the text. The
stored form is one byte that is 1 where lines are shown running up or down the page, else 0; then for each
word, by rising start:

    gap      LEB128: start minus the end of the word before (for the first word: minus 0)
    length   LEB128: characters of text, at least 1
    edges    left, top, right, bottom of its box on the page as shown: 16 bits each, big endian, of 65,535
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from explorer.types import Box

_EDGES = struct.Struct(">4H")
_WHOLE = 65_535
_BITS = 56
"""A number in the stored form has no more."""
_OVERLAP = 0.5
_GAP = 3.0
"""A gap wider than this many line heights ends a mark (the cells of a table, two columns)."""


@dataclass(frozen=True, slots=True)
class WordBox:
    """`text[start : start + length]` of a page stands in `box`."""

    start: int
    length: int
    box: Box


def encode(words: Iterable[WordBox], *, sideways: bool = False) -> bytes:
    """The stored form of words. Raises ValueError unless they rise by `start` without overlap."""
    out = bytearray([sideways])
    end = 0
    for word in words:
        if word.start < end or word.length < 1:
            raise ValueError(f"words must be sorted and not empty: {word}")
        for value in (word.start - end, word.length):
            _append(out, value)
        out += _EDGES.pack(*map(_packed, (word.box.left, word.box.top, word.box.right, word.box.bottom)))
        end = word.start + word.length
    return bytes(out)


def decode(stored: bytes) -> Iterator[WordBox]:
    """The words of a stored form. Raises ValueError where it is cut off."""
    at, end = 1, 0
    while at < len(stored):
        gap, at = _integer(stored, at)
        length, at = _integer(stored, at)
        if at + _EDGES.size > len(stored):
            raise ValueError("the stored boxes are cut off")
        left, top, right, bottom = (edge / _WHOLE for edge in _EDGES.unpack_from(stored, at))
        at += _EDGES.size
        yield WordBox(end + gap, length, Box(left, top, right, bottom))
        end += gap + length


def within(stored: bytes, start: int, end: int, ratio: float = 1.0) -> list[Box]:
    """Boxes around `page.text[start:end]`, those of words that stand side by side merged into one.

    `ratio` is the page's height divided by its width, so that gaps and heights are measured in one unit.
    """
    sideways = stored[:1] == b"\x01"
    merged: list[Box] = []
    for word in decode(stored):
        if word.start >= end:
            break
        if word.start + word.length <= start:
            continue
        if merged and _side_by_side(merged[-1], word.box, sideways, ratio):
            merged[-1] = _around(merged[-1], word.box)
        else:
            merged.append(word.box)
    return merged


def _side_by_side(one: Box, other: Box, sideways: bool, ratio: float) -> bool:
    """Whether two boxes stand on one line with no wide gap between them."""
    along = [(one.left, one.right), (other.left, other.right)]
    across = [(one.top * ratio, one.bottom * ratio), (other.top * ratio, other.bottom * ratio)]
    if sideways:
        along, across = across, along
    heights = [high - low for low, high in across]
    overlap = min(across[0][1], across[1][1]) - max(across[0][0], across[1][0])
    gap = max(along[1][0] - along[0][1], along[0][0] - along[1][1])
    return overlap > _OVERLAP * min(heights) and gap < _GAP * max(heights)


def _around(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def _packed(edge: float) -> int:
    return round(min(max(edge, 0.0), 1.0) * _WHOLE)


def _append(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _integer(stored: bytes, at: int) -> tuple[int, int]:
    """The number at `at`, and where it ends."""
    value = shift = 0
    while at < len(stored):
        byte = stored[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
        if shift > _BITS:  # an export that somebody made up: to add up its digits could take for ever
            raise ValueError("the stored boxes hold a number that is none of ours")
    raise ValueError("the stored boxes are cut off")
