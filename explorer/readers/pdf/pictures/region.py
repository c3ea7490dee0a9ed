"""A part of a PDF page that is a picture."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.types import Box

Place = tuple[float, float, float, float]
"""Left, top, right and bottom in the space of the page's lines (`pdfium.py`)."""


@dataclass(frozen=True, slots=True)
class PageRegion:
    """A picture on a page."""

    box: Box
    place: Place
    is_drawing: bool = False
    """Made of lines and curves, not of an image."""
