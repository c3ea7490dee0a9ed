"""What every embedding model can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors


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
