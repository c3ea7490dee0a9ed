"""The first stage: a file of the queue → its original in the library, its text, and that text in chunks.

What it hands on only lacks embeddings. The original is on disk before the file is read, so that a successor
needs nothing but the job's row to do it again.

One thread takes file after file. While it is busy with one for long, copying, reading or cutting it, or
waiting for room, a second takes the small ones that wait behind it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import Cancelled, ExplorerError, PasswordNeeded, ReadError
from explorer.ingestion import known, receiving, recipe, redo
from explorer.ingestion.ending import guarded
from explorer.ingestion.prepare import prepare
from explorer.ingestion.progress import BriefProgress, JobProgress
from explorer.ingestion.unpacking import Unpacking
from explorer.readers import limits, registry
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Spent

if TYPE_CHECKING:
    from explorer.catalog import Generation, Task
    from explorer.ingestion.passwords import Passwords
    from explorer.ingestion.shared import PipelineContext
    from explorer.readers.reading import Reading
    from explorer.settings import Settings

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""How long it waits for new work, or for room in what is ready, before it looks around again."""
_RETRY_SECONDS = 2.0
"""How long it leaves a queue alone that could not be read."""
_OLDEST_EVERY = 4
"""So often what has waited longest is taken, also where it came out of an archive and other files wait."""

_BUSY_SECONDS = 1.0
"""After so long with one file, small ones are read beside it."""
_SMALL_BYTES = 1 << 18
_LONG_SECONDS = 3.0
"""After so long, larger ones as well, where there is room for what they come to."""
_MIDDLE_BYTES = 1 << 24
_MIDDLE_TEXTS = 1_000
"""As many as some hundred pages come to."""
_BESIDE_SECONDS = 5.0
"""A file that takes longer than this beside another goes back and waits for its turn."""
_BESIDE_LOOK_SECONDS = 0.25


