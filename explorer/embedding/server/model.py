"""Embedding models behind any server that speaks OpenAI's `/v1/embeddings` (Ollama, vLLM, TEI, OpenAI).

Several requests at once, each tried again after failures that pass, with longer and longer waits or the one
that the server asks for. The key goes to its address only: redirects are not followed, nothing of the
environment is sent, and no message or log line holds it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import addresses
from explorer.embedding.base import PrecisionChoice, WantedModel, go_on
from explorer.embedding.places import DEFAULT_MODEL, find
from explorer.embedding.server.answers import TooLarge
from explorer.embedding.server.batches import AT_ONCE, BATCH, Batches
from explorer.embedding.server.requests import Requests
from explorer.embedding.tokens import Tokens
from explorer.errors import ModelError
from explorer.settings import variable

if TYPE_CHECKING:
    from explorer.arrays import Vectors

PRECISION = "server"
TOKENS = 512
"""Read by most embedding models that people run themselves."""
_AT = " at "


def server_fingerprint(name: str, tokens: int = TOKENS) -> str:
    """40 hex digits for address and model. What a server has behind a name cannot be seen in them.

    Earlier versions hashed the number of `tokens` too, which changes where texts are cut, but no vector.
    """
    return hashlib.sha256(f"{PRECISION} {tokens} {name}".encode()).hexdigest()[:40]


class ServerEmbedder:
    """Models that are named "MODEL at ADDRESS". What a server has behind a name is not looked at here."""

    is_remote = True

    def takes(self, name: str) -> bool:
        """Whether the name ends in the address of a server: "MODEL at http://…"."""
        return address_of(name).startswith(("http://", "https://"))

    def examine(self, name: str) -> None:
        """Raises ModelError where the address cannot be right or no model is named; asks nothing."""
        self.load(WantedModel(name))

    def choose(self, name: str) -> PrecisionChoice:  # noqa: ARG002
        """The same for every name: the server decides in what it computes."""
        return PrecisionChoice(PRECISION, PRECISION, "the server decides")

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:  # noqa: ARG002
        """("server", fingerprint of the name alone)."""
        return PRECISION, server_fingerprint(name)

    def load(self, wanted: WantedModel) -> ServerModel:
        """The model; nothing is asked yet. Raises ModelError as `examine`."""
        tokens = wanted.tokens or TOKENS
        return ServerModel(wanted.name, tokens, wanted.key_of, lambda: find(DEFAULT_MODEL), wanted.tell)


class ServerModel:
    """An `EmbeddingModel` at an address. Safe to use from several threads.

    Tokens are counted with the bundled model's tokenizer: servers do not say theirs. `max_tokens` keeps a
    quarter in reserve for those that split words more finely.
    """

    texts_at_once = BATCH * AT_ONCE
    precision = PRECISION
    is_remote = True

    def __init__(
        self,
        name: str,
        tokens: int,
        key_of: Callable[[str], str | None],
        tokenizer: Callable[[], Path],
        tell: Callable[[str, int], None],
    ) -> None:
        """`tokenizer` finds the folder of the one to count with; `tell` is that of `WantedModel`. Asks
        nothing yet.

        Raises ModelError where the address cannot be right or no model is named.
        """
        self.name = name
        self.max_tokens = tokens - tokens // 4
        self.fingerprint = server_fingerprint(name)
        address = address_of(name)
        model = name.removesuffix(_AT + address)
        if not model:
            shown = addresses.shown(address)
            raise ModelError(
                f"No model is named for {shown}. Fill it in in Settings ({variable('embed_model')})."
            )
        self._requests = Requests(address, model, key_of, tell)
        self._batches = Batches(self._request)
        self._dimension = 0
        self._is_replaced = False
        self._counter: Tokens | None = None
        self._tokenizer = tokenizer
        self._guard = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length of its vectors; asks the server the first time. Raises ModelError."""
        if not self._dimension:
            self._request(["dimension"])
        return self._dimension

    def has_changed(self) -> bool:
        """Whether it gave vectors of another length than at first; a model of the same one passes."""
        return self._is_replaced

    def prepare(self) -> None:
        """Ask for one vector, so that what is wrong is known at once. Raises ModelError."""
        self._request(["prepare"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About the number of tokens of each text."""
        with self._guard:
            if self._counter is None:
                self._counter = Tokens.from_folder(self._tokenizer(), TOKENS)
        return self._counter.count(texts)

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`. Raises ModelError.

        What `check` raises ends it within a moment. What was embedded by then is not asked for again at the
        next attempt: see `Batches`.
        """
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        found = self._batches.embed(texts, check)
        return np.stack([found[text] for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1. Raises ModelError, soon: a person waits for it."""
        first: Vectors = self._request([text], is_question=True)[0]
        return first

    def _request(
        self, texts: Sequence[str], unwanted: threading.Event | None = None, *, is_question: bool = False
    ) -> Vectors:
        """The vectors of `Requests.embed`, of one length. Raises TooLarge only where fewer texts may do."""
        try:
            vectors = self._requests.embed(texts, is_question=is_question, unwanted=unwanted)
        except TooLarge as error:
            if len(texts) > 1:
                raise
            raise ModelError(f"{error} Make {variable('embed_tokens')} smaller in Settings.") from None
        self._check_dimension(vectors.shape[1])
        return vectors

    def _check_dimension(self, found: int) -> None:
        with self._guard:
            if self._dimension and found != self._dimension:
                self._is_replaced = True
                raise ModelError(
                    f"{self.name} gave vectors of {found} numbers after some of {self._dimension}: another "
                    "model has taken its place. Redo all documents in Settings."
                )
            self._dimension = found


def address_of(name: str) -> str:
    """The address in a name like "MODEL at ADDRESS"; the whole name where it holds none."""
    return name.rpartition(_AT)[2]
