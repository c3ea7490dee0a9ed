"""The text of a picture of text, by the models PP-OCRv6 small of rapidocr. Child only.

Lines are found first (`finding.py`), then read (`letters.py`). The longest tell whether the page stands
upright: they are read upside down, too, where the model is unsure of them.
"""

from __future__ import annotations

import ctypes
import math
import os
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from explorer.readers.ocr import finding, letters, models, word_boxes
from explorer.readers.ocr.letters import Read
from explorer.readers.ocr.models import Files
from explorer.readers.ocr.order import OcrLine, Row, paragraphs
from explorer.readers.ocr.recognised import Recognised
from explorer.types import Box

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: a thread costs 32 MB of memory
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before ONNX Runtime: else it reports to its maker

if TYPE_CHECKING:
    from explorer.readers.ocr.finding import Pixels, Points

UPRIGHT = 0.9
"""Lines that are read with at least this confidence stand upright."""
LEAST = 0.5
"""Lines read with less confidence are no text: pictures, stains, letters that the models do not know."""
SAMPLE = 4
_REACH = 0.65
"""A word reaches this far beyond the middle of its first and last letter, in widths of a usual letter."""
_SIGNS = 2
"""One letter alone is rather an edge in a picture than text."""
_NOTHING = Recognised("", b"", 0.0, 0, 0, 0)
PIECE = 16
"""A box holds at most this many characters: Chinese and Japanese have no spaces between words."""


def recognise(pixels: Pixels, folder: str | None = None, *, is_upright: bool = False) -> Recognised:
    """The text of a picture of any size that fits into memory; "" where there is none.

    `folder`: of other models than the package's own. `is_upright`: it is known to stand upright, and is not
    looked at turned. Raises ReadError where the models cannot be used.
    """
    _tame()
    used = models.files(folder)
    found = finding.find(pixels, used)
    if not len(found):
        return _NOTHING
    turned, known = (0, {}) if is_upright else _orientation(pixels, found, used)
    upright, corners = _turn(pixels, turned), _turn_corners(found, pixels.shape[:2], turned)
    missing = [index for index in range(len(corners)) if index not in known]
    known |= dict(zip(missing, letters.read(upright, corners[missing], used), strict=True))
    level = _level(pixels, found, known, used) if turned % 2 else {}
    read = [{**known, **level}[index] for index in range(len(corners))]
    good = [index for index, line in enumerate(read) if _is_text(line)]
    body = _Part(corners, [index for index in good if index not in level], upright.shape[:2], turned)
    rest = [index for index in good if index in level]
    above, below = _above(found, rest, body.lines)
    parts = [_Part(found, above, pixels.shape[:2], 0), body, _Part(found, below, pixels.shape[:2], 0)]
    composed = _compose(parts, read, good, turned)
    return composed if sum(mark.isalnum() for mark in composed.text) >= _SIGNS else _NOTHING


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a page that are read the same way."""

    corners: Points
    """Of all lines, on the page as it is turned for these."""
    lines: list[int]
    """The indices of those that are text."""
    shape: tuple[int, ...]
    turned: int


def check(folder: str) -> None:
    """Loads the models in a folder. Raises ReadError where they cannot be used, MemoryError."""
    import numpy as np

    _tame()
    used = models.files(folder)
    finding.find(np.full((64, 64, 3), 255, np.uint8), used)
    letters.reader(used)


@cache
def _tame() -> None:
    """Keeps memory together: glibc would give each thread a heap of its own and keep large blocks.

    Without it the address space of the process grows to 1.5 GB, with it to 0.85, at the same speed.
    """
    if sys.platform == "linux":
        adjust = getattr(ctypes.CDLL(None), "mallopt", None)
        if adjust is not None:
            adjust(_ARENA_MAX, 2)
            adjust(_MMAP_THRESHOLD, 32 * 2**20)
    import cv2

    cv2.setNumThreads(1)


_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
"""Numbers of glibc's mallopt."""


