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
from typing import TYPE_CHECKING

from explorer import settings
from explorer.addresses import Keys
from explorer.catalog import Catalog
from explorer.catalog.vector_forms import WIDTHS
from explorer.embedding import tuned
from explorer.embedding.words.names import FOLDER
from explorer.errors import ExplorerError, StorageError
from explorer.ingestion import server_identity
from explorer.stores.base import SERVED, STORES
from explorer.stores.folder import leave_servers
from explorer.watching import memory as watching
from explorer.worker import chosen_store, outgoing, place, protocol, verbs
from explorer.worker import log as worker_log
from explorer.worker.chosen_store import ChosenStore
from explorer.worker.server import RequestServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.catalog.records import Generation, Model
    from explorer.settings import Settings
    from explorer.worker.server import Answer, Arrays

log = logging.getLogger("explorer.worker")

ALONE_SECONDS = 4.0
"""How long it stays without a client: a page that reloads, or a second command, finds it warm."""
FIRST_CLIENT_SECONDS = 30.0
EXPIRE_SECONDS = 3600.0
"""How often it looks for documents whose days in the bin are over, while it lives; first when it starts."""
NARROW_SECONDS = 2.0
"""How soon it sees that vectors are to be kept in another form."""
_NARROW_PAUSE = 0.02
"""Between two parts of that, so that others who write come in between."""
_INDEX_SECONDS = 0.4
"""How long a query waits for the index to take in the latest changes; then it searches without it."""


