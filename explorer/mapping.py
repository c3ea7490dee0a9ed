"""The map process, and what the library asks of a map that is drawn.

`python -m explorer.mapping FOLDER JOB DIMENSIONS` draws the map of a library for a job of its queue: it reads
the embeddings from the catalogue, lays them out, groups and names them, and keeps the result in
`catalog.layouts`. It is a process of its own because umap-learn must not run in a thread, and because its
memory comes back when it ends. `work` is how the worker runs it. The rest reads maps, needs numpy only and is
safe anywhere.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import Cancelled, ExplorerError, StorageError
from explorer.types import Atlas, Cluster, Job

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.catalog import Catalog

STEPS = 100
"""A map job counts to this; `step_name` says what is being done at each number."""
_LAID_OUT, _GROUPED = 80, 85
_NAMES = ((3, "Reading the passages"), (_LAID_OUT, "Laying them out"), (_GROUPED, "Finding subjects"))
_TRIES = 3
_PAUSE = 0.25
_KEYWORD_TEXTS = 300

OnProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the points of a map stand in their documents; row i of each array speaks of its point i.

    `document_index` is -1 (and the other numbers 0) where the passage is gone since the map was drawn.
    """

    documents: tuple[str, ...]
    """Ids of all documents, which `document_index` counts."""
    document_index: NDArray[np.int32]
    pages: NDArray[np.int32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    added: int
    """How many documents have passages, none of which is on the map: they were added since."""


def step_name(done: int) -> str:
    """What a map job that has come to `done` is doing, for people."""
    return next((name for limit, name in _NAMES if done < limit), "Naming the subjects")


def draw(catalog: Catalog, dimensions: int = 2, on_progress: OnProgress | None = None) -> Atlas:
    """Draw the map of the library as it is now and keep it. Blocks: 10 s for 5,600 passages, cold.

    Not for threads. `on_progress` gets 0 to STEPS; what it raises ends the work.

    Raises:
        StorageError: documents were removed or redone again and again while it was drawn.
    """
    report = on_progress or (lambda _: None)
    for _ in range(_TRIES):
        report(0)
        sequence = catalog.layouts.sequence()
        live = catalog.generations.live()
        atlas = _atlas(catalog, dimensions, report)
        if live is None or catalog.layouts.put(live.id, dimensions, sequence, atlas):
            report(STEPS)
            return atlas
    raise StorageError("Documents were removed while the map was drawn. Draw it again when that is over.")


def _atlas(catalog: Catalog, dimensions: int, report: OnProgress) -> Atlas:
    from explorer import clustering, labels, projection

    ids, vectors = catalog.embeddings.matrix()
    first = _NAMES[0][0]
    report(first)
    span = _LAID_OUT - first
    xy = projection.project(vectors, dimensions, on_progress=lambda share: report(first + int(span * share)))
    del vectors
    report(_LAID_OUT)
    cluster_ids = clustering.cluster(xy)
    report(_GROUPED)
    rows = labels.sample(cluster_ids)
    named = labels.label(
        {number: texts(catalog, [int(ids[row]) for row in part]) for number, part in rows.items()}
    )
    sizes = {number: int((cluster_ids == number).sum()) for number in named}
    clusters = tuple(Cluster(number, named[number], sizes[number]) for number in sorted(named))
    return Atlas(ids, xy, cluster_ids, clusters)


def places(catalog: Catalog, chunk_ids: NDArray[np.int64]) -> Places:
    """Where each of these passages stands."""
    import numpy as np

    table = catalog.chunks.table()
    row = np.searchsorted(table.ids, chunk_ids)
    row[row >= len(table.ids)] = 0
    known = table.ids[row] == chunk_ids if len(table.ids) else np.zeros(len(chunk_ids), bool)
    on_map = np.zeros(len(table.documents), bool)
    if not len(table.ids):
        empty = np.zeros(len(chunk_ids), np.int64)
        return Places((), (empty - 1).astype(np.int32), empty.astype(np.int32), empty, empty, 0)
    on_map[table.document_index[row[known]]] = True
    return Places(
        documents=table.documents,
        document_index=np.where(known, table.document_index[row], -1).astype(np.int32),
        pages=np.where(known, table.pages[row], 0).astype(np.int32),
        starts=np.where(known, table.starts[row], 0),
        ends=np.where(known, table.ends[row], 0),
        added=int((~on_map).sum()),
    )


def texts(catalog: Catalog, chunk_ids: Iterable[int]) -> list[str]:
    """The texts of these passages, in the order given; those that are gone are left out."""
    return [chunk.text for chunk in catalog.chunks.by_ids(chunk_ids)]


def keywords(
    catalog: Catalog, chosen: Sequence[int], all_ids: NDArray[np.int64], count: int = 8
) -> list[str]:
    """The words that set some passages of a map apart from its others, the strongest first.

    Reads a sample of both, so that it answers a lasso on a large map in a few tenths of a second.
    """
    import numpy as np

    from explorer import labels

    random = np.random.default_rng(0)
    picked = np.asarray(chosen, np.int64)
    others = np.setdiff1d(all_ids, picked)
    samples = [
        np.sort(random.choice(part, min(len(part), _KEYWORD_TEXTS), replace=False))
        for part in (picked, others)
    ]
    return labels.keywords(texts(catalog, samples[0].tolist()), texts(catalog, samples[1].tolist()), count)


def place(
    atlas: Atlas, neighbour_ids: NDArray[np.int64], similarity: NDArray[np.float32]
) -> tuple[float, ...]:
    """Where a query stands on a map: by its nearest passages (k,), best first, and their cosine similarities.

    Passages that are not on the map are left out. Raises ExplorerError when none is left.
    """
    import numpy as np

    from explorer import projection

    order = np.argsort(atlas.chunk_ids)
    at = np.searchsorted(atlas.chunk_ids, neighbour_ids, sorter=order)
    rows = order[np.minimum(at, max(len(order) - 1, 0))] if len(order) else np.zeros(0, np.int64)
    known = atlas.chunk_ids[rows] == neighbour_ids if len(order) else np.zeros(0, bool)
    if not known.any():
        raise ExplorerError("Nothing on the map is near this question. Draw the map again.")
    xy = projection.place(atlas.xy[rows[known]], similarity[known])
    return tuple(float(number) for number in xy)


def job(catalog: Catalog) -> Job | None:
    """The latest map job: one that waits or runs, or how the last one ended; None if there never was one."""
    jobs = catalog.jobs.list(kinds=("map",))
    return max(jobs, key=lambda one: (not one.is_over, one.id)) if jobs else None


def request(catalog: Catalog, dimensions: int = 2) -> int:
    """Queue the drawing of a map, unless one waits or runs; returns the job's id. Wake the worker after."""
    with catalog.write():
        current = job(catalog)
        if current is not None and not current.is_over:
            return current.id
        return catalog.jobs.enqueue("map", "Map", dimensions=dimensions)


# ---- the process


def work(catalog: Catalog, job_id: int, dimensions: int, should_stop: Callable[[], bool]) -> None:
    """Draw the map of a claimed job in a process of its own; note how it ended. For a thread of the worker.

    A cancelled job ends the process at once. When `should_stop` says so, the job is given back to the queue.
    """
    command = [sys.executable, "-m", "explorer.mapping", str(catalog.folder), str(job_id), str(dimensions)]
    root = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    # Its standard input is the leash: when this process dies in any way, the child reads the end and leaves.
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path}
    )
    try:
        while process.poll() is None:
            time.sleep(0.1)
            if should_stop():
                _end(process)
                catalog.jobs.give_back(job_id)
                return
            if not catalog.jobs.is_wanted(job_id):
                break
    finally:
        _end(process)
    left = catalog.jobs.get(job_id)
    if left is None or left.is_over:
        return
    if not catalog.jobs.is_wanted(job_id):
        catalog.jobs.cancelled(job_id)
    else:
        code = process.returncode
        catalog.jobs.fail(
            job_id, f"The map could not be drawn: its process ended early (code {code}). {_advice(code)}"
        )


