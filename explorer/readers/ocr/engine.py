"""The text of a picture of text, by RapidOCR's bundled models (PP-OCRv6 small) on ONNX Runtime. Child only.

To find the lines of a page takes a quarter to half a second; to read a line takes 10 to 150 ms, by its
length. So lines are found in a smaller picture. They are read in less than their own width, again in full
width where the model is unsure, in one thread for each core, up to four. The longest lines tell whether the
page stands upright: they are read upside down, too, where the model is unsure of them.

Nothing is fetched: the models are named by their place in the package, and a missing one is an error.
"""

from __future__ import annotations

import ctypes
import math
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.readers.ocr import word_boxes
from explorer.readers.ocr.order import OcrLine, paragraphs
from explorer.readers.ocr.recognised import Recognised
from explorer.readers.reading import scrubbed
from explorer.types import Box

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: a thread costs 32 MB of address space
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before ONNX Runtime: else it reports to its maker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.arrays import Floats

    Pixels = NDArray[np.uint8]
    """(height, width, 3), blue first"""
    Points = NDArray[np.float32]
    """(lines, 4, 2): x and y of the corners of each line, from its top left clockwise as it is read"""

DETECTION_PIXELS = 1_000_000
"""Pixels of the picture in which lines are found: an A4 page at 100 dots an inch."""
FINE_PIXELS = 2_000_000
"""Its pixels where letters turn out to be small. Each million takes about 250 MB of memory."""
SMALL_LINE = 11.0
"""If lines in the smaller picture are less than this high, in pixels, the picture is too small."""
NARROW = 0.8
"""Lines are first read at this share of their width, which takes that share of the time."""
SURE = 0.98
"""A narrowed line read with less confidence is read again at its own width."""
UPRIGHT = 0.9
"""Lines that are read with at least this confidence stand upright."""
LEAST = 0.5
"""Lines read with less confidence are no text: pictures, stains, letters that the models do not know."""
SAMPLE = 4
_REACH = 0.65
"""A word reaches this far beyond the middle of its first and last letter, in widths of a usual letter."""
MAX_LINES = 3_000
PIECE = 16
"""A box holds at most this many characters: Chinese and Japanese have no spaces between words."""


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    confidence: float
    places: tuple[float, ...]
    """The place of each character that is no space, as a share of the line's width (0 to 1)."""


_NOTHING = _Read("", 0.0, ())


def recognise(pixels: Pixels, *, is_upright: bool = False) -> Recognised:
    """The text of a picture of any size that fits into memory; "" where there is none.

    `is_upright`: it is known to stand upright, and is not looked at turned.
    """
    found = _find(pixels)
    if not len(found):
        return Recognised("", b"", 0.0, 0, 0, 0)
    turned, known = (0, {}) if is_upright else _orientation(pixels, found)
    upright, corners = _turn(pixels, turned), _turn_corners(found, pixels.shape[:2], turned)
    missing = [index for index in range(len(corners)) if index not in known]
    known |= dict(zip(missing, _read(upright, corners[missing]), strict=True))
    return _compose(corners, [known[index] for index in range(len(corners))], upright.shape[:2], turned)


@cache
def _engine() -> Any:
    """RapidOCR with the models of its package."""
    _tame()
    import cv2
    import onnxruntime
    import rapidocr
    from rapidocr import RapidOCR

    onnxruntime.disable_telemetry_events()
    cv2.setNumThreads(1)
    models = Path(rapidocr.__file__).parent / "models"
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.use_preprocess_img": False,
            "Global.use_vertical_padding": False,
            "Global.return_word_box": True,
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Det.limit_side_len": 32,  # its size is chosen here
            "Det.max_candidates": MAX_LINES,
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "Rec.rec_batch_num": 1,  # a batch widens all lines to the widest and takes a third more time
            "Rec.rec_img_shape": [3, 48, 64],  # the least width; its own default pads short lines to 320
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # lines are read side by side instead
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _tame() -> None:
    """Keeps memory together: glibc would give each thread a heap of its own and keep large blocks.

    Without it the address space of the process grows to 1.5 GB, with it to 0.85, at the same speed.
    """
    if sys.platform == "linux":
        adjust = getattr(ctypes.CDLL(None), "mallopt", None)
        if adjust is not None:
            adjust(_ARENA_MAX, 2)
            adjust(_MMAP_THRESHOLD, 32 * 2**20)


_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
"""Numbers of glibc's mallopt."""


@cache
def _threads() -> ThreadPoolExecutor:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ThreadPoolExecutor(min(count, 4), thread_name_prefix="ocr")


@contextmanager
def _memory_errors() -> Iterator[None]:
    """Raises MemoryError for the engine's own error that it got no memory."""
    try:
        yield
    except Exception as error:
        if "alloc" in str(error).lower():
            raise MemoryError from error
        raise


# ---- finding lines


