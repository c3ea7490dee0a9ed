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
_ENDS = ((0x2F, 0x6F, 0xD0), (0xB0, 0x47, 0x9F), (0xD9, 0x71, 0x1C))
"""Blue, magenta, orange: they stay apart, and in order, for all who lack one of the three kinds of cones, and
each stands out from light and dark ground by 3 to 1 (`tests/pages/test_map_colours.py` works it out)."""


def _shade(share: float) -> str:
    at = share * (len(_ENDS) - 1)
    below = min(int(at), len(_ENDS) - 2)
    pairs = zip(_ENDS[below], _ENDS[below + 1], strict=True)
    return "#" + "".join(f"{round(low + (high - low) * (at - below)):02X}" for low, high in pairs)


SHADES = tuple(_shade(step / 63) for step in range(64))
"""A continuous scale, from the least to the most."""


def colour(number: int) -> str:
    """The colour of category 0, 1, 2 …; they repeat after sixteen. Grey below 0."""
    return CATEGORIES[number % len(CATEGORIES)] if number >= 0 else GREY
