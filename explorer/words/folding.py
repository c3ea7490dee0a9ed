"""How tags and names are compared: case, accents and width aside."""

from __future__ import annotations

import regex  # type: ignore[import-untyped]

from explorer.words.stemming import without_accents

_JOINTS = regex.compile(r"[\s_-]+")


def fold(text: str) -> str:
    """A tag as it is compared: case, accents and width aside."""
    return without_accents(text.casefold())


def fold_name(text: str) -> str:
    """A document's name as it is compared: as `fold`; "annual_report" and "annual report" are the same."""
    return str(_JOINTS.sub(" ", fold(text)))
