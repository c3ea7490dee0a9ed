"""A heading, whoever holds it."""

from __future__ import annotations

from typing import Protocol


class HeadingLike(Protocol):
    """A heading, as readers find it, chunks are cut by it and the catalogue keeps it.

    `start` is an offset of the document's text, `level` 1 the highest.
    """

    @property
    def start(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def text(self) -> str: ...
