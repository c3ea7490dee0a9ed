"""The second stage: documents that only lack embeddings → embedded and stored, to be found from then on.

A large document is embedded by itself, and lets smaller ones pass between its batches; the texts of small
ones are embedded together. Embeddings are on disk batch by batch, then the whole document in one transaction:
a kill costs one batch.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from explorer.catalog import MissingEmbeddings
from explorer.errors import ServerAway, StorageError
from explorer.ingestion import known, renaming
from explorer.ingestion.embed import embed_missing, lacks_embeddings
from explorer.ingestion.ending import guarded, settle
from explorer.ingestion.progress import Leaving
from explorer.ingestion.waiting import SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.ingestion.progress import JobProgress
    from explorer.ingestion.shared import PipelineContext
    from explorer.ingestion.waiting import Prepared

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""How long it waits for documents before it looks whether to stop."""


class EmbeddingStage:
    """Embeds and stores what the first stage hands on."""

    def __init__(self, shared: PipelineContext) -> None:
        self._shared = shared
        self._catalog = shared.catalog

    def run(self) -> None:
        """Work until the pipeline stops, then queue again what is left; for a thread of its own."""
        shared = self._shared
        while not shared.stopping.is_set():
            taken = shared.ready.take(_LOOK_SECONDS)
            self._embed(taken)
            self._drop_waste()
            if taken:
                shared.wake.set()
        while not shared.ready.is_empty():
            for left in shared.ready.take():
                settle(shared, left.task, Leaving())

    def _embed(self, taken: Sequence[Prepared]) -> None:
        group = [(one, self._shared.progress_of(one.task)) for one in taken]
        away = self._embed_together(group) if len(group) > 1 else None
        for one, progress in group:
            guarded(self._shared, one.task, partial(self._embed_one, one, progress, away))

    def _let_pass(self, progress: JobProgress, left: int) -> None:
        """Embed and store what is much smaller than what is left of a document, which then has a batch again.

        A small file is found seconds after it was read, whatever is being embedded. As each that passes is
        at most half of what it passes, few can be under way at once.
        """
        progress.beat()
        self._embed(self._shared.ready.take(largest=max(left // 2, SMALL)))

    def _embed_together(self, group: Sequence[tuple[Prepared, JobProgress]]) -> ServerAway | None:
        """Embed the texts of several documents at once; each is stored by itself afterwards.

        Returns the error when the server was away, for which each of them would wait as long again. Whatever
        else keeps this from its end, a file that is cancelled or a text that is refused, is left to
        `_embed_one`, which finds what was done and does the rest for one document.
        """
        texts: dict[bytes, tuple[str, ...]] = {}
        for prepared, _ in group:
            texts |= prepared.texts

        def check(_left: int = 0) -> None:
            for _, progress in group:
                progress.check()

        try:
            with self._catalog.write():
                for prepared, progress in group:
                    progress.chunks(0, len(prepared.document.chunks))
            model = group[0][0].generation.model
            embed_missing(
                self._catalog, self._shared.models, model, texts, list(texts), show=check, check=check
            )
        except ServerAway as error:
            return error
        except Exception as error:  # noqa: BLE001  (it comes again where it belongs)
            log.info("%d files are embedded one by one (%s)", len(group), type(error).__name__)
        return None

    def _embed_one(self, prepared: Prepared, progress: JobProgress, away: ServerAway | None) -> None:
        """Embed what a document still lacks and store it. `away`: what was raised if its server was away."""
        task, document = prepared.task, prepared.document
        if known.recognise(self._shared, task, document.sha256):
            return  # the same file was in the queue twice
        if away is not None and lacks_embeddings(self._catalog, prepared):
            progress.check(force=True)
            raise away
        model = prepared.generation.model
        wanted: Sequence[bytes] = list(prepared.texts)

        def show(left: int) -> None:
            progress.chunks(*prepared.passages(left))

        while True:
            embed_missing(
                self._catalog,
                self._shared.models,
                model,
                prepared.texts,
                wanted,
                show=show,
                check=progress.check,
                between=partial(self._let_pass, progress),
            )
            progress.check(force=True)
            try:
                self._store(prepared)
                break
            except MissingEmbeddings as error:
                wanted = list(error.shas)
        self._shared.on_change()

    def _store(self, prepared: Prepared) -> None:
        task, document = prepared.task, prepared.document
        replaces = known.FileStatus(self._catalog, task, document.sha256).replaces
        given = renaming.given_name(self._catalog, replaces)
        stored = self._catalog.arrivals.store(
            document, prepared.generation.id, replaces=replaces, job_id=task.job.id
        )
        if stored.status == "replaced":
            renaming.hand_on(self._catalog, given, stored.document_id)
        known.name_what_stays(self._catalog, stored)

    def _drop_waste(self) -> None:
        """Delete the embeddings of files that failed or were cancelled.

        Only this thread makes any, and it is between two files now.
        """
        if not self._shared.waste.is_set():
            return
        try:
            if not self._catalog.jobs.has_work(("add", "redo")):
                self._catalog.embeddings.gc()
                self._shared.waste.clear()
        except StorageError as error:
            log.warning("waste cannot be dropped: %s", error)
