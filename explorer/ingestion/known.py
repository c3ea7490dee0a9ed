"""What the library knows of a file: one decision, `FileStatus`, for reading, embedding and storing.

It is asked for anew at each of these moments, because the library changes while a file is read and embedded.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from explorer.errors import NotFound
from explorer.ingestion import receiving
from explorer.ingestion.prepare import name_terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from explorer.catalog import Catalog, Task
    from explorer.catalog.records import Stored
    from explorer.ingestion.shared import PipelineContext


class FileStatus:
    """What the file of a task, with these bytes, is to the library; with neither id it is simply new.

    Make one for each moment. Each part is looked up when it is first asked for.
    """

    def __init__(self, catalog: Catalog, task: Task, sha256: str) -> None:
        self._catalog = catalog
        self._task = task
        self._sha256 = sha256

    @cached_property
    def document_id(self) -> str | None:
        """The document that has exactly these bytes. Always None for a job that reads them whatever is known:
        a redo, and one that reads a document again."""
        same = (
            None
            if self._is_redo or self._task.reads_again
            else self._catalog.documents.by_sha256(self._sha256)
        )
        return None if same is None else same.id

    @cached_property
    def replaces(self) -> str | None:
        """The document that this file takes the place of: the one that a person chose, or else the one whose
        bytes stood at the file's path earlier. It may have been removed by now."""
        task = self._task
        if self._is_redo:
            return None
        if task.replaces is not None or task.keep_both or task.source is None:
            return task.replaces
        at_path = [document.id for document in self._catalog.documents.by_source(task.source)]
        return None if not at_path or self.document_id in at_path else at_path[0]

    @property
    def _is_redo(self) -> bool:
        return self._task.job.kind == "redo"


def recognise(shared: PipelineContext, task: Task, sha256: str) -> bool:
    """Whether the library has these bytes already. The job is over then. A document with these bytes that is
    in the bin comes back, unless it has to be read again.

    False too where their document was removed this very moment: the file is new.
    """
    catalog = shared.catalog
    may_be_binned = task.job.kind == "add" and not task.reads_again
    was_binned = may_be_binned and catalog.bin.restore_bytes(sha256) is not None
    if was_binned:
        shared.on_change()
    status = FileStatus(catalog, task, sha256)
    if status.document_id is None:
        return False
    stored = catalog.arrivals.recognise(
        status.document_id,
        task.job.id,
        status.replaces,
        was_binned=was_binned,
        was_damaged=catalog.verifying.settle(sha256),
    )
    if stored is not None and stored.status == "replaced":
        name_what_stays(shared.catalog, stored)
        shared.on_change()
    return stored is not None


def name_what_stays(catalog: Catalog, stored: Stored) -> None:
    """A document that goes on as another file's is listed, and found, under that file's name."""
    if stored.kept is not None:
        document_id, name = stored.kept
        document = catalog.documents.get(document_id)
        if document.name != name:
            catalog.documents.rename(document_id, name, name_terms(name, document.language))


def texts_replaced(catalog: Catalog, task: Task, sha256: str) -> set[str]:
    """The texts of the chunks that this file's chunks take the place of."""
    replaces = FileStatus(catalog, task, sha256).replaces
    if replaces is not None and not task.reads_again:
        with suppress(NotFound):  # it was removed meanwhile
            return {chunk.text for chunk in catalog.chunks.of_document(replaces)}
    return set()


def known_copy(catalog: Catalog, source: Path, check: Callable[[], None]) -> tuple[str, int] | None:
    """(SHA-256, size) of a file whose bytes the library has already, whole; None where it has to be copied.

    Found without copying it once more. `check` raises to stop.
    """
    size = source.stat().st_size if source.is_file() else -1
    if not any(document.size == size for document in catalog.documents.by_source(str(source))):
        return None
    sha256 = receiving.digest_of(source, check)
    return (sha256, size) if catalog.verifying.is_whole(sha256) else None
