"""The models that a library uses: what embeds and why, what reranking costs, which key goes where."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import addresses, stores
from explorer.addresses import Keys
from explorer.catalog.vector_forms import WIDEST, WIDTHS
from explorer.chat.model import STALL_SECONDS, ChatModel
from explorer.embedding import choose_for, examine, languages, offered, openvino_problem, reranker
from explorer.embedding.reranker import RERANKED
from explorer.errors import ChatError, ModelError, ReadError, SettingError, StorageError
from explorer.ingestion import recipe
from explorer.readers.limits import from_settings
from explorer.readers.ocr.models import files as ocr_files
from explorer.readers.process.pool import ReaderPool
from explorer.settings import Server, Settings, environment_key, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.arrays import Vectors
    from explorer.catalog import Catalog, Generation
    from explorer.embedding import OfferedHere
    from explorer.worker.client import WorkerClient

_TRIAL = "Answer with the single word: ready"
_TRIAL_CHARACTERS = 200
_SAID = "language_hint_said"
"""In the library: the hint at its language that somebody has seen."""


_ANY_MODEL = "any"
"""A name for a server that is asked for its list only."""


class Models:
    """The models that the settings name now, and the keys of servers.

    A key that was typed goes to the address it was typed for, one of the environment to the environment's
    address, and to no other. Those of embedding servers are handed to the worker, which asks these servers,
    and kept in its memory.
    """

    def __init__(self, catalog: Catalog, client: WorkerClient) -> None:
        self._catalog = catalog
        self._client = client
        self._chat_keys = Keys()

    def live(self) -> Generation | None:
        """What the index that is searched was made with (`model`, `recipe`); None before the first document.

        The settings may ask for another by now: see `Library.needs_redo`.
        """
        return self._catalog.generations.live()

    def is_narrowing(self) -> bool:
        """Whether vectors are kept in more bytes than the settings ask for; the worker rounds them."""
        width = WIDTHS[resolve(self._catalog.settings.all()).vectors]
        return width < WIDEST and self._catalog.narrowing.is_due(width)

    def explain(self, *, is_brief: bool = False) -> tuple[str, ...]:
        """In words, a line each: what embeds, in which precision and why, whether there is a reranker, and
        whether the model was made for another language than the documents'.

        `is_brief`: without the precision that suits this machine, which asks nothing of anybody.
        """
        hint = self.language_hint()
        lines = explain(self.live(), self._settings(), is_brief=is_brief, library=self._catalog.folder)
        return (*lines, *([hint] if hint else []))

    def explain_ocr(self, *, is_brief: bool = False) -> tuple[str, ...]:
        """In words, which models recognise text where a folder of them is set, or why they cannot be used.

        `is_brief`: only the latter.
        """
        folder = self._settings().ocr_models
        if folder is None:
            return ()
        try:
            ocr_files(folder)
        except ReadError as error:
            return (str(error),)
        return () if is_brief else (f"Scans and images are recognised by the models in {folder}.",)

    def offered(self) -> list[OfferedHere]:
        """The embedding models that can be chosen by name, and which of them are on this machine."""
        return offered(self._catalog.folder)

    def checked(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The same changes of settings. Raises SettingError if they name models of OCR, or a vector store,
        that cannot be used.

        The models are loaded for that in a process of their own, which takes a second or two.
        """
        if changes.get("store") or changes.get("store_url"):
            would = resolve({**self._catalog.settings.all(), **changes})
            stores.check(would.store, would.store_url)
        folder = changes.get("ocr_models")
        if folder is not None:
            with ReaderPool(1) as pool:
                try:
                    pool.check_ocr(folder, from_settings(self._settings()))
                except ReadError as error:
                    raise SettingError(str(error)) from None
        return changes

    def language_hint(self) -> str | None:
        """In words, that most of the text is in a language which the model of the live index was not made
        for, and what to do; None where that is not so, or nothing is known of the model.
        """
        live = self.live()
        if live is None:
            return None
        name = live.model.name.partition(" at http")[0]
        code = languages.unread(self._catalog.documents.list(), name)
        if code is None:
            return None
        return (
            f"Most of this library is in another language ({code}) than the embedding model {name} was made "
            "for. Search by words works in full; for search by meaning choose a multilingual model in "
            f"Settings, such as {languages.MULTILINGUAL}, and redo the documents."
        )

    def first_language_hint(self) -> str | None:
        """The same as `language_hint`, but once in a library's life: None where somebody was told already."""
        hint = self.language_hint()
        if hint is None or self._catalog.settings.get(_SAID) == hint:
            return None
        with suppress(StorageError):  # on a full disk it is said again; searching must not fail for it
            self._catalog.settings.change({_SAID: hint})
        return hint

    def reranker_seconds(self) -> float | None:
        """How many seconds the reranker adds to a search, by a try on chunks of this library.

        None where none is set. The first call takes seconds longer, to load it. Raises ModelError and
        WorkerError.
        """
        ids = self._catalog.chunks.ids()[:RERANKED].tolist()
        texts = [chunk.text for chunk in self._catalog.chunks.by_ids(ids)] or ["word " * 80]
        question = "What is this about?"
        if self._client.rerank(question, texts[:1]) is None:
            return None
        begun = time.perf_counter()
        self._client.rerank(question, texts)
        return (time.perf_counter() - begun) * RERANKED / len(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embeddings of texts by the model of the index that is searched: (n, dimension) float32, each of
        length 1. Raises ModelError and WorkerError."""
        return self._client.encode(texts)

    def test_embedding(self) -> tuple[int, float]:
        """The length of a vector that the embedding server was asked for, and the seconds it took.

        It is tried twice at most, ten seconds each. Where another model stands behind the name by now,
        `Library.needs_redo` says so afterwards. Raises ModelError (what is wrong, and what to do) and
        WorkerError.
        """
        return self._client.check_model(self._settings().embedder)

    def test_chat(self, stall: float = STALL_SECONDS) -> tuple[str, float]:
        """Ask the language model for one word: what it says, and the seconds it took.

        An answer that goes on is cut off after about 200 characters. Raises ChatError (what is wrong, and
        what to do).
        """
        model = self.chat_model(stall)
        if model is None:
            raise ChatError("No language model is set. Enter its address in Settings.")
        begun = time.monotonic()
        said = ""
        for piece in model.stream([{"role": "user", "content": _TRIAL}]):
            said += piece
            if len(said) > _TRIAL_CHARACTERS:
                break
        return said, time.monotonic() - begun

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
        """The same as `set_chat_key`, for an embedding server. Raises WorkerError."""
        self._client.set_key(address, key)

    def store_key(self, address: str) -> str | None:
        """The key of a vector store's server at this address, if one is known."""
        return self._client.keys.get(address) or self._environments("store", address)

    def set_store_key(self, address: str, key: str | None) -> None:
        """The same as `set_chat_key`, for the server of a vector store. Raises WorkerError."""
        self._client.set_key(address, key)

    def typed_keys(self) -> dict[str, str]:
        """The keys of embedding servers and vector stores that were typed since the program began, by
        address."""
        return self._client.keys.all()

    def listed_chat_models(self) -> list[str]:
        """The names of the models that the server at the address of the settings lists: it is asked now. None
        where it lists none, or no address is set. Raises ChatError."""
        from explorer.chat.model import ChatModel

        address = self._settings().chat_url
        if not address:
            return []
        tell = partial(self._catalog.contacts.count, "chat", addresses.shown(addresses.plain(address)))
        return ChatModel(address, _ANY_MODEL, self.chat_key(address), tell=tell).listed_models()

    def chat_model(self, stall: float = STALL_SECONDS) -> ChatModel | None:
        """The language model that the settings name; None where they name none. Raises ChatError.

        `stall`: how many seconds it may say nothing.
        """
        found = self._settings()
        if not found.chat_url:
            return None
        address = found.chat_url
        tell = partial(self._catalog.contacts.count, "chat", addresses.shown(addresses.plain(address)))
        key, context = self.chat_key(address), found.chat_context
        return ChatModel(address, found.chat_model or "", key, stall, tell, context=context)

    def _settings(self) -> Settings:
        return resolve(self._catalog.settings.all())

    def _environments(self, kind: Server, address: str) -> str | None:
        return environment_key(kind, address, self._catalog.settings.all())


def explain(
    live: Generation | None, settings: Settings, *, is_brief: bool = False, library: Path | None = None
) -> tuple[str, ...]:
    """In words, a line each: what embeds, in which precision and why, and whether there is a reranker.

    `is_brief` as in `Models.explain`; `library` is the folder whose own word vectors a name may mean.
    """
    name = settings.embedder
    lines = []
    if settings.embed_url:
        where = addresses.shown(settings.embed_url)
        if live is None or live.model.name == name:
            lines.append(f"Passages and questions are sent to {where}, which embeds them.")
        else:
            lines.append(
                f"Once the documents are redone, passages and questions are sent to {where}, which embeds "
                f"them. Until then {live.model.name} goes on."
            )
    else:
        lines += _of_model(name, live, settings, is_brief=is_brief, library=library)
    if settings.reranker:
        lines.append(_of_reranker(settings.reranker))
    return tuple(lines)


def _of_model(
    name: str, live: Generation | None, settings: Settings, *, is_brief: bool, library: Path | None
) -> list[str]:
    try:
        examine(name, library)
    except ModelError as error:
        return [f"The embedding model cannot be used. {error} Or name another one in Settings."]
    choice = choose_for(name)
    if (
        live is None
        or live.model.name != name
        or "precision" not in recipe.differences(live, settings, library=library)
    ):
        return [] if is_brief else [f"{name} computes in {choice.precision}: {choice.reason}."]
    would = f"{name} would compute here in {choice.precision}: {choice.reason}."
    return [*([] if is_brief else [would]), _of_another_precision(live.model.precision)]


def _of_another_precision(made: str) -> str:
    goes_on = f"new ones are in {made} too"
    if made == "int8" and openvino_problem():
        goes_on = "new ones are in float32, which comes closest"
    return (
        f"The documents here were embedded in {made}, by an earlier version or on another machine. Until you "
        f"redo them {goes_on}, so that all can be compared: a matter of speed, not of what is found."
    )


def _of_reranker(name: str) -> str:
    try:
        reranker.find(name)
    except ModelError as error:
        return str(error)
    return f"{name} reads the first {RERANKED} passages of each search once more."
