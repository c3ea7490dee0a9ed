"""One entry of the table of formats, and what imports its reader when a file needs it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field

from explorer.readers.detection.sample import Sample
from explorer.readers.reading import Reader


@dataclass(frozen=True)
class Format:
    """One format. `name` is `Document.kind`."""

    name: str
    label: str
    """What people call it."""
    family: str
    """What people call it and its like, where there is no room for all of them."""
    extensions: tuple[str, ...]
    """Lower case, with the dot, the usual one first."""
    matches: Callable[[Sample], bool]
    load: Callable[[], Reader]
    """Imports the reader; called in the child only."""
    short: str = ""
    """What one document of this kind is called in a list, where the label is no word or two."""
    paged: bool = False
    """Has pages of its own, which a chunk never crosses."""
    archive: bool = False
    """Has no text of its own: it is opened into its files."""
    drawn: bool = False
    """Its pages can be drawn as images."""
    notes: str = field(default="")


def module(name: str, function: str = "read") -> Callable[[], Reader]:
    """What imports `explorer.readers.<name>` and gives its reader."""

    def load() -> Reader:
        reader: Reader = getattr(importlib.import_module(f"explorer.readers.{name}"), function)
        return reader

    return load
