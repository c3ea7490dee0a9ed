"""One row of the table of formats, and what imports its reader when a file needs it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.readers.detection.sample import Sample
from explorer.readers.reading import Reader, Source
from explorer.types import Box, PageImage, PictureImage

Drawer = Callable[[Source, int, Sequence[tuple[int, int]], int], PageImage]
"""(file, page from 1, ranges of characters to draw boxes around, width in pixels) → the page as an image."""

WordFinder = Callable[[Source, int, Sequence[Sequence[tuple[int, int]]]], list[Box | None]]
"""(file, page from 1, for each word its ranges of characters) → the box around each, None without ink."""

PictureTaker = Callable[[Source, str, int], PictureImage]
"""(file, where a picture stands as its reading says, width in pixels at most) → the picture, safe to show."""


@dataclass(frozen=True)
class Format:
    """One format. `name` is `Document.kind`."""

    name: str
    label: str
    """What people call it."""
    family: str
    """What people call a group of formats, where there is no room to list them all."""
    extensions: tuple[str, ...]
    """Lower case, with the dot, the usual one first."""
    matches: Callable[[Sample], bool]
    load: Callable[[], Reader]
    """Imports the reader; called in the child only."""
    short: str = ""
    """What one document of this kind is called in a list, where the label is too long."""
    paged: bool = False
    """Has pages of its own, which a chunk never crosses."""
    archive: bool = False
    """Has no text of its own: it is opened into its files."""
    draw: Callable[[], Drawer] | None = None
    """Imports what draws its pages as images, in the child only; None where there is nothing to draw."""
    place: Callable[[], WordFinder] | None = None
    """Imports what finds the words of its pages, in the child only; None where they hold no characters."""
    notes: str = field(default="")


def module(name: str, function: str = "read") -> Callable[[], Any]:
    """What imports `explorer.readers.<name>` and gives its function, a `Reader` or a `Drawer`."""
    return lambda: getattr(importlib.import_module(f"explorer.readers.{name}"), function)
