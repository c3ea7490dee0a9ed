"""What every embedding model can do, and every embedder, which loads models of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors


def go_on() -> None:
    """The `check` of a caller that never stops the work."""


@contextmanager
def computing(what: str) -> Iterator[None]:
    """Raises ModelError for whatever goes wrong inside a foreign model; `what` names it: "model NAME"."""
    try:
        yield
    except Exception as error:  # a foreign model can fail in any way there is
        raise ModelError(f"The {what} could not compute: {error or type(error).__name__}") from error


def finite(found: Vectors, what: str) -> Vectors:
    """`found`, of any shape, once it is seen that all of it are numbers.

    Raises ModelError otherwise, as for damaged weights: a search that compared with such vectors would find
    nothing and say nothing.
    """
    import numpy as np

    if not np.isfinite(found).all():
        raise ModelError(f"The {what} gave numbers that are none. Its files may be damaged: copy them again.")
    return found


class EmbeddingModel(Protocol):
    """Turns texts into vectors. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """The name or folder by which it was asked for."""

    @property
    def dimension(self) -> int:
        """Length of its vectors."""

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text it reads, without special tokens; what follows has no effect."""

    @property
    def precision(self) -> str:
        """The numbers it computes with: "int8", "bfloat16" or "float32"; "server" where a server decides."""

    @property
    def fingerprint(self) -> str:
        """40 hex digits for its files and its precision: models with equal ones give comparable vectors.

        A server shows no files. There the digits stand for the name alone: see `LoadedModels.fingerprint`.
        """

    @property
    def texts_at_once(self) -> int:
        """How many texts to give `encode` at once: few enough that a query waits little, and enough to keep a
        server busy."""

    @property
    def is_remote(self) -> bool:
        """Whether a server computes, which leaves this machine's processors free."""

    def has_changed(self) -> bool:
        """Whether its files, or its server's vectors, have changed since it was loaded: load it again."""

    def prepare(self) -> None:
        """Load what `encode` needs (seconds), which its first call does otherwise. Raises ModelError."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not included. Needs no torch."""

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`. Raises ModelError.

        `check` is called at intervals, in the caller's thread: what it raises ends the work.
        """

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1: the question's place among the passages. Raises ModelError."""


@dataclass(frozen=True, slots=True)
class WantedModel:
    """The model that an embedder is to load."""

    name: str
    precision: str | None = None
    """Precision of the vectors it will be compared with; None for what suits this machine."""
    tokens: int | None = None
    """How many tokens a server's model is taken to read, since servers do not tell; None for 512."""
    key_of: Callable[[str], str | None] = lambda _: None
    """Gives the key of a server's address."""
    tell: Callable[[str, int], None] = lambda _address, _octets: None
    """Called with a server's address and the bytes of each request that went out."""


@dataclass(frozen=True, slots=True)
class PrecisionChoice:
    """The fastest way that is faithful: a cosine to float32 of .999 in the mean and .995 at worst."""

    precision: str
    """One of "int8", "bfloat16", "float32" and "server", where a server decides."""
    device: str
    """One of "cpu", "cuda" and "server"."""
    reason: str
    """Why, as a clause that follows on "all-MiniLM-L6-v2 computes in bfloat16: "."""


class Embedder(Protocol):
    """Loads one kind of embedding models: a row of the table in `explorer/embedding/embedders.py`.

    It is made anew whenever a name is looked up, so making it and `takes` cost next to nothing. Only `load`
    may import heavy packages.
    """

    @property
    def is_remote(self) -> bool:
        """Whether servers compute its models' vectors: then a model's files cannot be looked at."""

    def takes(self, name: str) -> bool:
        """Whether a model of that name is of its kind, as far as the name and a look at its folder tell."""

    def examine(self, name: str) -> None:
        """Look at the model without loading it. Raises ModelError where it could not be loaded."""

    def choose(self, name: str) -> PrecisionChoice:
        """In what the model computes on this machine, and why."""

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:
        """(precision, fingerprint) that the loaded model would have; None means the precision of `choose`.

        Raises ModelError. Pages ask it often: it reads no large file twice.
        """

    def load(self, wanted: WantedModel) -> EmbeddingModel | None:
        """The model; None where it is of another kind after all, which the next embedder may load.

        Raises ModelError where it is damaged, could run code or cannot be what its name says.
        """