class ReadingStage:
    """Takes one job after the other, reads its file in a child process and cuts it into chunks."""

    def __init__(self, shared: PipelineContext, passwords: Passwords) -> None:
        self._shared = shared
        self._catalog = shared.catalog
        self._passwords = passwords
        self._readers = ReaderPool(size=2)
        self._name = f"{os.getpid()}"
        self._began: float | None = None
        self._slow: set[int] = set()
        self._generating = threading.Lock()

    def run(self) -> None:
        """Work until the pipeline stops; for a thread of its own."""
        shared, turn = self._shared, 0
        while not shared.stopping.is_set():
            turn += 1
            try:
                task = self._catalog.work.claim(
                    self._name, ("add", "redo"), shared.held.ids(), parts_last=turn % _OLDEST_EVERY != 0
                )
                if task is None:
                    self._look_after_redo()
                    self._catalog.tidy()
            except (ExplorerError, OSError) as error:
                log.warning("the queue cannot be read: %s", error)
                shared.stopping.wait(_RETRY_SECONDS)
                continue
            if task is None:
                shared.wake.wait(_LOOK_SECONDS)
                shared.wake.clear()
                continue
            self._began = time.monotonic()
            self._slow.discard(task.job.id)
            guarded(shared, task, partial(self._read_one, task, shared.progress_of(task)))
            self._try_again(task)
            self._began = None

    def run_beside(self) -> None:
        """Read small files while `run` is busy with one for long; for a thread of its own.

        Whatever takes long here too goes back to the queue and is left to `run`, so that the next one is not
        held up. That costs seconds once a file.
        """
        stopping = self._shared.stopping
        while not stopping.wait(_BESIDE_LOOK_SECONDS):
            while not stopping.is_set() and (task := self._claim_beside()) is not None:
                guarded(self._shared, task, partial(self._read_beside, task))
                self._try_again(task)

    def _try_again(self, task: Task) -> None:
        """Queue a job again that has failed for want of a password which came while it was being read."""
        if not self._passwords.has_untried(task.job.id):
            return
        for job in self._catalog.jobs.family([task.job.id])[:1]:
            if job.state == "failed" and job.needs_password:
                self._catalog.jobs.retry(job.id)

    def close(self) -> None:
        """End the child process that reads."""
        self._readers.close()

    def _claim_beside(self) -> Task | None:
        busy = 0.0 if (began := self._began) is None else time.monotonic() - began
        if busy < _BUSY_SECONDS:
            return None
        may_be_larger = busy >= _LONG_SECONDS and self._shared.ready.has_room(_MIDDLE_TEXTS)
        largest = _MIDDLE_BYTES if may_be_larger else _SMALL_BYTES
        try:
            skip = [*self._shared.held.ids(), *self._slow]
            return self._catalog.work.claim(self._name, ("add",), skip, largest=largest)
        except (ExplorerError, OSError) as error:
            log.warning("the queue cannot be read: %s", error)
            return None

    def _read_beside(self, task: Task) -> None:
        shared, work = self._shared, self._catalog.work
        progress = BriefProgress(work, task.job.id, shared.stopping, _BESIDE_SECONDS)
        try:
            self._read_one(task, progress)
        except Cancelled:
            if not progress.is_late or not work.is_wanted(task.job.id):
                raise
            self._slow.add(task.job.id)
            work.give_back(task.job.id)

    def _read_one(self, task: Task, progress: JobProgress) -> None:
        settings = self._shared.settings()
        sha256, size = self._receive(task, settings, progress)
        if known.recognise(self._shared, task, sha256):
            return
        with self._generating:  # its model is tried once, by whoever comes first
            generation = self._generation(task, settings, progress)
        reading = self._read_file(task, sha256, settings, progress)
        progress.check()
        if registry.is_archive(reading.kind):  # its files have jobs of their own now
            self._catalog.work.opened(task.job.id, sha256, reading.warnings)
            return
        prepared = prepare(
            task,
            sha256,
            size,
            reading,
            generation=generation,
            model=self._shared.models.model(generation.model, recipe.tokens_read(generation, settings)),
            before=known.texts_replaced(self._catalog, task, sha256),
            check=progress.check,
        )
        progress.chunks(0, len(prepared.document.chunks))
        while True:
            progress.check(force=True)
            if self._shared.ready.put(prepared, _LOOK_SECONDS):
                return
            progress.wait()

    def _receive(self, task: Task, settings: Settings, progress: JobProgress) -> tuple[str, int]:
        """The SHA-256 and size of the original, which is in its place when this returns."""
        work, originals = self._catalog.work, self._catalog.originals
        if task.sha256 is not None and originals.path(task.sha256).is_file():
            return task.sha256, task.job.size
        if task.source is None or task.job.part_of is not None:  # the name in an archive is no path
            raise ReadError(f"The original of {task.job.name} is missing. Add the file again.")
        source = Path(task.source)
        copy = known.known_copy(self._catalog, source, progress.check)
        if copy is not None:
            work.set_file(task.job.id, *copy)
            return copy
        received = receiving.receive_path(originals, source, settings.max_file_mb << 20, progress.check)
        self._catalog.verifying.doubt(received.sha256)
        try:
            if not work.set_file(task.job.id, received.sha256, received.size, received.path):
                raise Cancelled("This file was cancelled.")
        finally:
            received.path.unlink(missing_ok=True)
        return received.sha256, received.size

    def _generation(self, task: Task, settings: Settings, progress: JobProgress) -> Generation:
        """The index that the document is prepared for: the one in the making for a redo, else the live one.

        Begun here where it does not exist yet.
        """
        generations = self._catalog.generations
        if task.job.kind == "redo":
            building = generations.building()
            if building is not None:
                return building
        else:
            live = generations.live()
            if live is not None and self._catalog.documents.counts().documents:
                return live
        models = self._shared.models
        model = models.model(settings.embedder)
        fingerprint = models.fingerprint(model, check=progress.check)
        made = (recipe.wanted(settings), model.name, model.dimension, model.precision, fingerprint)
        if task.job.kind == "add":
            return generations.ensure_live(*made)
        with self._catalog.write():  # a redo that was called off a moment ago must not begin anew
            if not self._catalog.work.is_wanted(task.job.id):
                raise Cancelled("The redo was called off.")
            return generations.begin(*made)

    def _read_file(self, task: Task, sha256: str, settings: Settings, progress: JobProgress) -> Reading:
        """What is in the file; files within it are queued when this returns."""
        work, job = self._catalog.work, task.job
        if job.part_of is not None and work.is_within_itself(job.id):
            raise ReadError(f"{job.name} holds itself and is not opened again.")
        # A document that is read again, for the bin kept it through a redo or it has changed on disk, brings
        # no attachments: they are documents of their own, which may have been removed since.
        is_new = job.kind == "add" and not task.reads_again and self._catalog.bin.holds(sha256) is None
        while True:
            password = self._passwords.find(job.id, sha256)
            inherit = partial(self._inherit, password)
            inside = Unpacking(self._catalog, task, settings.max_file_mb << 20, progress.check, inherit)
            try:
                reading = self._readers.read(
                    self._catalog.originals.path(sha256),
                    job.name,
                    password,
                    limits.from_settings(settings),
                    on_page=progress.page,
                    on_part=inside.take if is_new else None,
                    spent=Spent(*work.spent(job.id)),
                    cancelled=progress.is_unwanted,
                )
                break
            except PasswordNeeded:
                if not self._passwords.has_untried(job.id):
                    raise
            finally:
                inside.end()
        self._passwords.used(job.id, sha256)
        return reading

    def _inherit(self, password: str | None, job_id: int) -> None:
        """A file within another may have the same password."""
        if password is not None:
            self._passwords.keep(job_id, password)

    def _look_after_redo(self) -> None:
        if self._shared.ready.is_empty() and redo.advance(self._catalog):
            self._shared.on_change()
            self._shared.wake.set()
