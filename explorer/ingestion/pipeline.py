"""The pipeline: receive → read → chunk → embed → store, one file after the other.

One thread reads (in a child process) and cuts the next files while another embeds those before: a large one
by itself, the texts of small ones together. Every stage leaves on disk what a successor needs: the original
first, embeddings batch by batch, then the whole document in one transaction. So a kill at any moment loses
seconds of work and nothing else.
"""

from __future__ import annotations

import logging
import os
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalog import Catalog, MissingEmbeddings
from explorer.errors import (
    Cancelled,
    ExplorerError,
    NotFound,
    PasswordNeeded,
    ReadError,
    ServerAway,
    StorageError,
)
from explorer.ingestion import receiving, recipe, redo
from explorer.ingestion.embed import embed_missing, lacks_embeddings
from explorer.ingestion.prepare import name_terms, prepare
from explorer.ingestion.progress import JobProgress, Leaving
from explorer.ingestion.unpacking import Unpacking
from explorer.ingestion.waiting import Prepared, Waiting
from explorer.readers import limits, registry
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Spent
from explorer.settings import Settings, resolve

if TYPE_CHECKING:
    from explorer.catalog import Generation, Task
    from explorer.catalog.records import Stored
    from explorer.embedding.loaded import LoadedModels
    from explorer.readers.reading import Reading

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_FULL_SECONDS = 2.0


