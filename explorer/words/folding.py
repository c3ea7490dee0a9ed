"""How tags and names are compared: case, accents and width aside."""

from __future__ import annotations

import regex  # type: ignore[import-untyped]

from explorer.words.stemming import without_accents

_JOINTS = regex.compile(r"[\s_-]+")


def fold(text: str) -> str:
    """A tag in the form in which it is compared: without its case, accents and width."""
    return without_accents(text.casefold())


def fold_name(text: str) -> str:
    """A document's name in the form in which it is compared: folded, and "annual_report" is "annual
    report"."""
    return str(_JOINTS.sub(" ", fold(text)))
