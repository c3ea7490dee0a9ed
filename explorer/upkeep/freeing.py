"""Room that nothing needs goes back to the disk, while pages, commands and the worker go on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer import doctor, stores
from explorer.catalog import copies, free_pages
from explorer.catalog.check import counted
from explorer.doctor import OnStep
from explorer.ingestion import receiving
from explorer.upkeep import space

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.worker.client import WorkerClient

_LOOK_SECONDS = 0.25
CATALOGUE, INDEX = "Giving back empty pages of the catalogue", "Filling the vector index again"


@dataclass(frozen=True, slots=True)
class Freed:
    """How many bytes the folder takes less now, and what was done, in words, a line each."""

    octets: int
    done: tuple[str, ...]


def free(catalog: Catalog, client: WorkerClient, on_step: OnStep) -> Freed:
    """See `Upkeep.free`. Each step is done or not done, whatever kills it."""
    before = space.total(catalog.folder)
    done = []
    dropped = receiving.drop_stale(catalog.originals)
    if dropped:
        done.append(f"Deleted {counted(len(dropped), 'file')}, never taken in.")
    if not catalog.jobs.has_work(("add", "redo")):
        unused = catalog.embeddings.gc()
        if unused:
            done.append(f"Deleted {counted(unused, 'embedding')} that no passage needs.")
    if copies.beside(catalog.path):
        done += doctor.examine(catalog, client, repair=False).notes  # which deletes them if all is well
    if space.dead_share(catalog):
        _fill_again(catalog, client, on_step)
        done.append("Filled the vector index again, without what was removed.")
    if free_pages.free_bytes(catalog.database):
        free_pages.give_back(catalog.database, lambda some, all_: on_step(CATALOGUE, some, all_))
        done.append("Gave back empty pages of the catalogue.")
    catalog.database.forget()
    return Freed(max(0, before - space.total(catalog.folder)), tuple(done))


def _fill_again(catalog: Catalog, client: WorkerClient, on_step: OnStep) -> None:
    """Have the worker make the index anew; searches compare passages one by one meanwhile."""
    last, store = catalog.changes.last(), client.store().store
    with ThreadPoolExecutor(1) as waiter:
        filling = waiter.submit(client.rebuild)
        while not filling.done():
            on_step(INDEX, min(last, stores.filled(catalog.folder / store)), last)
            time.sleep(_LOOK_SECONDS)
        filling.result()
    on_step(INDEX, last, last)
