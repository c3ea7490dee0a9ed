"""The settings that bound what one file may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.readers.reading import Limits

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
