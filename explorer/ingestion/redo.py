"""Redo all: a new index is built beside the live one, which serves until the new one is whole.

The steps are jobs of the queue (kind "redo"), one for each document, so that they survive a kill like any
other. When none is left, `advance` makes the new index live in one transaction. Documents that were added
meanwhile get their job then. A document that cannot be redone keeps the switch waiting: its job stands as
failed, and the live index goes on serving until the person retries it, removes the document, or calls the
redo off. To cancel one of the jobs is to call all of it off, since a new index without a document would lose
it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from explorer.ingestion import recipe, server_identity
from explorer.readers import OCR_OFF
from explorer.readers.ocr.recognised import BY, UNKNOWN, USED, known

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.settings import Settings

log = logging.getLogger(__name__)


class RedoWorker(Protocol):
    """What a redo needs of the worker."""

    def check_model(self, name: str) -> tuple[int, float]: ...
    def start(self) -> None: ...
    def attend(self) -> None: ...


def needed(catalog: Catalog, settings: Settings) -> tuple[str, ...]:
    """What `Library.needs_redo` says."""
    if not catalog.documents.counts().documents:
        return ()
    behind = server_identity.last(catalog, settings.embedder)
    changed = recipe.differences(catalog.generations.live(), settings, behind, catalog.folder)
    return (*changed, "ocr") if _is_ocr_behind(catalog, settings) else changed


def _is_ocr_behind(catalog: Catalog, settings: Settings) -> bool:
    """Whether a document lacks text because OCR was off, or was read by other models of OCR.

    The documents' own warnings tell: only those that OCR has read are to be read again by other models.
    """
    any_warned = catalog.documents.any_warned
    if not settings.ocr:
        return False
    if any_warned(OCR_OFF):
        return True
    if settings.ocr_models is None:
        return any_warned(USED)
    return any(any_warned(words, without=known(settings.ocr_models)) for words in (BY, UNKNOWN))


def is_under_way(catalog: Catalog, worker: RedoWorker) -> bool:
    """Whether a new index is being built beside the live one; if so, the worker is seen to."""
    found = catalog.generations.building() is not None or catalog.jobs.has_work(("redo",))
    if found:
        worker.attend()
    return found


def start(catalog: Catalog, settings: Settings, worker: RedoWorker) -> list[int]:
    """Try the model first, then `begin` and have the worker go on; returns the job ids. Raises ModelError."""
    worker.check_model(settings.embedder)
    job_ids = begin(catalog, settings)
    worker.start()
    return job_ids


def begin(catalog: Catalog, settings: Settings) -> list[int]:
    """The ids of the jobs that redo every document by the settings of this moment.

    Those that do not wait already are queued. Documents that a redo with the same settings has done already
    are not done again.
    """
    with catalog.write():
        building = catalog.generations.building()
        behind = server_identity.last(catalog, settings.embedder)
        if building is not None and recipe.differences(building, settings, behind, catalog.folder):
            call_off(catalog)
            building = None
        open_ids = {job.document_id: job for job in catalog.jobs.list(("redo",)) if job.state != "ready"}
        wanted = catalog.generations.missing() if building is not None else None
        job_ids = []
        for document in reversed(catalog.documents.list(wanted)):
            job = open_ids.get(document.id)
            if job is not None and not job.is_over:
                job_ids.append(job.id)
            else:
                if job is not None:
                    catalog.jobs.dismiss([job.id])
                job_ids.append(_enqueue(catalog, document.id))
    return job_ids


def call_off(catalog: Catalog) -> bool:
    """Drop what was built so far; the live index stays as it is. False when nothing was being redone."""
    with catalog.write():
        open_ids = [job.id for job in catalog.jobs.list(("redo",)) if job.state != "ready"]
        catalog.jobs.cancel(open_ids)
        catalog.jobs.dismiss([job.id for job in catalog.jobs.by_ids(open_ids) if job.state == "failed"])
        return catalog.generations.abandon() or bool(open_ids)


def cancel(catalog: Catalog, job_ids: Iterable[int] | None) -> None:
    """Stop jobs of any kind, or all that are not over; where one of a redo is among them, the redo too."""
    touched = catalog.jobs.cancel(job_ids)
    if any(job.kind == "redo" for job in catalog.jobs.by_ids(touched)):
        call_off(catalog)


def advance(catalog: Catalog) -> bool:
    """Bring a redo to its end once no job of it is left; True when something changed. For the worker."""
    if catalog.generations.building() is None or catalog.jobs.has_work(("redo",)):
        return False
    with catalog.write():
        missing = set(catalog.generations.missing())
        failed = {job.document_id for job in catalog.jobs.list(("redo",)) if job.state == "failed"}
        untried = missing - failed
        for document_id in untried:
            _enqueue(catalog, document_id)
    if not missing:
        catalog.generations.switch()
        log.info("the new index is live")
    return bool(untried) or not missing


def _enqueue(catalog: Catalog, document_id: str) -> int:
    document = catalog.documents.get(document_id)
    return catalog.jobs.enqueue(
        "redo",
        document.name,
        size=document.size,
        source=document.source,
        sha256=catalog.documents.sha256(document_id),
        document_id=document_id,
    )
