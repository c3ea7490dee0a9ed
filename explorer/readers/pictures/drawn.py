"""A picture that a document shows: what it is called there, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Protocol

from explorer.readers.assembly import Assembly
from explorer.readers.pictures.gallery import MOST_BYTES, Gallery
from explorer.types import Box

_ANCHOR = 60
"""Characters of a paragraph by which it is known again."""


class Holder(Protocol):
    """What pictures are kept in: a package, the streams of an old Office file, an RTF file."""

    def read_apart(self, name: str, most: int) -> bytes:
        """The image called `name`. Raises ReadError where it is damaged, or has more than `most` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture of an Office file: its member or name there, what it shows in words, and where it stands."""

    where: str
    alt: str
    box: Box | None = None
    anchor: str = ""
    """How the paragraph begins that it stands in or behind."""

    def put(self, gallery: Gallery, out: Assembly, held: Holder) -> None:
        """Writes it into the text. `held`: what gives its bytes."""
        look = gallery.look(self.where, partial(held.read_apart, self.where, MOST_BYTES), self.alt)
        gallery.put(out, look, self.alt, self.box)


def known_by(text: str) -> str:
    """How a paragraph begins, without white space."""
    return "".join(text[: _ANCHOR * 4].split())[:_ANCHOR]
