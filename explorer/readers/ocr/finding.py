"""Where the lines of a picture stand. Child only.

Lines are found in a smaller picture than that in which they are read, and in a larger one where letters turn
out to be small.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from explorer.readers.ocr import networks
from explorer.readers.ocr.models import Files, unfit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.arrays import Floats

    Pixels = NDArray[np.uint8]
    """(height, width, 3), blue first"""
    Points = NDArray[np.float32]
    """(lines, 4, 2): x and y of the corners of each line, from its top left clockwise as it is read"""

PIXELS = 1_000_000
"""Pixels of the picture in which lines are found: an A4 page at 100 dots an inch."""
FINE_PIXELS = 2_000_000
"""Its pixels where letters turn out to be small. """
SMALL_LINE = 11.0
"""If lines in the smaller picture are less than this high, in pixels, the picture is too small."""
MAX_LINES = 3_000
_SEAM = 64
"""Pixels at the edge of a band for which the next band is asked."""
_GRAIN = 32
"""The model takes sides that are multiples of this."""


def find(pixels: Pixels, files: Files) -> Points:
    """The corners of the lines of a picture, in its own pixels.

    Raises ReadError for a model that does not fit, MemoryError.
    """
    import numpy as np

    found = _find_at(pixels, PIXELS, files)
    height, width = pixels.shape[:2]
    scale = min(1.0, math.sqrt(PIXELS / (height * width)))
    if len(found) and scale < 1.0 and float(np.median(_short_sides(found))) * scale < SMALL_LINE:
        return _find_at(pixels, FINE_PIXELS, files)
    return found


def sides(corners: Points) -> tuple[Floats, Floats]:
    """(lengths of lines along their tops, lengths down their left sides)."""
    import numpy as np

    along = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    down = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    return along.astype(np.float32), down.astype(np.float32)


def _short_sides(corners: Points) -> Floats:
    import numpy as np

    along, down = sides(corners)
    return np.minimum(along, down).astype(np.float32)


def _find_at(pixels: Pixels, most: int, files: Files) -> Points:
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    scale = min(2.0, math.sqrt(most / (height * width)))
    size = _multiple(width * scale), _multiple(height * scale)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    smaller = cv2.resize(pixels, size, interpolation=how)
    likely = _likely(_network(files), smaller.astype(np.uint8, copy=False))
    boxes, _ = _outlines()(likely, (size[1], size[0]))
    if not len(boxes):
        return np.zeros((0, 4, 2), np.float32)
    back = np.array([width / size[0], height / size[1]])
    found: Points = (_in_order(np.asarray(boxes, np.float32))[:MAX_LINES] * back).astype(np.float32)
    return found


def _likely(network: networks.Network, picture: Pixels) -> Floats:
    """(1, 1, height, width): how likely it is that text stands at each pixel.

    A large picture is looked at in bands of `PIXELS`, whose edges overlap, so that memory stays bounded.
    """
    import numpy as np

    height, width = picture.shape[:2]
    most = max(_multiple(PIXELS / width + 2 * _SEAM), 4 * _SEAM)
    parts: list[Floats] = []
    top = 0
    while True:
        bottom = min(top + most, height)
        parts.append(network.output(blob(picture[top:bottom]))[:, :, _SEAM if top else 0 :])
        if bottom == height:
            break
        parts[-1] = parts[-1][:, :, :-_SEAM]
        top = bottom - 2 * _SEAM
    network.rest()
    return np.concatenate(parts, axis=2)


def _multiple(side: float) -> int:
    return max(round(side / _GRAIN), 1) * _GRAIN


def blob(pixels: Pixels) -> Floats:
    """(1, 3, height, width) from -1 to 1, as the models take a picture."""
    import numpy as np

    numbers = pixels.transpose(2, 0, 1)[np.newaxis].astype(np.float32)
    numbers /= 127.5
    numbers -= 1.0
    return np.ascontiguousarray(numbers)


def _in_order(boxes: Points) -> Points:
    """From the top down, so that what is cut off beyond `MAX_LINES` is the foot."""
    import numpy as np

    return boxes[np.argsort(boxes[:, 0, 1], kind="stable")]


@cache
def _outlines() -> Any:
    """From the likelihood of text at each pixel to the corners of lines, by rapidocr."""
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    return DBPostProcess(
        thresh=0.3, box_thresh=0.5, max_candidates=MAX_LINES, unclip_ratio=1.6, use_dilation=True
    )


@cache
def _network(files: Files) -> networks.Network:
    threads = networks.threads()
    folder, name = str(files.detection.parent), files.detection.name
    try:
        network = networks.load(files.detection, threads)
        seen = network.output(blob(_white(64))).shape
    except MemoryError:
        raise
    except Exception as error:
        raise unfit(folder, f"{name} is no model that can be loaded") from error
    if len(seen) != 4 or seen[1] != 1 or seen[2:] != (64, 64):
        raise unfit(folder, f"{name} is no model that finds lines")
    return network


def _white(side: int) -> Pixels:
    import numpy as np

    return np.full((side, side, 3), 255, np.uint8)
