"""The pipeline: receive → read → chunk → embed → store, one file after the other, small ones past huge ones.

One thread reads the next files in a child process and cuts them into chunks, with a second for small files
behind one that takes long (`reading_stage`), while another embeds and stores those that were read earlier
(`embedding_stage`). Every stage leaves on disk what its
successor needs: the original first, embeddings batch by batch, then the whole document in one transaction. So
a kill at any moment loses seconds of work and nothing else.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from explorer.ingestion import receiving
from explorer.ingestion.embedding_stage import EmbeddingStage
from explorer.ingestion.passwords import Passwords
from explorer.ingestion.reading_stage import ReadingStage
from explorer.ingestion.shared import PipelineContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.catalog import Catalog
    from explorer.embedding.loaded import LoadedModels


class Pipeline:
    """Works the queue of one library on three threads. For the process that holds the library's lock."""

    def __init__(self, catalog: Catalog, models: LoadedModels, on_change: Callable[[], None]) -> None:
        self._catalog = catalog
        self._passwords = Passwords()
        self._shared = PipelineContext(catalog, models, on_change)
        self._shared.waste.set()  # a worker that was killed may have left some
        self._reading = ReadingStage(self._shared, self._passwords)
        embedding = EmbeddingStage(self._shared)
        self._threads = [
            threading.Thread(target=self._reading.run, name="read", daemon=True),
            threading.Thread(target=self._reading.run_beside, name="read beside", daemon=True),
            threading.Thread(target=embedding.run, name="embed", daemon=True),
        ]

    def recover(self) -> None:
        """Queue again what a dead worker left, and finish what it was removing."""
        self._catalog.work.requeue_abandoned(("add", "redo"))
        self._catalog.tidy()
        self._catalog.originals.sync_manifest()
        receiving.drop_stale(self._catalog.originals)

    def start(self) -> None:
        """Begin to work the queue; returns at once."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be new work."""
        self._shared.wake.set()

    def give_password(self, job_id: int, password: str) -> None:
        """Keep a password, in memory; a job that has failed without it is tried again.

        What came out of its file may have the same.
        """
        self._passwords.keep(job_id, password)
        for job in self._catalog.jobs.family([job_id]):
            if not job.is_over or job.needs_password:
                self._passwords.keep(job.id, password)
            if job.state == "failed" and job.needs_password:
                self._catalog.jobs.retry(job.id)
        self.wake()

    def stop(self, seconds: float = 5.0) -> None:
        """End soon: what was begun is queued again, for the next worker."""
        self._shared.stopping.set()
        self._shared.wake.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)
        self._reading.close()
