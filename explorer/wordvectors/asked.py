"""What is answered about words."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.types import Hit


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A word near another one."""

    word: str
    cosine: float
    """-1 to 1; 1 is the same direction."""


@dataclass(frozen=True, slots=True)
class WordUse:
    """How a word is used: the words nearest to it, and passages that hold it."""

    word: str
    neighbours: tuple[Neighbour, ...]
    only: tuple[str, ...]
    """Those of its neighbours that the other word does not have."""
    hits: tuple[Hit, ...]
    """The best first; none where the library does not have the word."""


@dataclass(frozen=True, slots=True)
class TwoWords:
    """Two words side by side."""

    first: WordUse
    second: WordUse
    cosine: float
    shared: tuple[str, ...]
    """The neighbours that both have, the nearest to the first one first."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word in a picture of words; what is near means alike, the numbers themselves mean nothing."""

    word: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TrainedVectors:
    """Vectors that a library has of its own."""

    name: str
    """By which they are asked for, and by which they can be the embedding model: "word2vec:library"."""
    trained_at: str
    """The moment, in ISO 8601."""
    documents: int
    """How many documents they were trained on."""
    octets: int
    """What they take on the disk."""
    added: int = 0
    """How many documents came since: what they say is not in these vectors."""
    removed: int = 0
    """How many of the documents they were trained on are gone: words of theirs are in these vectors still."""

    @property
    def kind(self) -> str:
        """ "word2vec" or "fasttext"."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True)
class TrainingState:
    """A training that runs, or the last one."""

    kind: str
    """ "word2vec" or "fasttext"."""
    share: float = 0.0
    """How much of it is done, 0 to 1."""
    is_over: bool = False
    is_stopped: bool = False
    """Whether somebody stopped it."""
    error: str | None = None
