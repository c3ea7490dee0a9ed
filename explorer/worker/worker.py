"""The one background process of a library: `python -m explorer.worker FOLDER`.

It holds the library's lock, works the queue, keeps the vector index, and answers queries; any process of the
same person may ask it. It leaves when no client has been connected for a few seconds; what it had begun is
queued again.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import settings
from explorer.addresses import Keys
from explorer.catalog import Catalog
from explorer.errors import ExplorerError, StorageError
from explorer.ingestion import server_identity
from explorer.worker import protocol
from explorer.worker.server import Reply, RequestServer

if TYPE_CHECKING:
    from explorer.catalog.records import Generation, Model
    from explorer.settings import Settings

log = logging.getLogger("explorer.worker")

ALONE_SECONDS = 4.0
"""How long it stays without a client: a page that reloads, or a second command, finds it warm."""
FIRST_CLIENT_SECONDS = 30.0
_INDEX_SECONDS = 0.4
"""How long a query waits for the index to take in the latest changes; then it searches without it."""


class Worker:
    """Everything that runs in the process, and the verbs that clients may use."""

    def __init__(self, folder: Path) -> None:
        from explorer.embedding.loaded import LoadedModels
        from explorer.ingestion.pipeline import Pipeline
        from explorer.maps.process import Drawer
        from explorer.stores import IndexFollower, VectorIndex

        self.folder = folder
        self.catalog = Catalog(folder)
        self._keys = Keys()
        self.encoder = LoadedModels(
            self._settings, self._key_of, partial(server_identity.identify_server_model, self.catalog)
        )
        self.index = VectorIndex(self.catalog, self._settings().store)
        self.follower = IndexFollower(self.catalog, self.index)
        self.pipeline = Pipeline(self.catalog, self.encoder, on_change=self.follower.poke)
        self.drawer = Drawer(self.catalog)
        self.server = RequestServer(
            {
                "encode": self._encode,
                "nearest": self._nearest,
                "wake": self._wake,
                "password": self._password,
                "sync": self._sync,
                "ids": self._ids,
                "rebuild": self._rebuild,
                "check": self._check,
                "key": self._key,
                "rerank": self._rerank,
                "model": self._model,
            }
        )
        self._leave = threading.Event()

    def run(self) -> None:
        """Serve until nobody needs it, the folder is gone, or the system says to stop."""
        self.pipeline.recover()
        self.server.start()
        address = protocol.WorkerAddress(self.server.port, self.server.key, os.getpid())
        protocol.write_address(self.folder, address)
        self.follower.start()
        self.pipeline.start()
        self.drawer.start()
        threading.Thread(target=self._warm, name="warm", daemon=True).start()
        started = time.monotonic()
        try:
            while not self._leave.wait(0.25):
                if protocol.read_address(self.folder) != address:
                    log.warning("the library's folder was moved or deleted")
                    break
                patience = ALONE_SECONDS if self.server.has_served else FIRST_CLIENT_SECONDS
                if min(self.server.seconds_alone, time.monotonic() - started) > patience:
                    break
        finally:
            self._close(address)

    def leave(self) -> None:
        """Stop soon; called by signals."""
        self._leave.set()

    def _close(self, address: protocol.WorkerAddress) -> None:
        # First the address: whoever comes now starts a successor, which waits for the lock.
        if protocol.read_address(self.folder) == address:
            (self.folder / protocol.ADDRESS_FILE).unlink(missing_ok=True)
        self.server.close()
        self.drawer.stop()
        self.pipeline.stop()
        self.follower.stop(seconds=5.0)
        self.index.close()
        self.catalog.close()

    def _warm(self) -> None:
        """Load what the first query needs while the person still types."""
        try:
            if self.catalog.changes.last():
                self.encoder.warm(self._wanted())
                self._identify()
        except ExplorerError as error:
            log.warning("the embedding model cannot be loaded: %s", error)

    def _live(self) -> Generation | None:
        return self.catalog.generations.live()

    def _identify(self) -> None:
        """Libraries of before fingerprints take the model's files of today for those of then."""
        live = self._live()
        if live is not None and not live.model.fingerprint:
            fingerprint = self.encoder.model(live.model).fingerprint
            self.catalog.generations.identify(live.model.id, fingerprint)

    def _settings(self) -> Settings:
        return settings.resolve(self.catalog.settings.all())

    def _key_of(self, address: str) -> str | None:
        """The key that was typed for a server, else the environment's if that is for this address."""
        stored = self.catalog.settings.all()
        return self._keys.get(address) or settings.environment_key("embed", address, stored)

    def _wanted(self) -> str | Model:
        """What answers queries: the live index's model, as it was made with."""
        live = self._live()
        return live.model if live is not None else self._settings().embedder

    def _encode(self, message: protocol.Message, _: list[Any]) -> Reply:
        texts = [str(text) for text in message["texts"]]
        if message["kind"] == "query":
            return {}, (self.encoder.queries(self._wanted(), texts),)
        return {}, (self.encoder.passages(self._wanted(), texts, is_urgent=True),)

    def _nearest(self, message: protocol.Message, arrays: list[Any]) -> Reply:
        live = self._live()
        if live is None or not self.follower.wait(_INDEX_SECONDS):
            return {"ready": False}, ()
        try:
            ids, scores = self.index.nearest(live.id, arrays[0], int(message["k"]))
        except StorageError as error:
            log.warning("%s", error)
            self.follower.poke()
            return {"ready": False}, ()
        return {"ready": True}, (ids, scores)

    def _wake(self, _: protocol.Message, __: list[Any]) -> Reply:
        self.pipeline.wake()
        self.drawer.wake()
        self.follower.poke()
        return {}, ()

    def _password(self, message: protocol.Message, _: list[Any]) -> Reply:
        self.pipeline.give_password(int(message["job"]), str(message["password"]))
        return {}, ()

    def _sync(self, _: protocol.Message, __: list[Any]) -> Reply:
        self.follower.finish()
        live = self._live()
        vectors = self.index.count(live.id) if live is not None else 0
        return {"sequence": self.index.sequence, "vectors": vectors}, ()

    def _ids(self, message: protocol.Message, _: list[Any]) -> Reply:
        return {}, (self.index.ids(int(message["generation"])),)

    def _rebuild(self, message: protocol.Message, arrays: list[Any]) -> Reply:
        self.index.rebuild()
        return self._sync(message, arrays)

    def _check(self, message: protocol.Message, _: list[Any]) -> Reply:
        begun = time.perf_counter()
        model = self.encoder.check(str(message["model"]))
        return {"dimension": model.dimension, "seconds": time.perf_counter() - begun}, ()

    def _model(self, _: protocol.Message, __: list[Any]) -> Reply:
        model = self.encoder.model(self._wanted())
        return {
            "name": model.name,
            "dimension": model.dimension,
            "max_tokens": model.max_tokens,
            "precision": model.precision,
            "computed": self.encoder.computed,
        }, ()

    def _key(self, message: protocol.Message, _: list[Any]) -> Reply:
        self._keys.set(str(message["address"]), message["key"])
        return {}, ()

    def _rerank(self, message: protocol.Message, _: list[Any]) -> Reply:
        scores = self.encoder.rerank(str(message["query"]), [str(text) for text in message["texts"]])
        if scores is None:
            return {"is_set_up": False}, ()
        return {"is_set_up": True}, (scores,)
