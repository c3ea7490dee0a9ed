"""Why a hit was found, and how much was searched, as the page says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.search import Extent
from explorer.types import Hit
from ui.wording import count, figure, percent

NAMES = {"meaning": "Meaning", "words": "Words", "name": "Document’s name", "headings": "Headings"}
"""What signals are called; another one goes by its own name."""
_SMALLEST = 0.005
_WORDS = 8


def of(hit: Hit, text: str, marks: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Why a hit was found, as its component draws it: each signal's share, and the words it holds."""
    shares = [
        {"name": NAMES.get(name, name.capitalize()), "share": round(share, 3), "said": percent(share)}
        for name, share in hit.signals.items()
        if share >= _SMALLEST
    ]
    held = list(dict.fromkeys(" ".join(text[start:end].split()).casefold() for start, end in marks))
    listed = ", ".join(held[:_WORDS]) + (" …" if len(held) > _WORDS else "")
    notes = ["It holds what was searched for word for word."] if hit.is_exact else []
    notes.append(f"Words of your question in it: {listed}." if held else "It has no word of your question.")
    return {"shares": sorted(shares, key=lambda one: -float(str(one["share"]))), "note": " ".join(notes)}


def left_out(extent: Extent) -> list[str]:
    """How much was searched and what was not, in words; nothing where all was."""
    ways = ((extent.outside, "the scope"), (extent.filtered, "filters"))
    out = [f"{figure(amount.passages)} by {by}" for amount, by in ways if amount.passages]
    searched = count(extent.searched.passages, "passage")
    return [f"{searched} searched, left out: {' and '.join(out)}"] if out else []
