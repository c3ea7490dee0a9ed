"""The models that a library uses: what embeds and why, what reranking costs, which key goes where."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from explorer import recipes, settings
from explorer.addresses import Keys
from explorer.chat_model import ChatModel
from explorer.recipes import RERANKED

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.client import WorkerClient


class Models:
    """Models by the settings of the moment, and the keys of servers.

    Keys that were set belong to their address; the environment's goes to the environment's address only.

    The keys of embedding servers are handed to the worker, which is what asks them, and kept in its memory.
    """

    def __init__(self, catalog: Catalog, client: WorkerClient) -> None:
        self._catalog = catalog
        self._client = client
        self._chat_keys = Keys()

    def explain(self) -> tuple[str, ...]:
        """In words, a line each: what embeds, in which precision and why, and whether there is a reranker."""
        return recipes.explain(self._catalog.generations.live(), self._settings())

    def reranker_seconds(self) -> float | None:
        """What the reranker adds to a search, tried out on passages of this library; None where none is set.

        The first time takes seconds longer, to load it. Raises ModelError and WorkerError.
        """
        ids = self._catalog.chunks.ids()[:RERANKED].tolist()
        texts = [chunk.text for chunk in self._catalog.chunks.by_ids(ids)] or ["word " * 80]
        question = "What is this about?"
        if self._client.rerank(question, texts[:1]) is None:
            return None
        begun = time.perf_counter()
        self._client.rerank(question, texts)
        return (time.perf_counter() - begun) * RERANKED / len(texts)

    def chat_key(self, address: str) -> str | None:
        """The key of the language model's server at this address, if one is known."""
        return self._chat_keys.get(address) or self._environments("chat", address)

    def set_chat_key(self, address: str, key: str | None) -> None:
        """Keep a key in memory for this address, until the program ends; None forgets it."""
        self._chat_keys.set(address, key)

    def embed_key(self, address: str) -> str | None:
        """The key of the embedding server at this address, if one is known."""
        return self._client.keys.get(address) or self._environments("embed", address)

    def set_embed_key(self, address: str, key: str | None) -> None:
        """As `set_chat_key`, for an embedding server. Raises WorkerError."""
        self._client.set_key(address, key)

    def chat_model(self) -> ChatModel | None:
        """The language model that the settings name; None where they name none. Raises ChatError."""
        found = self._settings()
        if not found.chat_url:
            return None
        return ChatModel(found.chat_url, found.chat_model or "", self.chat_key(found.chat_url))

    def _settings(self) -> settings.Settings:
        return settings.resolve(self._catalog.settings.all())

    def _environments(self, kind: settings.Server, address: str) -> str | None:
        return settings.environment_key(kind, address, self._catalog.settings.all())