class Worker:
    """Everything that runs in the process, and the verbs that clients may use."""

    def __init__(self, folder: Path) -> None:
        from explorer.descriptions.filling import Describer
        from explorer.embedding.loaded import LoadedModels
        from explorer.embedding.pictures.loaded import LoadedPictureModel
        from explorer.ingestion.pipeline import Pipeline
        from explorer.maps.process import Drawer
        from explorer.pictures.filling import PictureFiller
        from explorer.stores import IndexFollower, LibraryIndex
        from explorer.watching.watcher import Watcher

        self.folder = folder
        self.catalog = Catalog(folder)
        self._keys = Keys()
        self.encoder = LoadedModels(
            self._settings,
            self._key_of,
            partial(server_identity.identify_server_model, self.catalog),
            partial(self.catalog.contacts.count, "embed"),
            folder,
        )
        self._store = ChosenStore(self.catalog, self._keys)
        tell = partial(self.catalog.contacts.count, "store")
        self.index = LibraryIndex(self.catalog, self._store.now, self._store.key_of, tell)
        self.follower = IndexFollower(self.catalog, self.index)
        self.pipeline = Pipeline(self.catalog, self.encoder, on_change=self.follower.poke)
        self.picture_model = LoadedPictureModel(self._settings)
        pictures = PictureFiller(self.catalog, self.picture_model)
        self.beside = (Drawer(self.catalog), pictures, Describer(self.catalog))
        self.watcher = Watcher(self.catalog, self._settings, self.pipeline.wake, self.follower.poke)
        self.server = RequestServer(
            {
                verbs.Encode: self._encode,
                verbs.Nearest: self._nearest,
                verbs.Wake: self._wake,
                verbs.GivePassword: self._give_password,
                verbs.Sync: self._sync,
                verbs.IndexIds: self._index_ids,
                verbs.AskStore: self._ask_store,
                verbs.Rebuild: self._rebuild,
                verbs.CheckModel: self._check_model,
                verbs.SetKey: self._set_key,
                verbs.Rerank: self._rerank,
                verbs.PlaceLook: self._look,
            },
            place.mark_of(folder),
        )
        self._leave = threading.Event()
        self._emptying = threading.Thread(target=self._empty_bin, name="bin", daemon=True)
        self._narrowing = threading.Thread(target=self._narrow, name="narrowing", daemon=True)

    def run(self) -> None:
        """Serve until nobody needs it, the folder is gone, or the system says to stop."""
        is_read_only = self.catalog.database.is_read_only
        if not is_read_only:
            finish_erasing(self.catalog, self._store.key_of)
            self.pipeline.recover()
        self.server.start()
        address = protocol.WorkerAddress(self.server.port, self.server.key, os.getpid())
        protocol.write_address(self.folder, address)
        if not is_read_only:  # else it only loads models for those who search
            self.follower.start()
            self.pipeline.start()
            for each in self.beside:
                each.start()
            self.watcher.start()
            self._emptying.start()
            self._narrowing.start()
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
            (place.place_of(self.folder) / protocol.ADDRESS_FILE).unlink(missing_ok=True)
        self.server.close()
        self._leave.set()
        if not self.catalog.database.is_read_only:
            self.watcher.stop()
            self._emptying.join(5.0)
            self._narrowing.join(5.0)
            for each in self.beside:
                each.stop()
            self.pipeline.stop()
            self.follower.stop(seconds=5.0)
            self.index.close()
        self.catalog.close()

    def _warm(self) -> None:
        """Load what the first query needs while the person still types; then look at a few documents."""
        try:
            if self.catalog.changes.last():
                self.encoder.warm(self._wanted())
                self._identify()
        except ExplorerError as error:
            log.warning("the embedding model cannot be loaded: %s", error)
        try:
            outgoing.note(self.catalog)
        except ExplorerError as error:
            log.warning("since when addresses are set up cannot be noted: %s", error)
        try:
            if self.catalog.verifying.some():
                log.warning("documents have changed on the disk: `doctor` names them")
        except ExplorerError as error:
            log.warning("documents cannot be compared with what was stored: %s", error)

    def _empty_bin(self) -> None:
        """Remove what has been in the bin for its days; the thread that does."""
        while True:
            try:
                if self.catalog.bin.expire(self._settings().bin_days):
                    self.follower.poke()
            except ExplorerError as error:
                log.warning("the bin cannot be emptied: %s", error)
            if self._leave.wait(EXPIRE_SECONDS):
                return

    def _narrow(self) -> None:
        """Bring vectors into the form that the settings name, once at each change of it; the thread that
        does."""
        done: str | None = None
        while not self._leave.wait(NARROW_SECONDS):
            try:
                wanted = self._settings().vectors
                while wanted != done and not self._leave.wait(_NARROW_PAUSE):
                    if not self.catalog.narrowing.some(WIDTHS[wanted]):
                        done = wanted
                    wanted = self._settings().vectors  # who takes it back at once has it stopped at once
            except ExplorerError as error:
                log.warning("vectors cannot be brought into another form: %s", error)

    def _live(self) -> Generation | None:
        return self.catalog.generations.live()

    def _identify(self) -> None:
        """Note the model's fingerprint where an earlier version, which knew none, made the live index.

        The model's files of today are taken for those of that time.
        """
        live = self._live()
        if live is not None and not live.model.fingerprint:
            fingerprint = self.encoder.model(live.model).fingerprint
            self.catalog.generations.identify(live.model.id, fingerprint)

    def _settings(self) -> Settings:
        return settings.resolve(self.catalog.settings.all())

    def _key_of(self, address: str) -> str | None:
        """The key that was typed for a server, else the environment's if it is for that address."""
        stored = self.catalog.settings.all()
        return self._keys.get(address) or settings.environment_key("embed", address, stored)

    def _wanted(self) -> str | Model:
        """The model that answers queries: the one that made the live index, else the one of the settings."""
        live = self._live()
        return live.model if live is not None else self._settings().embedder

    def _encode(self, asked: verbs.Encode, _: Arrays) -> Answer:
        texts = list(asked.texts)
        if asked.kind == "query":
            return verbs.Done(), (self.encoder.queries(self._wanted(), texts),)
        return verbs.Done(), (self.encoder.passages(self._wanted(), texts, is_urgent=True),)

    def _nearest(self, asked: verbs.Nearest, arrays: Arrays) -> Answer:
        live = self._live()
        # Nobody waits for an index that cannot be had.
        seconds = _INDEX_SECONDS if self.follower.problem is None else 0.0
        if live is None or self.catalog.database.is_read_only or not self.follower.wait(seconds):
            return verbs.NearestReply(ready=False), ()
        try:
            found = self.index.nearest(live.id, arrays[0], asked.k)
            return verbs.NearestReply(ready=found is not None), found or ()
        except StorageError as error:
            log.warning("%s", error)
            self.follower.poke()
            return verbs.NearestReply(ready=False), ()

    def _wake(self, _: verbs.Wake, __: Arrays) -> Answer:
        self.pipeline.wake()
        for each in (*self.beside, self.watcher):
            each.wake()
        self.follower.poke()
        return verbs.Done(), ()

    def _give_password(self, asked: verbs.GivePassword, _: Arrays) -> Answer:
        self.pipeline.give_password(asked.job, asked.password)
        return verbs.Done(), ()

    def _sync(self, _: verbs.Sync, __: Arrays) -> Answer:
        return self._brought_up(), ()

    def _require_writable(self) -> None:
        if self.catalog.database.is_read_only:
            raise StorageError(f"{self.folder} is read-only: it has no vector index here, and needs none.")

    def _index_ids(self, asked: verbs.IndexIds, _: Arrays) -> Answer:
        self._require_writable()
        return verbs.Done(), (self.index.ids(asked.generation),)

    def _ask_store(self, _: verbs.AskStore, __: Arrays) -> Answer:
        return chosen_store.told(self.index, self.follower), ()

    def _rebuild(self, _: verbs.Rebuild, __: Arrays) -> Answer:
        self._require_writable()
        self.index.rebuild()
        return self._brought_up(), ()

    def _brought_up(self) -> verbs.IndexState:
        """How far the index is, once it holds every change of this moment. Raises StorageError."""
        self._require_writable()
        self.follower.finish()
        live = self._live()
        vectors = self.index.count(live.id) if live is not None else 0
        return verbs.IndexState(self.index.sequence, vectors, self.index.dead)

    def _check_model(self, asked: verbs.CheckModel, _: Arrays) -> Answer:
        begun = time.perf_counter()
        model = self.encoder.check(asked.model)
        return verbs.CheckedModel(model.dimension, time.perf_counter() - begun), ()

    def _set_key(self, asked: verbs.SetKey, _: Arrays) -> Answer:
        self._keys.set(asked.address, asked.key)
        return verbs.Done(), ()

    def _rerank(self, asked: verbs.Rerank, _: Arrays) -> Answer:
        scores = self.encoder.rerank(asked.query, list(asked.texts))
        return verbs.RerankReply(is_set_up=scores is not None), () if scores is None else (scores,)

    def _look(self, asked: verbs.PlaceLook, arrays: Arrays) -> Answer:
        import numpy as np

        model = self.picture_model.get()
        found = model.encode([arrays[0].astype(np.uint8)])[0] if arrays else model.encode_text(asked.text)
        return verbs.PlacedLook(model.fingerprint), (found,)


def finish_erasing(catalog: Catalog, key_of: Callable[[str], str | None]) -> None:
    """Go on where a process was killed that deleted everything; nothing of the index is open yet."""
    if catalog.erasing.is_begun():
        for problem in leave_servers(catalog.folder, key_of):
            log.warning("%s", problem)
        catalog.erasing.finish(
            catalog.folder / made for made in (*STORES, *SERVED, FOLDER, tuned.FOLDER, watching.FOLDER)
        )
        worker_log.clear(catalog.folder)
