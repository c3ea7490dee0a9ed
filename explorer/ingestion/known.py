"""What the library knows of a file: one decision, `look`, which reading, embedding and storing all go by.

It is asked for anew at each of these moments, because the library changes while a file is read and embedded.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.errors import NotFound
from explorer.ingestion import receiving
from explorer.ingestion.prepare import name_terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from explorer.catalog import Catalog, Task
    from explorer.catalog.records import Stored
    from explorer.ingestion.shared import Shared


@dataclass(frozen=True, slots=True)
class Standing:
    """What a file is to the library at one moment; with neither id it is simply new."""

    document_id: str | None = None
    """The document that has exactly these bytes. Always None for a redo, which reads them whatever is
    known."""
    replaces: str | None = None
    """The document that this file takes the place of: the one that a person chose, or else the one whose
    bytes stood at the file's path earlier."""


def look(catalog: Catalog, task: Task, sha256: str) -> Standing:
    """What the file of a task, with these bytes, is to the library now."""
    if task.job.kind == "redo":
        return Standing()
    same_bytes = catalog.documents.by_sha256(sha256)
    return Standing(
        document_id=None if same_bytes is None else same_bytes.id,
        replaces=_replaced_by(catalog, task, sha256),
    )


def recognise(shared: Shared, task: Task, sha256: str) -> bool:
    """Whether the library has these bytes already. The job is over then.

    False too where their document was removed this very moment: the file is new.
    """
    standing = look(shared.catalog, task, sha256)
    if standing.document_id is None:
        return False
    stored = shared.catalog.arrivals.recognise(standing.document_id, task.job.id, standing.replaces)
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
    replaces = look(catalog, task, sha256).replaces
    if replaces is not None:
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


def _replaced_by(catalog: Catalog, task: Task, sha256: str) -> str | None:
    if task.replaces is not None or task.keep_both or task.source is None:
        return task.replaces
    documents = catalog.documents.by_source(task.source)
    if any(catalog.documents.sha256(one.id) == sha256 for one in documents):
        return None
    return documents[0].id if documents else None
