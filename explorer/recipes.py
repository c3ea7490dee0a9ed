"""What an index was made with, written down so that it is known when it has to be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer import addresses
from explorer.embedding import choose, identify
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.catalog.records import Generation
    from explorer.settings import Settings

READER = 2
"""Counts up when readers give other text for the same file."""
CHUNKER = 4
"""Counts up when the same text is cut into other chunks, or other words of it are embedded or indexed."""

RERANKED = 50
"""How many of the first hits a reranker reads once more: each costs a pass of its whole model."""


def wanted(settings: Settings) -> dict[str, Any]:
    """The recipe that the settings of this moment ask for (the model stands beside it, not in it)."""
    return {"reader": READER, "chunker": CHUNKER, "chunk_tokens": settings.chunk_tokens}


def differences(live: Generation | None, settings: Settings) -> tuple[str, ...]:
    """Which of "reader", "chunking", "model", "precision" the live index was made with other values of.

    A model differs by name or by what its files hold; one that is not there any more tells by its name only.
    """
    if live is None:
        return ()
    now = wanted(settings)
    made: Mapping[str, Any] = live.recipe
    is_other_model, is_other_precision = _compare(live, settings)
    parts = (
        ("reader", made.get("reader") != now["reader"]),
        ("chunking", any(made.get(key) != now[key] for key in ("chunker", "chunk_tokens"))),
        ("model", is_other_model),
        ("precision", is_other_precision and not is_other_model),
    )
    return tuple(name for name, differs in parts if differs)


def _compare(live: Generation, settings: Settings) -> tuple[bool, bool]:
    """Whether the settings ask for another model, and whether this machine likes another precision."""
    if live.model.name != settings.embedder:
        return True, False
    try:
        precision, _ = identify(settings.embedder, tokens=settings.embed_tokens)
        _, fingerprint = identify(settings.embedder, live.model.precision, tokens=settings.embed_tokens)
    except ModelError:
        return False, False  # whoever embeds or searches is told
    is_other = bool(live.model.fingerprint) and live.model.fingerprint != fingerprint
    return is_other, precision != live.model.precision


def explain(live: Generation | None, settings: Settings) -> tuple[str, ...]:
    """In words, a line each: what embeds, in which precision and why, and whether there is a reranker."""
    name = settings.embedder
    lines = []
    if settings.embed_url:
        lines.append(
            f"Passages and questions are sent to {addresses.shown(settings.embed_url)}, which embeds them in "
            "a precision of its own."
        )
    else:
        choice = choose()
        lines.append(f"{name} computes in {choice.precision}: {choice.reason}.")
    if live is not None and live.model.name == name and "precision" in differences(live, settings):
        lines.append(
            f"The documents here were embedded in {live.model.precision}, on another machine perhaps; that "
            "goes on until they are redone."
        )
    if settings.reranker:
        lines.append(f"{settings.reranker} reads the first {RERANKED} passages of each search once more.")
    return tuple(lines)
