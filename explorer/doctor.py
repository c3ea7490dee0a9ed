"""Do catalogue, keyword rows, embeddings, vector index and files agree? Mends what can be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import ExplorerError, StorageError
from explorer.ingestion import receiving
from explorer.types import Report

if TYPE_CHECKING:
    from explorer.catalog import Catalog, Generation
    from explorer.worker.client import WorkerClient


def examine(catalog: Catalog, client: WorkerClient, *, repair: bool, notes: tuple[str, ...] = ()) -> Report:
    """The report of `Library.doctor`; with `repair`, what can be mended is mended first.

    Everything is read once. While files are being taken in, that is a moment in the midst of it.
    """
    repaired = catalog.remake() if repair else []
    lacking = catalog.lacking()
    if lacking:
        return Report(tuple(lacking), tuple(repaired), {}, notes)
    repaired += _repair(catalog, client) if repair else []
    check = catalog.check()
    problems = list(check.problems)
    counts = dict(check.counts)
    counts["index_vectors"] = 0
    for generation in catalog.generations.all():
        problems += _compare(catalog, client, generation, counts)
    waiting = receiving.stale(catalog.originals)
    if waiting:
        problems.append(f"{len(waiting)} uploads were begun more than a day ago and never taken in.")
    if not catalog.jobs.has_work(("add", "redo")):
        unused = catalog.embeddings.unneeded()
        if unused:
            problems.append(f"{unused} embeddings belong to no passage.")
    if not problems:
        notes += _drop_copies(catalog)
    return Report(tuple(problems), tuple(repaired), counts, notes)


def _drop_copies(catalog: Catalog) -> tuple[str, ...]:
    """A line for each copy from before an upgrade: the library is whole, so it is not needed any more."""
    try:
        return tuple(f"Deleted {name}, kept from before an upgrade." for name in catalog.drop_copies())
    except StorageError as error:
        return (str(error),)


def _compare(
    catalog: Catalog, client: WorkerClient, generation: Generation, counts: dict[str, int]
) -> list[str]:
    """What is wrong with the index of a generation, in words; its vectors are added to `counts`.

    The ids in the index are compared with those of the chunks.
    """
    import numpy as np

    try:
        client.sync()
        indexed = client.index_ids(generation.id)
    except ExplorerError as error:
        return [f"The vector index cannot be read: {error}"]
    parts = [ids for ids, _ in catalog.embeddings.of_generation(generation.id)]
    stored = np.concatenate(parts) if parts else np.empty(0, np.int64)
    counts["index_vectors"] += len(indexed)
    missing = len(np.setdiff1d(stored, indexed))
    extra = len(np.setdiff1d(indexed, stored))
    problems = []
    if missing:
        problems.append(f"The vector index lacks {missing} passages.")
    if extra:
        problems.append(f"The vector index holds {extra} passages that no longer exist.")
    return problems


def _repair(catalog: Catalog, client: WorkerClient) -> list[str]:
    """What was mended, in words, a line each."""
    repaired = []
    dropped = receiving.drop_stale(catalog.originals)
    if dropped:
        repaired.append(f"Deleted {len(dropped)} uploads that nobody waits for.")
    swept = catalog.originals.sweep()
    if swept:
        repaired.append(f"Deleted {len(swept)} files that belong to no document.")
    if not catalog.jobs.has_work(("add", "redo")):
        unused = catalog.embeddings.gc()
        if unused:
            repaired.append(f"Deleted {unused} embeddings that belong to no passage.")
    before: dict[str, int] = {"index_vectors": 0}
    if any(_compare(catalog, client, generation, before) for generation in catalog.generations.all()):
        client.rebuild()
        repaired.append("Filled the vector index again from the catalogue.")
    if not catalog.tidy():
        repaired.append("Removed words of removed documents from the log.")
    return repaired