class Pipeline:
    """Works the queue of one library on two threads. For the process that holds the library's lock."""

    def __init__(self, catalog: Catalog, encoder: LoadedModels, on_change: Callable[[], None]) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._on_change = on_change
        self._readers = ReaderPool(size=1)
        self._name = f"{os.getpid()}"
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._ready = Waiting()
        self._passwords: dict[int | str, str] = {}
        self._has_waste = True
        self._threads = [
            threading.Thread(target=self._read_all, name="read", daemon=True),
            threading.Thread(target=self._embed_all, name="embed", daemon=True),
        ]

    def settings(self) -> Settings:
        """The settings of this moment: this process's environment, then the library's own values."""
        return resolve(self._catalog.settings.all())

    def recover(self) -> None:
        """Queue again what a dead worker left, and finish what it was removing."""
        self._catalog.jobs.requeue_abandoned(("add", "redo"))
        self._catalog.tidy()
        receiving.drop_stale(self._catalog.originals)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be new work."""
        self._wake.set()

    def give_password(self, job_id: int, password: str) -> None:
        """Keep a password, in memory; a job that has failed for want of it is tried again.

        What came out of its file may have the same.
        """
        self._passwords[job_id] = password
        for job in self._catalog.jobs.family([job_id]):
            if not job.is_over or job.needs_password:
                self._passwords[job.id] = password
            if job.state == "failed" and job.needs_password:
                self._catalog.jobs.retry(job.id)
        self.wake()

    def stop(self, seconds: float = 5.0) -> None:
        """End soon: what was begun is queued again, for the next worker."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)
        self._readers.close()

    # ---- the thread that reads

    def _read_all(self) -> None:
        while not self._stopping.is_set():
            try:
                task = self._catalog.jobs.claim(self._name, ("add", "redo"))
                if task is None:
                    self._look_after_redo()
                    self._catalog.tidy()
            except (ExplorerError, OSError) as error:
                log.warning("the queue cannot be read: %s", error)
                self._stopping.wait(_FULL_SECONDS)
                continue
            if task is None:
                self._wake.wait(_LOOK_SECONDS)
                self._wake.clear()
                continue
            self._guarded(task, partial(self._read_one, task))

    def _read_one(self, task: Task) -> None:
        watch = JobProgress(self._catalog.jobs, task.job.id, self._stopping)
        settings = self.settings()
        sha256, size = self._receive(task, settings, watch)
        if task.job.kind == "add" and self._is_known(task, sha256):
            return
        generation = self._generation(task, settings, watch)
        reading = self._read_file(task, sha256, settings, watch)
        watch.check()
        if registry.is_archive(reading.kind):  # its files have jobs of their own now
            self._catalog.jobs.finish(task.job.id, "opened", None, reading.warnings)
            self._catalog.originals.delete_unneeded([sha256])
            return
        model = self._encoder.model(generation.model, recipe.tokens_read(generation, settings))
        before = self._chunks_before(task, sha256)
        prepared = prepare(
            task, sha256, size, reading, generation=generation, model=model, before=before, check=watch.check
        )
        while True:
            watch.check(force=True)
            if self._ready.put(prepared, _LOOK_SECONDS):
                return
            watch.beat()

    def _read_file(self, task: Task, sha256: str, settings: Settings, watch: JobProgress) -> Reading:
        """What is in the file; files within it are queued when this returns."""
        jobs, is_new = self._catalog.jobs, task.job.kind == "add"
        if task.job.part_of is not None and jobs.is_within_itself(task.job.id):
            raise ReadError(f"{task.job.name} holds itself and is not opened again.")
        password = self._passwords.get(task.job.id) or self._passwords.get(sha256)

        def inherit(job_id: int) -> None:
            if password is not None:
                self._passwords[job_id] = password

        inside = Unpacking(self._catalog, task, settings.max_file_mb << 20, watch.check, inherit)
        try:
            reading = self._readers.read(
                self._catalog.originals.path(sha256),
                task.job.name,
                password,
                limits.from_settings(settings),
                on_page=watch.page,
                on_part=inside.take if is_new else None,
                spent=Spent(*jobs.spent(task.job.id)),
                cancelled=watch.is_unwanted,
            )
        finally:
            inside.end()
        if task.job.id in self._passwords:
            self._passwords[sha256] = self._passwords.pop(task.job.id)  # for when it is redone
        return reading

    def _receive(self, task: Task, settings: Settings, watch: JobProgress) -> tuple[str, int]:
        """The SHA-256 and size of the original, which is in its place when this returns."""
        jobs, originals = self._catalog.jobs, self._catalog.originals
        if task.sha256 is not None and originals.path(task.sha256).is_file():
            return task.sha256, task.job.size
        if task.source is None or task.job.part_of is not None:  # the name in an archive is no path
            raise ReadError(f"The original of {task.job.name} is missing. Add the file again.")
        source = Path(task.source)
        known = self._known_copy(source, watch)
        if known is not None:
            jobs.set_file(task.job.id, *known)
            return known
        received = receiving.receive_path(originals, source, settings.max_file_mb << 20, watch.check)
        try:
            if not jobs.set_file(task.job.id, received.sha256, received.size, received.path):
                raise Cancelled("This file was cancelled.")
        finally:
            received.path.unlink(missing_ok=True)
        return received.sha256, received.size

    def _known_copy(self, source: Path, watch: JobProgress) -> tuple[str, int] | None:
        """(SHA-256, size) of a file that the library has already, found without copying it once more."""
        documents = self._catalog.documents.by_source(str(source))
        size = source.stat().st_size if source.is_file() else -1
        if not any(document.size == size for document in documents):
            return None
        sha256 = receiving.digest_of(source, watch.check)
        return (sha256, size) if self._catalog.documents.by_sha256(sha256) is not None else None

    def _is_known(self, task: Task, sha256: str) -> bool:
        """Whether these bytes are in the library; the job is over then."""
        known = self._catalog.documents.by_sha256(sha256)
        if known is None:
            return False
        old = self._replaced_by(task, sha256)
        stored = self._catalog.documents.recognise(known.id, task.job.id, old)
        if stored is not None and stored.status == "replaced":
            self._name_what_stays(stored)
            self._on_change()
        return stored is not None

    def _name_what_stays(self, stored: Stored) -> None:
        """A document that goes on as another file's is listed, and found, under that file's name."""
        if stored.kept is not None:
            document_id, name = stored.kept
            document = self._catalog.documents.get(document_id)
            if document.name != name:
                self._catalog.documents.rename(document_id, name, name_terms(name, document.language))

    def _replaced_by(self, task: Task, sha256: str) -> str | None:
        """The document that this file takes the place of."""
        if task.replaces is not None or task.keep_both or task.source is None:
            return task.replaces
        documents = self._catalog.documents.by_source(task.source)
        if any(self._catalog.documents.sha256(one.id) == sha256 for one in documents):
            return None
        return documents[0].id if documents else None

    def _chunks_before(self, task: Task, sha256: str) -> set[str]:
        """The texts of the chunks that this file's chunks take the place of."""
        old = self._replaced_by(task, sha256) if task.job.kind == "add" else None
        with suppress(NotFound):  # it was removed meanwhile
            return {chunk.text for chunk in self._catalog.chunks.of_document(old)} if old else set()
        return set()

    def _generation(self, task: Task, settings: Settings, watch: JobProgress) -> Generation:
        generations = self._catalog.generations
        if task.job.kind == "redo":
            building = generations.building()
            if building is not None:
                return building
        else:
            live = generations.live()
            if live is not None and self._catalog.documents.counts().documents:
                return live
        model = self._encoder.model(settings.embedder)
        fingerprint = self._encoder.fingerprint(model, check=watch.check)
        made = (recipe.wanted(settings), model.name, model.dimension, model.precision, fingerprint)
        if task.job.kind == "add":
            return generations.ensure_live(*made)
        with self._catalog.write():  # a redo that was called off a moment ago must not begin anew
            if not self._catalog.jobs.is_wanted(task.job.id):
                raise Cancelled("The redo was called off.")
            return generations.begin(*made)

    def _look_after_redo(self) -> None:
        if self._ready.is_empty() and redo.advance(self._catalog):
            self._on_change()
            self._wake.set()

    # ---- the thread that embeds

    def _embed_all(self) -> None:
        while not self._stopping.is_set():
            group = [(one, self._watch(one)) for one in self._ready.take(_LOOK_SECONDS)]
            away = self._embed_together(group) if len(group) > 1 else None
            for one, watch in group:
                self._guarded(one.task, partial(self._embed_one, one, watch, away))
            self._drop_waste()
            if group:
                self.wake()
        while not self._ready.is_empty():
            for left in self._ready.take():
                self._settle(left.task, Leaving())

    def _watch(self, prepared: Prepared) -> JobProgress:
        return JobProgress(self._catalog.jobs, prepared.task.job.id, self._stopping)

    def _embed_together(self, group: Sequence[tuple[Prepared, JobProgress]]) -> ServerAway | None:
        """Embed the texts of several documents at once; each is stored by itself afterwards.

        Whatever keeps this from its end, a file that is cancelled or a text that is refused, is left to
        `_embed_one`, which finds what was done and does the rest for one document. Returned is that the
        server was away, for which each of them would wait as long again.
        """
        texts: dict[bytes, tuple[str, ...]] = {}
        for prepared, _ in group:
            texts |= prepared.texts

        def check(_left: int = 0) -> None:
            for _, watch in group:
                watch.check()

        try:
            with self._catalog.write():
                for prepared, watch in group:
                    watch.chunks(0, len(prepared.texts))
            model = group[0][0].generation.model
            embed_missing(self._catalog, self._encoder, model, texts, list(texts), show=check, check=check)
        except ServerAway as error:
            return error
        except Exception as error:  # noqa: BLE001  (it comes again where it belongs)
            log.info("%d files are embedded one by one (%s)", len(group), type(error).__name__)
        return None

    def _embed_one(self, prepared: Prepared, watch: JobProgress, away: ServerAway | None) -> None:
        task, document = prepared.task, prepared.document
        if task.job.kind == "add" and self._is_known(task, document.sha256):
            return  # the same file was in the queue twice
        if away is not None and lacks_embeddings(self._catalog, prepared):
            watch.check(force=True)
            raise away
        model, total = prepared.generation.model, len(prepared.texts)
        wanted: Sequence[bytes] = list(prepared.texts)

        def show(left: int) -> None:
            watch.chunks(total - left, total)

        while True:
            embed_missing(
                self._catalog, self._encoder, model, prepared.texts, wanted, show=show, check=watch.check
            )
            watch.check(force=True)
            try:
                stored = self._catalog.documents.store(
                    document,
                    prepared.generation.id,
                    replaces=self._replaced_by(task, document.sha256) if task.job.kind == "add" else None,
                    job_id=task.job.id,
                )
                self._name_what_stays(stored)
                break
            except MissingEmbeddings as error:
                wanted = list(error.shas)
        self._on_change()

    def _drop_waste(self) -> None:
        """Delete the embeddings of files that failed or were cancelled.

        Only this thread makes any, and it is between two files now.
        """
        if not self._has_waste:
            return
        try:
            if not self._catalog.jobs.has_work(("add", "redo")):
                self._catalog.embeddings.gc()
                self._has_waste = False
        except StorageError as error:
            log.warning("waste cannot be dropped: %s", error)

    # ---- what ends a job early

    def _guarded(self, task: Task, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (one file's failure never ends the queue)
            self._has_waste = True
            self._settle(task, error)

    def _settle(self, task: Task, error: Exception) -> None:
        """Write down how a job ended; on a full disk, as soon as there is room for that."""
        while True:
            try:
                self._write_down(task, error)
                return
            except StorageError as obstacle:
                log.warning("the end of a job cannot be written down: %s", obstacle)
                if self._stopping.wait(_FULL_SECONDS):
                    return

    def _write_down(self, task: Task, error: Exception) -> None:
        jobs, name = self._catalog.jobs, task.job.name
        if isinstance(error, Leaving) or (isinstance(error, ExplorerError) and self._stopping.is_set()):
            jobs.give_back(task.job.id)
        elif isinstance(error, Cancelled) or (isinstance(error, NotFound) and task.job.kind == "redo"):
            jobs.cancelled(task.job.id)
        elif isinstance(error, NotFound):
            jobs.give_back(task.job.id)  # the index was replaced meanwhile: prepare it for the new one
        elif isinstance(error, ExplorerError):
            jobs.fail(task.job.id, str(error), needs_password=isinstance(error, PasswordNeeded))
        else:
            kind = type(error).__name__
            # Not the error's own message, which may hold words of the document.
            log.error("a file failed (%s)\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))
            text = f"{name} could not be added: the program failed ({kind}). Please report this."
            jobs.fail(task.job.id, text)