def _advice(code: int) -> str:
    if code in (-9, 137):
        return "Most likely the memory of this machine did not suffice; close other programs and try again."
    return "Try again; the log of the background process has the details."


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def main(arguments: list[str]) -> int:
    """Draw for a job: 0 when it is drawn or was cancelled, 1 when it failed (the job says why)."""
    from explorer.catalog import Catalog

    folder, job_id, dimensions = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    threading.Thread(target=_leave_with_parent, name="leash", daemon=True).start()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # pages and questions come first; Windows has no nice
    with Catalog(folder) as catalog:
        try:
            draw(catalog, dimensions, _reporter(catalog, job_id))
        except Cancelled:
            catalog.jobs.cancelled(job_id)
        except MemoryError:
            catalog.jobs.fail(
                job_id, "The map could not be drawn: this machine has too little free memory for it."
            )
            return 1
        except ExplorerError as error:
            catalog.jobs.fail(job_id, str(error))
            return 1
        else:
            catalog.jobs.finish(job_id, "added")
    return 0


def _reporter(catalog: Catalog, job_id: int) -> OnProgress:
    """Writes progress a few times a second; raises Cancelled when the job is no longer wanted."""
    last = [0.0, -1]

    def report(done: int) -> None:
        now = time.monotonic()
        if done == last[1] or (now - last[0] < _PAUSE and done < STEPS):
            return
        last[:] = [now, done]
        if not catalog.jobs.progress(job_id, done, STEPS):
            raise Cancelled("The drawing of the map was cancelled.")

    return report


def _leave_with_parent() -> None:
    """Wait for the end of standard input, which the worker holds open; then nobody wants the map any more."""
    with contextlib.suppress(OSError, ValueError):
        while sys.stdin.buffer.read(1):
            pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
