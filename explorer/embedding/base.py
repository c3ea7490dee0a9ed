"""What every embedding model can do, and every embedder, which loads models of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.bert.precision import PrecisionChoice


def go_on() -> None:
    """What `encode` asks where the caller has no reason to stop."""


@contextmanager
def computing(what: str) -> Iterator[None]:
    """Raises ModelError for whatever goes wrong in a model of somebody's; `what` names it: "model NAME"."""
    try:
        yield
    except Exception as error:  # a foreign model can fail in any way there is
        raise ModelError(f"The {what} could not compute: {error or type(error).__name__}") from error


def finite(found: Vectors, what: str) -> Vectors:
    """`found`, of any shape. Raises ModelError where it holds something else than numbers, as of weights that
    are damaged: compared with it, nothing is found, and nothing says why."""
    import numpy as np

    if not np.isfinite(found).all():
        raise ModelError(f"The {what} gave numbers that are none. Its files may be damaged: copy them again.")
    return found


class EmbeddingModel(Protocol):
    """Turns texts into vectors. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """The name or folder it was asked for by."""

    @property
    def dimension(self) -> int:
        """Length of its vectors."""

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text it reads, special tokens not included; the rest has no effect."""

    @property
    def precision(self) -> str:
        """In what it computes: "int8", "bfloat16" or "float32"; "server" where that is a server's affair."""

    @property
    def fingerprint(self) -> str:
        """Stands for the content of its files and its precision: equal fingerprints, vectors that can be
        compared.

        A server shows nothing of the kind: there it stands for the name alone: see
        `LoadedModels.fingerprint`.
        """

    @property
    def texts_at_once(self) -> int:
        """How many texts to give `encode` at once so that a query waits little and a server is kept busy."""

    @property
    def is_remote(self) -> bool:
        """Whether a server computes: this machine's processors are free meanwhile."""

    def has_changed(self) -> bool:
        """Whether its files, or its server's vectors, are others now than before: then load it again."""

    def prepare(self) -> None:
        """Load what `encode` needs (seconds); without it the first call does. Raises ModelError."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not included. Needs no torch."""

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`. Raises ModelError.

        `check` is called now and then, in the caller's thread: what it raises ends the work.
        """

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1: the question's place among the passages. Raises ModelError."""


@dataclass(frozen=True, slots=True)
class WantedModel:
    """The model that an embedder is to load."""

    name: str
    precision: str | None = None
    """That of the vectors it will be compared with; None for what suits this machine."""
    tokens: int | None = None
    """How many tokens it is taken to read where it cannot tell itself, as a server's; None for the usual."""
    key_of: Callable[[str], str | None] = lambda _: None
    """Gives the key of a server's address."""


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

        Raises ModelError. It is asked with every page of Settings: nothing large is read here twice.
        """

    def load(self, wanted: WantedModel) -> EmbeddingModel | None:
        """The model; None where it is of another kind after all, which the next embedder may load.

        Raises ModelError where it is damaged, could run code or cannot be what its name says.
        """