# ---- turning the page upright


def _orientation(pixels: Pixels, corners: Points, used: Files) -> tuple[int, dict[int, Read]]:
    """(quarter turns that put the page upright, what was read to find that out, by line)."""
    along, down = finding.sides(corners)
    standing = down > letters.STANDING * along
    lying = along > letters.STANDING * down
    is_sideways = float(down[standing].sum()) > float(along[lying].sum())
    lengths = down if is_sideways else along
    sample = sorted(range(len(corners)), key=lambda index: -lengths[index])[:SAMPLE]
    best, most, known = 0, -1.0, {}
    for turned in (1, 3) if is_sideways else (0, 2):
        upright = _turn(pixels, turned)
        read = letters.read(upright, _turn_corners(corners, pixels.shape[:2], turned)[sample], used)
        score = _mean_confidence(read)
        if score > most:
            best, most, known = turned, score, dict(zip(sample, read, strict=True))
        if most >= UPRIGHT:
            break
    return best, known


def _level(pixels: Pixels, found: Points, known: Mapping[int, Read], used: Files) -> dict[int, Read]:
    """Lines that are better read on the page as given than on the page turned: by index, what they say.

    Where Japanese and Chinese columns run down an upright page, its headings and numbers are level.
    """
    along, down = finding.sides(found)
    lying = [index for index in range(len(found)) if along[index] > down[index]]
    read = letters.read(pixels, found[lying], used) if lying else []
    return {
        index: line
        for index, line in zip(lying, read, strict=True)
        if line.confidence > known[index].confidence
    }


def _above(found: Points, level: list[int], columns: list[int]) -> tuple[list[int], list[int]]:
    """Level lines that stand above all columns of the page as given, and all others."""
    top = min((float(found[index][:, 1].min()) for index in columns), default=0.0)
    above = [index for index in level if float(found[index][:, 1].mean()) < top]
    return above, [index for index in level if index not in above]


def _mean_confidence(read: Sequence[Read]) -> float:
    """The mean over all characters (0 to 1); a line without text counts as one character of confidence 0."""
    weights = [max(len(line.text), 1) for line in read]
    return sum(line.confidence * weight for line, weight in zip(read, weights, strict=True)) / sum(weights)


def _turn(pixels: Pixels, quarters: int) -> Pixels:
    import numpy as np

    return np.ascontiguousarray(np.rot90(pixels, quarters)) if quarters else pixels


def _turn_corners(corners: Points, shape: tuple[int, ...], quarters: int) -> Points:
    """Corners on the page turned counter-clockwise, each line's from its new top left clockwise."""
    import numpy as np

    height, width = shape[:2]
    x, y = corners[..., 0], corners[..., 1]
    turned = ((x, y), (y, width - x), (width - x, height - y), (height - y, x))[quarters]
    return np.roll(np.stack(turned, axis=-1), -quarters, axis=1).astype(np.float32)


# ---- putting the page together


def _compose(of_page: Sequence[_Part], read: list[Read], good: list[int], turned: int) -> Recognised:
    parts: list[str] = []
    words: list[word_boxes.WordBox] = []
    length = 0
    for part, paragraph in ((one, each) for one in of_page for each in _paragraphs(one, read)):
        for number, row in enumerate(paragraph):
            parts.append(("\n" if number else "\n\n") if parts else "")
            length += len(parts[-1])
            for place, line in enumerate(row):
                parts.append(" " if place else "")
                length += len(parts[-1])
                text, placed = _words(
                    read[line.index], part.corners[line.index], part.shape, part.turned, length
                )
                parts.append(text)
                words.extend(placed)
                length += len(text)
    return Recognised(
        "".join(parts),
        word_boxes.encode(words, sideways=turned % 2 == 1) if words else b"",
        _mean_confidence([read[index] for index in good]) if good else 0.0,
        turned,
        len(read),
        len(read) - len(good),
    )


