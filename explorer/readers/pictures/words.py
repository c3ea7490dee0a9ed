"""Whether words may stand in a picture, and what OCR reads there. OCR is loaded when a picture needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.readers.pictures.sizes import fitted, may_hold_words

if TYPE_CHECKING:
    from PIL import Image

    from explorer.readers.ocr.recognised import Recognised

_LOOKED_AT = 480
"""Pixels of the longer side of what is looked at."""
_EDGE = 48
"""Least step in brightness, of 255, from one pixel to the next: letters stand out from their ground."""
_INK = 0.004
"""Least share of such steps in a picture with words."""
_SURE = 0.75
"""Least mean confidence: letters that OCR sees in leaves and faces are read with less."""
_LETTERS = 3


def may_stand_in(pixels: Image.Image) -> bool:
    """Whether a picture is large enough for words, and has edges as sharp as those of letters. Takes 2 ms."""
    if not may_hold_words(*pixels.size):
        return False
    import numpy as np

    size = fitted(*pixels.size, _LOOKED_AT, _LOOKED_AT)
    grey = np.asarray(pixels.convert("L").resize(size, reducing_gap=2.0), np.int16)
    steps = np.abs(np.diff(grey, axis=1)) >= _EDGE
    return bool(steps.mean() >= _INK)


def read(pixels: Image.Image, folder: str | None = None) -> Recognised | None:
    """What OCR reads in a picture, by the models in `folder`; None where that is nothing, or nothing sure.

    Pictures of documents stand upright: only where what is read so is not sure, they are looked at turned.
    (The few short words of a chart do not tell which side is up.)
    """
    import numpy as np

    from explorer.readers.ocr import engine

    given = np.ascontiguousarray(np.asarray(pixels.convert("RGB"))[:, :, ::-1])
    found = engine.recognise(given, folder, is_upright=True)
    if found.lines and not _is_sure(found):
        found = engine.recognise(given, folder)
    return found if _is_sure(found) else None


def _is_sure(found: Recognised) -> bool:
    return sum(mark.isalnum() for mark in found.text) >= _LETTERS and found.confidence >= _SURE
