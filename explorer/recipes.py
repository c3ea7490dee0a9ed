"""What an index was made with, written down so that it is known when it has to be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.catalog.records import Generation
    from explorer.settings import Settings

READER = 2
"""Counts up when readers give other text for the same file."""
CHUNKER = 3
"""Counts up when the same text is cut into other chunks, or other words of it are embedded or indexed."""


def wanted(settings: Settings) -> dict[str, Any]:
    """The recipe that the settings of this moment ask for (the model stands beside it, not in it)."""
    return {"reader": READER, "chunker": CHUNKER, "chunk_tokens": settings.chunk_tokens}


def differences(live: Generation | None, settings: Settings) -> tuple[str, ...]:
    """Which of "reader", "chunking", "model" the live index was made with other values of."""
    if live is None:
        return ()
    now = wanted(settings)
    made: Mapping[str, Any] = live.recipe
    parts = (
        ("reader", made.get("reader") != now["reader"]),
        ("chunking", any(made.get(key) != now[key] for key in ("chunker", "chunk_tokens"))),
        ("model", live.model.name != settings.model),
    )
    return tuple(name for name, differs in parts if differs)
