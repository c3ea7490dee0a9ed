"""Colours for categories that colour-blind people can tell apart, the same on every page."""

from __future__ import annotations

GREY = "#8a8f98"
"""Unclustered, and what has no colour of its own; visible on light and dark ground."""

CATEGORIES = (
    # Okabe & Ito 2008 ("Color Universal Design"), without black; yellow last, it is faint on white.
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9",
    # Tableau 10, without its grey.
    "#E15759", "#76B7B2", "#59A14F", "#B07AA1", "#9C755F", "#4E79A7", "#FF9DA7", "#F28E2B", "#EDC948",
    "#F0E442",
)  # fmt: skip


def colour(number: int) -> str:
    """The colour of category 0, 1, 2 …; they repeat after sixteen. Grey below 0."""
    return CATEGORIES[number % len(CATEGORIES)] if number >= 0 else GREY