def _paragraphs(part: _Part, read: Sequence[Read]) -> Iterator[list[Row]]:
    edges = _levelled(part.corners, part.lines)
    lines = [OcrLine(*each, read[index].text, index) for index, each in zip(part.lines, edges, strict=True)]
    return paragraphs(lines)


def _is_text(line: Read) -> bool:
    """Whether a line is text. A single letter must be sure: stains and pictures are read as one."""
    return line.confidence >= (LEAST if len(line.text.strip()) > 1 else UPRIGHT) and bool(line.text.strip())


def _levelled(corners: Points, good: list[int]) -> list[tuple[float, float, float, float]]:
    """(left, top, right, bottom) of lines on the page, which is turned until most of them lie level."""
    if not good:
        return []
    chosen = corners[good]
    along, down = finding.sides(chosen)
    slopes = [
        math.atan2(line[1][1] - line[0][1], line[1][0] - line[0][0])
        for line, wide, high in zip(chosen, along, down, strict=True)
        if wide > 4 * high
    ]
    angle = statistics.median(slopes) if slopes else 0.0
    cosine, sine = math.cos(angle), math.sin(angle)
    x = chosen[..., 0] * cosine + chosen[..., 1] * sine
    y = chosen[..., 1] * cosine - chosen[..., 0] * sine
    left, right = x[:, [0, 3]].mean(axis=1), x[:, [1, 2]].mean(axis=1)
    top, bottom = y[:, [0, 1]].mean(axis=1), y[:, [2, 3]].mean(axis=1)
    edges = zip(left, top, right, bottom, strict=True)
    return [(float(one), float(two), float(three), float(four)) for one, two, three, four in edges]


def _words(
    line: Read, corners: Points, shape: tuple[int, ...], turned: int, start: int
) -> tuple[str, list[word_boxes.WordBox]]:
    """The line's text, with single spaces between words, and the boxes of its words on the page as given."""
    parts: list[str] = []
    placed: list[word_boxes.WordBox] = []
    steps = [after - before for before, after in pairwise(line.places) if after > before]
    half = statistics.median(steps) * _REACH if steps else 0.5
    seen = length = 0
    for number, word in enumerate(line.text.split()):
        parts.append(" " if number else "")
        length += len(parts[-1])
        for cut in range(0, len(word), PIECE):
            piece = word[cut : cut + PIECE]
            places = line.places[seen : seen + len(piece)] or (0.0, 1.0)
            box = _box(corners, places[0] - half, places[-1] + half, shape, turned)
            placed.append(word_boxes.WordBox(start + length, len(piece), box))
            parts.append(piece)
            length += len(piece)
            seen += len(piece)
    return "".join(parts), placed


def _box(corners: Points, first: float, last: float, shape: tuple[int, ...], turned: int) -> Box:
    """The box of a line's part between two shares of its length, in fractions of the page as given."""
    first, last = max(first, 0.0), min(last, 1.0)
    top_left, top_right, bottom_right, bottom_left = corners
    if math.dist(top_left, bottom_left) >= letters.STANDING * math.dist(top_left, top_right):
        # A line that runs down an upright page: it was read from its top to its bottom.
        top_left, top_right, bottom_right, bottom_left = top_right, bottom_right, bottom_left, top_left
    ends = [
        one + (other - one) * share
        for one, other in ((top_left, top_right), (bottom_left, bottom_right))
        for share in (first, last)
    ]
    height, width = shape[:2]
    xs, ys = [float(end[0]) / width for end in ends], [float(end[1]) / height for end in ends]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    return (
        Box(left, top, right, bottom),
        Box(1 - bottom, left, 1 - top, right),
        Box(1 - right, 1 - bottom, 1 - left, 1 - top),
        Box(top, 1 - right, bottom, 1 - left),
    )[turned]
