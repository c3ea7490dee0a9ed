"""The settings that bound what one file may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.settings import Settings


FROM = {
    "seconds": "read_seconds",
    "memory_mb": "read_memory_mb",
    "file_mb": "max_file_mb",
    "pages": "max_pages",
    "characters": "max_characters",
    "cells": "max_cells",
    "image_pixels": "max_image_pixels",
    "inflated_mb": "max_inflated_mb",
    "members": "max_members",
    "depth": "max_depth",
    "unpacked_mb": "max_unpacked_mb",
    "ocr": "ocr",
}
"""Each limit that is a setting, with the setting's name."""


def from_settings(settings: Settings) -> Limits:
    """The limits that `settings` ask for; what is no setting keeps its default."""
    return Limits(**{limit: getattr(settings, setting) for limit, setting in FROM.items()})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. A file that goes beyond fails with a message that names the limit."""

    seconds: float = 300.0
    """Wall-clock time to read a file."""
    render_seconds: float = 20.0
    """Wall-clock time to draw a page."""
    memory_mb: int = 1536
    """Address space of the child process, where the system can limit it (Linux). OCR takes up to 1,100."""
    file_mb: int = 2048
    """Size of the file itself."""
    inflated_mb: int = 512
    """Bytes really unpacked from a compressed document (DOCX)."""
    pages: int = 20_000
    characters: int = 50_000_000
    headings: int = 20_000
    """Headings beyond these are left out, with a warning."""
    pixels: int = 6_000_000
    """Of a drawn page."""
    image_pixels: int = 100_000_000
    """Of an image that is read, as it declares them."""
    cells: int = 5_000_000
    """Of all tables and sheets of a file."""
    members: int = 10_000
    """Files in an archive or mail, all levels together."""
    depth: int = 4
    """Archives within archives, attachments within attachments."""
    unpacked_mb: int = 2048
    """Bytes really unpacked from an archive, all levels together."""
    ocr: bool = True
    """Whether pages without text are recognised."""
