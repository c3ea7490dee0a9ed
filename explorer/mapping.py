"""The map process: lays a library out, finds its subjects and names them.

`python -m explorer.mapping FOLDER JOB DIMENSIONS` draws the map of a library for a job of its queue: it reads
the embeddings from the catalogue, lays them out, groups and names them, and keeps the result in
`catalog.layouts`. It is a process of its own because umap-learn must not run in a thread, and because its
memory comes back when it ends. `Drawer` is how the worker runs it, `explorer.maps` what reads the result.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import Cancelled, ExplorerError, StorageError
from explorer.processes import ONE_THREAD
from explorer.types import Atlas, Cluster

if TYPE_CHECKING:
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

STEPS = 100
"""A map job counts to this; `step_name` says what is being done at each number."""
_LAID_OUT, _GROUPED = 80, 85
_NAMES = ((3, "Reading the passages"), (_LAID_OUT, "Laying them out"), (_GROUPED, "Finding subjects"))
_TRIES = 3
_PAUSE = 0.25
_LOOK_SECONDS = 1.0
"""How soon a job is seen that another process queued and nobody told of."""

OnProgress = Callable[[int], None]


def step_name(done: int) -> str:
    """What a map job that has come to `done` is doing, for people."""
    return next((name for limit, name in _NAMES if done < limit), "Naming the subjects")


def draw(catalog: Catalog, dimensions: int = 2, on_progress: OnProgress | None = None) -> Atlas:
    """Draw the map of the library as it is now and keep it. Blocks: 14 s for 5,200 passages, cold.

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
    same = projection.same(vectors)
    del vectors
    report(_LAID_OUT)
    cluster_ids = clustering.cluster(xy, same)
    report(_GROUPED)
    rows = labels.sample(cluster_ids)
    named = labels.label(
        {number: texts(catalog, [int(ids[row]) for row in part]) for number, part in rows.items()}
    )
    sizes = {number: int((cluster_ids == number).sum()) for number in named}
    clusters = tuple(Cluster(number, named[number], sizes[number]) for number in sorted(named))
    return Atlas(ids, xy, cluster_ids, clusters)


def texts(catalog: Catalog, chunk_ids: Iterable[int]) -> list[str]:
    """The texts of these passages, in the order given; those that are gone are left out."""
    return [chunk.text for chunk in catalog.chunks.by_ids(chunk_ids)]


class Drawer:
    """The worker's part: a thread that takes map jobs from the queue, one at a time, and has them drawn."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="maps", daemon=True)

    def start(self) -> None:
        """Begin. A map that a killed worker left is drawn again."""
        self._catalog.jobs.requeue_abandoned(("map",))
        self._thread.start()

    def wake(self) -> None:
        """There may be a job: look now."""
        self._wake.set()

    def stop(self, seconds: float = 5.0) -> None:
        """End; a map that is being drawn goes back to the queue."""
        self._stop.set()
        self._wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                task = self._catalog.jobs.claim(f"maps {os.getpid()}", ("map",))
                if task is not None:
                    work(self._catalog, task.job.id, task.dimensions or 2, self._stop.is_set)
                    continue
            except StorageError as error:
                log.warning("maps wait: %s", error)
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()


# ---- the process


def work(catalog: Catalog, job_id: int, dimensions: int, should_stop: Callable[[], bool]) -> None:
    """Draw the map of a claimed job in a process of its own; note how it ended. For a thread of the worker.

    A cancelled job ends the process at once. When `should_stop` says so, the job is given back to the queue.
    """
    command = [sys.executable, "-m", "explorer.mapping", str(catalog.folder), str(job_id), str(dimensions)]
    root = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    # It multiplies large matrices, unlike the worker: NumPy's threads are of use to it.
    environment = {name: value for name, value in os.environ.items() if (name, value) != ONE_THREAD}
    # Its standard input is the leash: when this process dies in any way, the child reads the end and leaves.
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={**environment, "PYTHONPATH": path}
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
    # Not through sys.stdin: a thread that waits in it makes the interpreter abort when it ends.
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
