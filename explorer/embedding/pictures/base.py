"""What every picture model can do, and every picture embedder, which loads models of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from explorer.arrays import Pixels, Vectors


class PictureModel(Protocol):
    """Turns pictures, and with some models words too, into vectors. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """The name or folder by which it was asked for."""

    @property
    def fingerprint(self) -> str:
        """40 hex digits for its files: models with equal ones give comparable vectors."""

    @property
    def reads_text(self) -> bool:
        """Whether words have a place among its pictures."""

    def has_changed(self) -> bool:
        """Whether its files have changed since it was loaded: load it again."""

    def encode(self, pictures: Sequence[Pixels]) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `pictures`. Raises ModelError."""

    def encode_text(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1: the place of words among pictures. Raises ModelError, also where
        the model reads none."""


@dataclass(frozen=True, slots=True)
class PictureModelFacts:
    """What is known of a picture model without loading it."""

    fingerprint: str
    reads_text: bool


class PictureEmbedder(Protocol):
    """Loads one kind of picture models: a row of the table in `explorer/embedding/pictures/embedders.py`.

    It is made anew whenever a name is looked up, so making it and `takes` cost next to nothing. Only `load`
    may import heavy packages.
    """

    def takes(self, name: str) -> bool:
        """Whether a model of that name is of its kind, as far as the name tells."""

    def examine(self, name: str) -> PictureModelFacts:
        """Look at the model without loading it. Raises ModelError where it could not be loaded. Pages ask it
        often: it reads no large file twice."""

    def load(self, name: str) -> PictureModel:
        """The model. Raises ModelError where it is damaged, could run code or reads no pictures."""
