"""Do catalogue, keyword rows, embeddings, vector index and files agree? Mends what can be mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from explorer import libraries
from explorer.catalog import FILE_NAME, lost
from explorer.catalog.check import counted
from explorer.errors import ExplorerError, StorageError
from explorer.ingestion import receiving, restoring
from explorer.types import Report
from explorer.watching.folders import unreadable
from explorer.wordvectors.kept import said_of as word_vectors

__all__ = ["OnStep", "examine", "restore"]

_GROUPS = 10
"""Groups of documents that are nearly the same are named up to this many."""
OnStep = Callable[[str, int, int], None]
"""Told what is being done, in words, how much of it is done, and how much there is."""

if TYPE_CHECKING:
    from pathlib import Path

    from explorer.catalog import Catalog, Generation
    from explorer.ingestion.restoring import Restored
    from explorer.models import Models
    from explorer.worker.client import WorkerClient


def examine(
    catalog: Catalog,
    client: WorkerClient,
    repair: bool = False,
    verify: bool = False,
    models: Models | None = None,
    *,
    on_step: OnStep | None = None,
) -> Report:
    """The report of `Library.doctor`; with `repair`, what can be mended is mended first.

    With `verify` all that is kept of every document is compared with what was stored, before anything is
    mended; `on_step` is told how far that is, and may raise to stop. While files are being
    taken in, that is a moment in the midst of it.
    """
    notes = (*models.explain(is_brief=True), *models.explain_ocr(is_brief=True)) if models else ()
    notes += tuple(word_vectors(catalog))
    explained = (*models.explain(), *models.explain_ocr()) if models else ()
    repaired = catalog.remake() if repair else []
    lacking = catalog.lacking()
    if lacking:
        return Report(tuple(lacking), tuple(repaired), {}, notes, models=explained)
    if verify:
        catalog.verifying.all(None if on_step is None else partial(on_step, "Comparing documents"))
    repaired += _repair(catalog, client) if repair else []
    check = catalog.check()
    counts = dict(check.counts)
    counts["index_vectors"] = 0
    mendable = []
    for generation in catalog.generations.all():
        mendable += _compare(catalog, client, generation, counts)
    mendable += _left_over(catalog)
    damaged = catalog.verifying.known()
    names = [one.name for one in catalog.verifying.changed()]
    mendable += _changed([name for name in names if name not in damaged])
    lost = _changed_with_original([name for name in names if name in damaged])
    problems = (*check.problems, *_damaged(damaged), *lost, *unreadable(catalog), *mendable)
    if not problems:
        notes += (*_drop_copies(catalog), *_alike(catalog))
    is_mendable = check.is_mendable or bool(mendable)
    return Report(problems, tuple(repaired), counts, notes, is_mendable, explained)


def _damaged(names: Sequence[str]) -> list[str]:
    """What is wrong with the bytes of these originals, in words: no repair brings those back."""
    if not names:
        return []
    add = (
        "this file again: it takes the place of its damaged original"
        if len(names) == 1
        else "these files again: each takes the place of its damaged original"
    )
    number = counted(len(names), "original")
    return [f"The bytes of {number} have changed on the disk: {_named(names)}. Add {add}."]


def _left_over(catalog: Catalog) -> list[str]:
    """What nothing needs, and what the list of names lacks, in words; `_repair` mends it."""
    problems = []
    waiting = receiving.stale(catalog.originals)
    if waiting:
        problems.append(
            f"Nobody waits for {counted(len(waiting), 'file')} in {catalog.originals.incoming}, never taken "
            "in. The next opening, removal or `doctor --repair` deletes what nobody waits for."
        )
    unlisted = catalog.originals.missing_in_manifest()
    if unlisted:
        problems.append(
            "The list of names beside the originals (files/manifest.jsonl) lacks "
            f"{counted(unlisted, 'document')}."
        )
    if not catalog.jobs.has_work(("add", "redo")):
        unused = catalog.embeddings.unneeded()
        if unused:
            problems.append(f"No passage needs {counted(unused, 'embedding')}.")
        unshown = catalog.picture_vectors.unneeded()
        if unshown:
            problems.append(f"No document has the pictures of {counted(unshown, 'picture vector')}.")
    return problems


def _changed(names: Sequence[str]) -> list[str]:
    """What is said of documents of which something but the original has changed on the disk."""
    if not names:
        return []
    again = "it" if len(names) == 1 else "them"
    return [
        f"What is kept of {_named(names)} has changed on the disk; `doctor --repair` reads {again} again "
        "from the original."
    ]


def _changed_with_original(names: Sequence[str]) -> list[str]:
    """What is said of documents of which the original has changed as well: no repair brings those back."""
    if not names:
        return []
    return [
        f"What is kept of {_named(names)} has changed on the disk, and the original too. Add the file again, "
        "then run `doctor --repair`."
    ]


def _alike(catalog: Catalog) -> tuple[str, ...]:
    """A line for each group of documents that are nearly the same, the largest groups first."""
    from explorer.search.corpus import CorpusFollower
    from explorer.search.duplicates.documents import AlikeFollower

    groups = AlikeFollower(catalog).of(CorpusFollower(catalog).now())
    lines = [f"Nearly the same: {_named([one.name for one in group.documents])}." for group in groups]
    left = len(lines) - _GROUPS
    more = (f"Nearly the same: {counted(left, 'more group')} of documents.",) if left > 0 else ()
    return (*lines[:_GROUPS], *more)


def _drop_copies(catalog: Catalog) -> tuple[str, ...]:
    """A line for each copy from before an upgrade: the library is whole, so it is not needed any more."""
    try:
        return tuple(f"Deleted {name}, kept from before an upgrade." for name in catalog.drop_copies())
    except StorageError as error:
        return (str(error),)


def restore(folder: Path) -> Restored | None:
    """Queue the originals of a library whose catalogue is lost; None where it is not. For `CatalogLost`.

    Open the library afterwards: its worker adds them.

    Raises StorageError, ReadError.
    """
    if lost.find(folder / FILE_NAME) is None:
        return None
    with libraries.without_worker(folder):
        return restoring.restore(folder)


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
        problems.append(f"The vector index lacks {counted(missing, 'passage')}.")
    if extra:
        problems.append(
            f"The vector index holds {counted(extra, 'passage')} that the catalogue does not have."
        )
    return problems


def _repair(catalog: Catalog, client: WorkerClient) -> list[str]:
    """What was mended, in words, a line each."""
    repaired = []
    dropped = receiving.drop_stale(catalog.originals)
    if dropped:
        repaired.append(f"Deleted {counted(len(dropped), 'file')}, never taken in.")
    again = restoring.queue_orphans(catalog)
    if again:
        client.wake()
        repaired.append(f"Queued originals that belong to no document to be added again: {_named(again)}.")
    aside = catalog.originals.set_aside(catalog.originals.orphans())
    if aside:
        repaired.append(
            f"Set aside files that belong to no document, in {catalog.originals.attic.folder}: "
            f"{_named(list(aside.values()))}. `doctor --empty-attic` deletes what lies there."
        )
    if catalog.originals.sync_manifest():
        repaired.append("Wrote the list of names beside the originals again.")
    if not catalog.jobs.has_work(("add", "redo")):
        unused = catalog.embeddings.gc()
        if unused:
            repaired.append(f"Deleted {counted(unused, 'embedding')} that no passage needs.")
        unshown = catalog.picture_vectors.gc()
        if unshown:
            repaired.append(f"Deleted {counted(unshown, 'picture vector')} whose picture no document has.")
    before: dict[str, int] = {"index_vectors": 0}
    if any(_compare(catalog, client, generation, before) for generation in catalog.generations.all()):
        client.rebuild()
        repaired.append("Filled the vector index again from the catalogue.")
    if not catalog.tidy():
        repaired.append("Removed words of removed documents from the log.")
    changed = restoring.queue_changed(catalog)
    if changed:
        client.wake()
        repaired.append(
            f"Queued documents that have changed on the disk to be read again: {_named(changed)}."
        )
    return repaired


def _named(names: Sequence[str], limit: int = 20) -> str:
    """Names in a row; of many, the first ones and how many more."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
