"""The text of lines, by the model that recognises letters. Child only.

A line is first read in less than its own width, and again in full width where the model is unsure. The
package's own model computes in int8 where the machine is good at it. Lines are read in as many threads as
there are cores, up to four.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from explorer.readers.ocr import finding, int8_ranges, networks
from explorer.readers.ocr.finding import blob
from explorer.readers.ocr.models import Files, unfit
from explorer.readers.reading import scrubbed

if TYPE_CHECKING:
    from pathlib import Path

    from explorer.arrays import Floats
    from explorer.readers.ocr.finding import Pixels, Points

NARROW = 0.8
"""Lines are first read at this share of their width, which takes that share of the time."""
SURE = 0.98
"""A narrowed line read with less confidence is read again at its own width."""
_HEIGHT = 48
"""Pixels of a line's height, as the model was trained."""
_WIDTHS = (96, 160, 256, 384, 544, 768, 1088, 1536)
"""A line is filled up to the next of these widths, or a multiple of the last: the runtime makes code for each
width that comes, about 30 MB of it."""
STANDING = 1.5
"""A line this many times as high as wide runs down the page: it is laid on its side to be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a line."""

    text: str
    confidence: float
    """Mean over its characters, 0 to 1."""
    places: tuple[float, ...]
    """The place of each character that is no space, as a share of the line's width (0 to 1)."""


NOTHING = Read("", 0.0, ())


def read(pixels: Pixels, corners: Points, files: Files) -> list[Read]:
    """What stands in each line of a picture. Raises ReadError for a model that does not fit, MemoryError."""
    of_lines = reader(files)
    along, down = finding.sides(corners)
    order = sorted(range(len(corners)), key=lambda index: -float(along[index]) / max(float(down[index]), 1.0))
    # By width, so that the runtime makes its code for each width once.
    texts = _threads().map(lambda index: of_lines.line(cut(pixels, corners[index])), order)
    found = dict(zip(order, texts, strict=True))
    of_lines.rest()
    return [found[index] for index in range(len(corners))]


def cut(pixels: Pixels, corners: Points) -> Pixels:
    """The line within four corners, laid level; without pixels where it has no size."""
    import cv2
    import numpy as np

    top, right, bottom, left = (math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4))
    width, height = int(max(top, bottom)), int(max(right, left))
    if not width or not height:
        return np.zeros((0, 0, 3), np.uint8)
    ends = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    across = cv2.getPerspectiveTransform(np.ascontiguousarray(corners, np.float32), ends)
    line = cv2.warpPerspective(
        pixels, across, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return np.ascontiguousarray(np.rot90(line) if height >= STANDING * width else line, np.uint8)


def prepared(line: Pixels, share: float) -> Floats:
    """A line as the model takes it, at a share of its width."""
    import cv2
    import numpy as np

    width = max(round(_HEIGHT * line.shape[1] / line.shape[0] * share), 8)
    how = cv2.INTER_AREA if line.shape[0] > _HEIGHT or share < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(line, (width, _HEIGHT), interpolation=how)
    longest = _WIDTHS[-1]
    filled = next((each for each in _WIDTHS if each >= width), math.ceil(width / longest) * longest)
    whole = np.zeros((1, 3, _HEIGHT, filled), np.float32)
    whole[..., :width] = blob(resized.astype(np.uint8, copy=False))
    return whole


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(networks.threads(), thread_name_prefix="ocr")


@cache
def reader(files: Files) -> Reader:
    """The model that reads lines, loaded once. Raises ReadError for one that does not fit."""
    return Reader(files)


class Reader:
    """A model that recognises letters, and what it writes."""

    def __init__(self, files: Files) -> None:
        """Raises ReadError for a model that cannot be loaded or does not fit its list of characters."""
        self._path = files.recognition
        self._folder = str(files.recognition.parent)
        is_measured = files.recognition.name == int8_ranges.MODEL
        self._network = self._load(int8_ranges.RANGES if is_measured else None)
        self.characters = self._named(files.dictionary)
        """What the model's numbers from 1 stand for; 0 is nothing."""
        self._check()

    def line(self, pixels: Pixels) -> Read:
        """What stands in the picture of a line."""
        if not pixels.size:
            return NOTHING
        first = self._read(pixels, NARROW)
        if first.confidence >= SURE:
            return first
        return max(first, self._read(pixels, 1.0), key=lambda each: each.confidence)

    def rest(self) -> None:
        """Gives back the memory that it needs only while it reads."""
        self._network.rest()

    def _read(self, pixels: Pixels, share: float) -> Read:
        picture = prepared(pixels, share)
        likely = self._network.output(picture)[0]
        best = likely.argmax(axis=1)
        sure = likely.max(axis=1)
        steps = [
            column
            for column, number in enumerate(best)
            if number and (not column or number != best[column - 1])
        ]
        text = "".join(self.characters[best[column] - 1] for column in steps)
        if not text.strip():
            return NOTHING
        width = max(round(_HEIGHT * pixels.shape[1] / pixels.shape[0] * share), 8)
        seen = len(best) * width / picture.shape[3]
        places = tuple(
            min((column + 0.5) / seen, 1.0)
            for column, character in zip(steps, text, strict=True)
            if not character.isspace()
        )
        return Read(scrubbed(text), float(sure[steps].mean()), places)

    def _load(self, ranges: Mapping[str, tuple[float, float]] | None) -> networks.Network:
        count = networks.threads()
        try:
            return networks.load(self._path, count, at_once=count, ranges=ranges)
        except MemoryError:
            raise
        except Exception as error:
            raise unfit(self._folder, f"{self._path.name} is no model that can be loaded") from error

    def _named(self, dictionary: Path | None) -> list[str]:
        """The characters that the model names, else those of a list."""
        if self._network.characters:
            return list(self._network.characters)
        if dictionary is None:
            raise unfit(self._folder, f"{self._path.name} names no characters and no list (.txt) is with it")
        try:
            return dictionary.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise unfit(self._folder, f"{dictionary.name} is no text in UTF-8") from None

    def _check(self) -> None:
        """Raises ReadError unless the model reads lines and has a character for each thing it can say."""
        import numpy as np

        try:
            shape = self._network.output(np.zeros((1, 3, _HEIGHT, _WIDTHS[0]), np.float32)).shape
        except MemoryError:
            raise
        except Exception as error:
            raise unfit(self._folder, f"{self._path.name} is no model that reads lines") from error
        if len(shape) != 3:
            raise unfit(self._folder, f"{self._path.name} is no model that reads lines")
        if shape[2] == len(self.characters) + 2:
            self.characters.append(" ")
        if shape[2] != len(self.characters) + 1:
            raise unfit(
                self._folder,
                f"{self._path.name} knows {shape[2] - 1:,} characters, its list {len(self.characters):,}",
            )
