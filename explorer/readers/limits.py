"""The limits that bound what one file may cost. Their defaults stand in `explorer.settings`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.settings import Settings

_PREFIX = "EXPLORER_"
"""The same as `explorer.settings.PREFIX`. That module is not loaded here: a child is told its limits, and
starts faster without it."""


def _setting(name: str) -> Any:
    """A field that is the setting `name`, with the setting's default."""

    def default() -> Any:
        from explorer.settings import Settings

        return Settings.model_fields[name].default

    return field(default_factory=default, metadata={"setting": name})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. A file that goes beyond fails with a message that names the limit."""

    seconds: float = _setting("read_seconds")
    """Wall-clock time to read a file."""
    render_seconds: float = 20.0
    """Wall-clock time to draw a page."""
    memory_mb: int = _setting("read_memory_mb")
    """Address space of the child process, where the system can limit it (Linux). OCR takes up to 1,450."""
    file_mb: int = _setting("max_file_mb")
    """Size of the file itself."""
    inflated_mb: int = _setting("max_inflated_mb")
    """Bytes really unpacked from a compressed document (DOCX)."""
    pages: int = _setting("max_pages")
    characters: int = _setting("max_characters")
    headings: int = 20_000
    """Headings beyond these are left out, with a warning."""
    pixels: int = 12_000_000
    """Pixels of a drawn page."""
    image_pixels: int = _setting("max_image_pixels")
    """Pixels of an image that is read, as it declares them."""
    cells: int = _setting("max_cells")
    """Cells of all tables and sheets of a file."""
    members: int = _setting("max_members")
    """Files in an archive or mail, all levels together."""
    depth: int = _setting("max_depth")
    """Archives within archives, attachments within attachments."""
    unpacked_mb: int = _setting("max_unpacked_mb")
    """Bytes really unpacked from an archive, all levels together."""
    ocr: bool = _setting("ocr")
    """Whether pages without text are recognised."""
    ocr_models: str | None = _setting("ocr_models")
    """The folder of the models that recognise them; None stands for the package's own."""


SETTING_OF = {each.name: each.metadata["setting"] for each in fields(Limits) if each.metadata}
"""Each limit that people can set, with the name of its setting."""


def from_settings(settings: Settings) -> Limits:
    """The limits that `settings` ask for; what is no setting keeps its default."""
    return Limits(**{limit: getattr(settings, setting) for limit, setting in SETTING_OF.items()})


def variable(limit: str) -> str:
    """The environment variable that sets a limit, for messages: "cells" → "EXPLORER_MAX_CELLS"."""
    return f"{_PREFIX}{SETTING_OF[limit].upper()}"
