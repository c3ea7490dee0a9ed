"""The map from offsets of a page's text to PDFium's character indices, as compact bytes.

Text is cleaned while it is read (hyphens joined, ligatures spelled out, lines joined), so an offset in it is
not the index of a character on the page. A *run* ties a piece of text to a piece of the page:
`text[start : start + length]` came from characters `char, …, char + chars - 1`. Where `length == chars` the
two go in step. Elsewhere (a ligature, a combined accent) the whole run stands for all of its characters.

Stored form: for each run, by rising `start`, four LEB128 variable-length integers:

    gap      start minus the end of the run before (for the first run: minus 0)
    length   characters of text, at least 1
    step     zigzag of: char minus the end of the characters of the run before
    extra    zigzag of: chars minus length

Zigzag maps 0, -1, 1, -2, 2 … to 0, 1, 2, 3, 4 …. A line of text takes about five bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

_BITS = 56
"""A number in the stored form has no more."""


@dataclass(frozen=True, slots=True)
class Run:
    """`text[start : start + length]` came from `chars` characters of the page, the first at index `char`."""

    start: int
    length: int
    char: int
    chars: int


def encode(runs: Iterable[Run]) -> bytes:
    """The stored form of runs. Raises ValueError unless they rise by `start` without overlap."""
    out = bytearray()
    text_end = char_end = 0
    for run in runs:
        if run.start < text_end or run.length < 1 or run.chars < 1:
            raise ValueError(f"runs must be sorted and not empty: {run}")
        for value in (
            run.start - text_end,
            run.length,
            _zigzag(run.char - char_end),
            _zigzag(run.chars - run.length),
        ):
            if value < 0x80:
                out.append(value)
            else:
                _append(out, value)
        text_end = run.start + run.length
        char_end = run.char + run.chars
    return bytes(out)


def decode(stored: bytes) -> Iterator[Run]:
    """The runs of a stored form. Raises ValueError where it is cut off."""
    text_end = char_end = 0
    values = _integers(stored)
    for gap in values:
        try:
            length, step, extra = next(values), _signed(next(values)), _signed(next(values))
        except StopIteration:
            raise ValueError("the stored runs are cut off") from None
        run = Run(text_end + gap, length, char_end + step, length + extra)
        yield run
        text_end = run.start + run.length
        char_end = run.char + run.chars


def char_ranges(stored: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Half-open ranges of page characters behind `page.text[start:end]`, in the order of the text.

    Offsets count from the start of the page's own text. Neighbouring ranges are merged.
    """
    ranges: list[tuple[int, int]] = []
    for run in decode(stored):
        if max(start, run.start) >= min(end, run.start + run.length):
            continue
        first, last = _behind(run, start, end)
        if ranges and ranges[-1][1] == first:
            ranges[-1] = (ranges[-1][0], last)
        else:
            ranges.append((first, last))
    return ranges


def ranges_of(stored: bytes, spans: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """What `char_ranges` gives for each of many spans, which rise without overlap; the runs are gone through
    once."""
    runs = deque(decode(stored))
    found: list[list[tuple[int, int]]] = []
    for start, end in spans:
        while runs and runs[0].start + runs[0].length <= start:
            runs.popleft()
        inside = takewhile(partial(_begins_before, end), runs)
        found.append([_behind(run, start, end) for run in inside])
    return found


def _begins_before(end: int, run: Run) -> bool:
    return run.start < end


def _behind(run: Run, start: int, end: int) -> tuple[int, int]:
    """The range of characters behind what a run holds of `text[start:end]`."""
    if run.chars != run.length:
        return run.char, run.char + run.chars
    low, high = max(start, run.start), min(end, run.start + run.length)
    return run.char + low - run.start, run.char + high - run.start


def _append(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _integers(stored: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in stored:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
        elif shift > _BITS:  # an export that somebody made up: to add up its digits could take for ever
            raise ValueError("the stored runs hold a number that is none of ours")
    if shift:
        raise ValueError("the stored runs are cut off")


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def _signed(value: int) -> int:
    return value // 2 if value % 2 == 0 else -(value // 2) - 1
