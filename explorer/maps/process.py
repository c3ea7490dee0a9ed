"""How the worker has maps drawn: in a process of its own, one at a time.

umap-learn must not run in a thread, and the memory that it takes comes back when the process ends. The
process (`__main__`) reads the embeddings from the catalogue and keeps the map in `catalog.layouts`.
"""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer import processes
from explorer.background import WaitingWork

if TYPE_CHECKING:
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""How soon a job is seen that another process queued and nobody told of."""


class Drawer(WaitingWork):
    """The worker's part: a thread that takes map jobs from the queue, one at a time, and has them drawn.

    A map that is being drawn when it is stopped goes back to the queue.
    """

    def __init__(self, catalog: Catalog) -> None:
        super().__init__("maps", _LOOK_SECONDS, "maps wait")
        self._catalog = catalog

    def start(self) -> None:
        """Begin. A map that a killed worker left is drawn again."""
        self._catalog.work.requeue_abandoned(("map",))
        super().start()

    def _work(self) -> bool:
        task = self._catalog.work.claim(f"maps {os.getpid()}", ("map",))
        if task is None:
            return False
        work(self._catalog, task.job.id, task.dimensions or 2, self._stop.is_set)
        return True


def work(catalog: Catalog, job_id: int, dimensions: int, should_stop: Callable[[], bool]) -> None:
    """Draw the map of a claimed job in a process of its own; note how it ended. For a thread of the worker.

    A cancelled job ends the process at once. When `should_stop` says so, the job is given back to the queue.
    """
    process = _drawing(catalog, job_id, dimensions)
    try:
        while process.poll() is None:
            time.sleep(0.1)
            if should_stop():
                _end(process)
                catalog.work.give_back(job_id)
                return
            if not catalog.work.is_wanted(job_id):
                break
    finally:
        _end(process)
    left = catalog.jobs.get(job_id)
    if left is None or left.is_over:
        return
    if not catalog.work.is_wanted(job_id):
        catalog.work.cancelled(job_id)
    else:
        code = process.returncode
        catalog.work.fail(
            job_id, f"The map could not be drawn: its process ended early (code {code}). {_advice(code)}"
        )


def _drawing(catalog: Catalog, job_id: int, dimensions: int) -> subprocess.Popen[bytes]:
    """The process that draws, just started."""
    # It multiplies large matrices, unlike the worker: NumPy's threads are of use to it.
    environment = {name: value for name, value in os.environ.items() if (name, value) != processes.ONE_THREAD}
    # Its standard input is the leash: when this process dies in any way, the child reads the end and leaves.
    return processes.start(
        processes.module_command("explorer.maps", str(catalog.folder), str(job_id), str(dimensions)),
        environment=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
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
