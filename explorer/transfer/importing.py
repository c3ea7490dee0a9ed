"""An export → documents of a library, beside those that are there: nothing is doubled, nothing half in.

Each document comes in one transaction, with its text, passages and embeddings, after its original was
compared with its SHA-256. What does not fit the library's index is queued to be read from its original like
any file. So after a kill at any moment all that is in is whole, and doing it again brings the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, cast

from explorer.catalog import merging, room
from explorer.catalog.originals import is_document
from explorer.errors import Cancelled, NotFound, ReadError, StorageError, WorkerError
from explorer.ingestion import receiving
from explorer.ingestion.intake import WorkerLink
from explorer.transfer import arriving, form, own_models, talks
from explorer.transfer.archive import Archive, DamagedFile
from explorer.transfer.choices import Choices
from explorer.transfer.results import BroughtIn

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    import apsw

    from explorer.catalog import Catalog, Generation
    from explorer.ingestion.receiving import Received
    from explorer.settings import Settings
    from explorer.transfer.form import ExportedDocument, ExportedSource
    from explorer.transfer.meter import Meter

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.2


class ImportWorker(WorkerLink, Protocol):
    """What an import needs of the worker."""

    def sync(self) -> object:
        """Bring the vector index up to the catalogue."""


class Importing:
    """One import of an export into a library."""

    def __init__(
        self,
        catalog: Catalog,
        worker: ImportWorker,
        settings: Callable[[], Settings],
        meter: Meter,
        *,
        is_trusted: bool,
        is_anew: bool,
    ) -> None:
        """`is_trusted`: addresses of servers and the like are taken over too; `is_anew`: everything is read
        and embedded from the originals."""
        self._catalog = catalog
        self._worker = worker
        self._settings = settings
        self._meter = meter
        self._choices = Choices(catalog, is_trusted=is_trusted, is_anew=is_anew)
        self._is_anew = is_anew
        self._library_id = catalog.settings.get("library_id")
        self._added = self._known = self._back = self._talks = 0
        self._left_out: list[tuple[str, str]] = []
        self._jobs: dict[int, ExportedDocument] = {}
        self._weights: dict[int, int] = {}
        self._read_anew: list[str] = []
        self._damaged: set[str] = set()
        """SHA-256 of documents of which the export says what cannot be, or nothing."""
        self._damaged_names: list[str] = []

    def run(self, path: Path, name: str | None = None) -> BroughtIn:
        """Bring in the export at `path`, which people call `name`.

        Raises:
            ReadError: it is no export, is damaged as a whole, or made to do harm.
            DiskFull: there is no room for it; the message says how much is missing.
            StorageError: a newer version wrote it, or the library cannot be written.
            Cancelled: it was stopped; doing it again goes on.
        """
        with Archive(path, name) as archive:
            documents = archive.manifest.documents
            self._weigh(archive)
            models, models_left = self._choices.take_models(archive, self._meter)
            settings, left = self._choices.take_settings(archive.manifest)
            self._meter.step("Bringing in documents")
            try:
                for document in documents:
                    self._document(archive, document)
                self._wait()
            except (Cancelled, KeyboardInterrupt):
                self._call_off()
                raise
            self._conversations(archive)
        _catch_up(self._worker, self._meter)
        return BroughtIn(
            added=self._added,
            known=self._known,
            back=self._back,
            read_anew=tuple(self._read_anew),
            damaged=tuple(self._damaged_names),
            left_out=tuple(self._left_out),
            conversations=self._talks,
            settings=settings,
            settings_left=left,
            models=models,
            models_left=models_left,
        )

    def _weigh(self, archive: Archive) -> None:
        """Note how much there is to bring in, and refuse what has no room."""
        needed = total = 0
        with self._catalog.read() as con:
            for document in archive.manifest.documents:
                original, rows = _weights(archive, document)
                total += original + rows
                if merging.document_id_of(con, document.sha256) is None:
                    needed += original + 2 * rows
        if self._choices.takes_models:
            models = own_models.size_in(archive.manifest)
            needed, total = needed + models, total + models
        if needed and room.is_short(self._catalog.folder, needed + room.SPARE):
            raise room.shortage(f"what {archive.name} holds", self._catalog.folder, needed + room.SPARE)
        self._meter.begin(total)

    def _document(self, archive: Archive, document: ExportedDocument) -> None:
        weight = sum(_weights(archive, document))
        try:
            if not self._merge(archive, document):
                weight = self._bring(archive, document, weight)
        except ReadError as error:
            self._left_out.append((document.name, str(error)))
        self._meter.add(weight)

    def _bring(self, archive: Archive, document: ExportedDocument, weight: int) -> int:
        """Put in a document that is not there; returns how much is done by that, out of `weight`."""
        received = self._receive(archive, document)
        try:
            if self._store(archive, document, received):
                return weight
            self._enqueue(document, received, weight)
            return 0  # it counts once it was read
        finally:
            received.path.unlink(missing_ok=True)  # it was moved, unless the disk is full or the like

    def _merge(self, archive: Archive, document: ExportedDocument) -> bool:
        """Whether the library has a document with these bytes: then it comes back from the bin, gets the
        tags, and its own original back if that is lost."""
        back = self._catalog.bin.restore_bytes(document.sha256)
        with self._writing() as con:
            known = merging.document_id_of(con, document.sha256)
            if known is None or (back is None and self._catalog.bin.holds(document.sha256)):
                return False  # what the bin has is of an earlier index
            _add_tags(self._catalog, con, known, document)
        self._known += back is None
        self._back += back is not None
        if not self._catalog.originals.path(document.sha256).exists():
            received = self._receive(archive, document)
            with self._writing():
                self._catalog.originals.adopt(received.path, received.sha256)
        return True

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        """A transaction in the library that the import began in. Raises StorageError where it was emptied."""
        with self._catalog.write() as con:
            if self._catalog.settings.get("library_id") != self._library_id:
                raise StorageError("Everything in the library was deleted meanwhile, so the import ended.")
            yield con

    def _receive(self, archive: Archive, document: ExportedDocument) -> Received:
        """The original, on disk. Raises ReadError: it is not there, or not the one that was exported."""
        if archive.size_of(document.file) != document.size:
            raise ReadError(
                f"the export holds {archive.size_of(document.file):,} bytes of it, not {document.size:,}."
            )
        stream = cast("IO[bytes]", _Stream(archive.blocks(document.file)))
        received = receiving.receive(
            self._catalog.originals, document.name, stream, document.size, self._meter.check
        )
        if received.sha256 != document.sha256:
            received.path.unlink(missing_ok=True)
            raise ReadError("its bytes are not those that its SHA-256 stands for. Export it again.")
        return received

    def _store(self, archive: Archive, document: ExportedDocument, received: Received) -> bool:
        """Put a document in as the export has it; False where it has to be read anew."""
        index = archive.manifest.index
        live = None if self._is_anew else arriving.fitting(self._catalog, self._settings(), index)
        if live is None:
            return False
        try:
            rows = form.ExportedRows.model_validate_json(archive.json(form.rows_name(document.sha256)))
            self._insert(archive, document, rows, live, received)
        except NotFound:  # the index changed meanwhile
            return False
        except (DamagedFile, ValueError):
            self._damaged.add(document.sha256)
            return False
        self._added += 1
        return True

    def _insert(
        self,
        archive: Archive,
        document: ExportedDocument,
        rows: form.ExportedRows,
        live: Generation,
        received: Received,
    ) -> None:
        new = arriving.new_document(document, rows)
        name = form.vectors_name(document.sha256)
        if archive.size_of(name) != len(new.chunks) * live.model.dimension * 4:
            raise ValueError("its embeddings are not as many as its passages")
        vectors = arriving.vectors_of(b"".join(archive.blocks(name)), len(new.chunks), live.model.dimension)
        with self._writing() as con:
            self._catalog.originals.adopt(received.path, received.sha256)
            self._catalog.embeddings.put(live.model.id, [chunk.embedded for chunk in new.chunks], vectors)
            entry = arriving.entry_of(document)
            stored = self._catalog.arrivals.store(new, live.id, before=entry)
            merging.document_sources(con, stored.document_id, map(_source, document.sources))
            _add_tags(self._catalog, con, stored.document_id, document)  # it may have been in the bin

    def _enqueue(self, document: ExportedDocument, received: Received, weight: int) -> None:
        """Have a document read anew. The manifest knows its day and its tags until it is there."""
        entry = arriving.entry_of(document)
        with self._writing() as con:
            if not is_document(con, entry.sha256):  # else it is in the bin, which the manifest says
                self._catalog.originals.manifest.put([entry])
            job_id = self._catalog.jobs.enqueue(
                "add",
                entry.name,
                size=document.size,
                source=entry.source,
                sha256=entry.sha256,
                incoming=received.path if received.path.exists() else None,
                keep_both=True,
                part_of=entry.part_of,
            )
        self._jobs[job_id] = document
        self._weights[job_id] = weight

    def _wait(self) -> None:
        """Wait for what is read anew."""
        waiting = set(self._jobs)
        if waiting:
            self._meter.step(f"Reading {len(waiting)} files anew")
        while waiting:
            self._worker.wake()
            left = {job.id for job in self._catalog.jobs.by_ids(waiting) if not job.is_over}
            self._meter.add(sum(self._weights[one] for one in waiting - left))
            waiting = left
            time.sleep(_POLL_SECONDS if waiting else 0)
        self._note_what_was_read()

    def _note_what_was_read(self) -> None:
        for job in self._catalog.jobs.by_ids(self._jobs):
            document = self._jobs[job.id]
            if job.document_id is None:
                self._left_out.append((document.name, job.error or "reading it was cancelled."))
                continue
            self._read_anew.append(document.name)
            if document.sha256 in self._damaged:
                self._damaged_names.append(document.name)
            with self._writing() as con:
                if merging.document_id_of(con, document.sha256) == job.document_id:
                    merging.document_sources(con, job.document_id, map(_source, document.sources))
                    _add_tags(self._catalog, con, job.document_id, document)

    def _call_off(self) -> None:
        """Cancel what is still to be read; its bytes go, as nothing else holds them."""
        with self._catalog.write() as con:
            waiting = [job.id for job in self._catalog.jobs.by_ids(self._jobs) if not job.is_over]
            shas = [self._jobs[one].sha256 for one in waiting]
            self._catalog.originals.manifest.drop(sha for sha in shas if not is_document(con, sha))
            self._catalog.jobs.cancel(waiting)

    def _conversations(self, archive: Archive) -> None:
        try:
            found = form.ExportedConversations.model_validate_json(archive.json(form.CONVERSATIONS))
        except (DamagedFile, ValueError):
            self._left_out.append((form.CONVERSATIONS, "it is damaged: no conversation came with it."))
            return
        for talk in found.conversations:
            self._meter.check()
            with self._writing() as con:
                self._talks += talks.bring_in(con, talk)


def _add_tags(catalog: Catalog, con: apsw.Connection, document_id: str, document: ExportedDocument) -> None:
    tags = arriving.entry_of(document).tags
    if merging.lacks_tags(con, document_id, tags):
        catalog.documents.tag([document_id], tags)


def _catch_up(worker: ImportWorker, meter: Meter) -> None:
    """See that the vector index has what came: until then searches compare all passages, which gives
    slightly other scores than the index proposes."""
    meter.step("Filling the index")
    try:
        worker.sync()
    except WorkerError as error:  # the documents are in; the next worker's index follows
        log.warning("the index could not be filled after an import: %s", error)


class _Stream:
    """Blocks as an open file, as far as `receive` wants one."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def read(self, _size: int = -1) -> bytes:
        return next(self._blocks, b"")


def _weights(archive: Archive, document: ExportedDocument) -> tuple[int, int]:
    """(bytes of a document's original, of what is said of it); 0 for what is not there."""

    def size(name: str) -> int:
        return archive.sizes.get(name, 0)

    sha = document.sha256
    return size(document.file), size(form.rows_name(sha)) + size(form.vectors_name(sha))


def _source(found: ExportedSource) -> tuple[str | None, str, str | None]:
    return found.path, found.name, found.part_of
