"""Pictures of text, made by the tests, and how alike two texts are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
SIZE = (1240, 1754)
"""A4 at 150 dots an inch."""


def draw(
    lines: Sequence[tuple[int, int, str]],
    *,
    height: int = 26,
    size: tuple[int, int] = SIZE,
    mode: str = "RGB",
) -> Image.Image:
    """Lines of black print at (x, y) on white."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for x, y, text in lines:
        pen.text((x, y), text, font=ImageFont.load_default(height), fill="black")
    return image.convert(mode)


def typed(lines: Sequence[str]) -> Image.Image:
    """Lines in a font with the letters of many languages; skips the test where there is none."""
    if not FONT.is_file():
        pytest.skip(f"there is no {FONT} on this machine")
    image = Image.new("RGB", SIZE, "white")
    font = ImageFont.truetype(FONT, 28)
    ImageDraw.Draw(image).multiline_text((80, 120), "\n".join(lines), font=font, fill="black", spacing=16)
    return image


def turned(image: Image.Image, degrees: float) -> Image.Image:
    """Turned counter-clockwise, white around it."""
    return image.rotate(degrees, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def pixels(image: Image.Image) -> np.ndarray:
    """As OCR takes them."""
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


def packed(image: Image.Image, form: str, **options: object) -> bytes:
    """The image as a file of a format."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def likeness(text: str, expected: str) -> float:
    """Word-level edit similarity: 1 less the edits by the words of the longer text. Case counts."""
    one, other = text.split(), expected.split()
    if not one or not other:
        return float(one == other)
    before = list(range(len(other) + 1))
    for row, word in enumerate(one, start=1):
        now = [row]
        for column, wanted in enumerate(other, start=1):
            same = before[column - 1] + (word != wanted)
            now.append(min(before[column] + 1, now[-1] + 1, same))
        before = now
    return 1 - before[-1] / max(len(one), len(other))