def _find(pixels: Pixels) -> Points:
    """The corners of the lines of a picture, in its own pixels."""
    import numpy as np

    found = _find_at(pixels, DETECTION_PIXELS)
    height, width = pixels.shape[:2]
    scale = min(1.0, math.sqrt(DETECTION_PIXELS / (height * width)))
    if len(found) and scale < 1.0 and float(np.median(_short_sides(found))) * scale < SMALL_LINE:
        return _find_at(pixels, FINE_PIXELS)
    return found


def _find_at(pixels: Pixels, most: int) -> Points:
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    scale = min(2.0, math.sqrt(most / (height * width)))
    size = max(round(width * scale), 16), max(round(height * scale), 16)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    smaller = cv2.resize(pixels, size, interpolation=how)
    with _memory_errors():
        result = _engine()(smaller, use_rec=False)
    if result.boxes is None or not len(result.boxes):
        return np.zeros((0, 4, 2), np.float32)
    back = np.array([width / size[0], height / size[1]])
    found: Points = (np.asarray(result.boxes)[:MAX_LINES] * back).astype(np.float32)
    return found


def _short_sides(corners: Points) -> Floats:
    import numpy as np

    along, down = _sides(corners)
    return np.minimum(along, down).astype(np.float32)


def _sides(corners: Points) -> tuple[Floats, Floats]:
    """(lengths of lines along their tops, lengths down their left sides)."""
    import numpy as np

    along = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    down = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    return along.astype(np.float32), down.astype(np.float32)


# ---- turning the page upright


def _orientation(pixels: Pixels, corners: Points) -> tuple[int, dict[int, _Read]]:
    """(quarter turns that put the page upright, what was read to find that out, by line)."""
    along, down = _sides(corners)
    standing = down > 1.5 * along
    lying = along > 1.5 * down
    is_sideways = float(down[standing].sum()) > float(along[lying].sum())
    lengths = down if is_sideways else along
    sample = sorted(range(len(corners)), key=lambda index: -lengths[index])[:SAMPLE]
    best, most, known = 0, -1.0, {}
    for turned in (1, 3) if is_sideways else (0, 2):
        upright = _turn(pixels, turned)
        read = _read(upright, _turn_corners(corners, pixels.shape[:2], turned)[sample])
        score = _mean_confidence(read)
        if score > most:
            best, most, known = turned, score, dict(zip(sample, read, strict=True))
        if most >= UPRIGHT:
            break
    return best, known


def _mean_confidence(read: Sequence[_Read]) -> float:
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


# ---- reading lines


def _read(pixels: Pixels, corners: Points) -> list[_Read]:
    crops = _engine().crop_text_regions(pixels, corners)
    return list(_threads().map(_read_line, crops))


def _read_line(crop: Pixels) -> _Read:
    import cv2

    height, width = crop.shape[:2]
    if not height or not width:
        return _NOTHING
    narrow = max(round(width * NARROW), 8)
    first = _read_at(cv2.resize(crop, (narrow, height), interpolation=cv2.INTER_AREA))
    if first.confidence >= SURE:
        return first
    return max(first, _read_at(crop), key=lambda read: read.confidence)


def _read_at(crop: Any) -> _Read:
    with _memory_errors():
        result = _engine().recognize_txt([crop])
    text, info = result.txts[0], result.word_results[0]
    if not text.strip() or not info.line_txt_len:
        return _NOTHING
    places = tuple((column + 0.5) / info.line_txt_len for word in info.word_cols for column in word)
    return _Read(scrubbed(text), float(result.scores[0]), places)


# ---- putting the page together


def _compose(corners: Points, read: list[_Read], shape: tuple[int, ...], turned: int) -> Recognised:
    good = [index for index, line in enumerate(read) if _is_text(line)]
    lines = [
        OcrLine(*edges, read[index].text, index)
        for index, edges in zip(good, _levelled(corners, good), strict=True)
    ]
    parts: list[str] = []
    words: list[word_boxes.WordBox] = []
    length = 0
    for paragraph in paragraphs(lines):
        for number, row in enumerate(paragraph):
            parts.append(("\n" if number else "\n\n") if parts else "")
            length += len(parts[-1])
            for place, line in enumerate(row):
                parts.append(" " if place else "")
                length += len(parts[-1])
                text, placed = _words(read[line.index], corners[line.index], shape, turned, length)
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


def _is_text(line: _Read) -> bool:
    """Whether a line is text. A single letter must be sure: stains and pictures are read as one."""
    return line.confidence >= (LEAST if len(line.text.strip()) > 1 else UPRIGHT) and bool(line.text.strip())


def _levelled(corners: Points, good: list[int]) -> list[tuple[float, float, float, float]]:
    """(left, top, right, bottom) of lines on the page, which is turned until most of them lie level."""
    if not good:
        return []
    chosen = corners[good]
    along, down = _sides(chosen)
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
    line: _Read, corners: Points, shape: tuple[int, ...], turned: int, start: int
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
    if math.dist(top_left, bottom_left) >= 1.5 * math.dist(top_left, top_right):
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
