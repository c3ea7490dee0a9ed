"""The map process: `python -m explorer.maps FOLDER JOB DIMENSIONS` draws the map of a library for a job."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import processes
from explorer.errors import Cancelled, ExplorerError
from explorer.maps.drawing import STEPS, OnProgress, draw

if TYPE_CHECKING:
    from explorer.catalog import Catalog

_PAUSE = 0.25


def main(arguments: list[str]) -> int:
    """Draw for a job: 0 when it is drawn or was cancelled, 1 when it failed (the job says why)."""
    from explorer.catalog import Catalog

    folder, job_id, dimensions = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    processes.leave_with_parent()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # pages and questions come first; Windows has no nice
    with Catalog(folder) as catalog:
        try:
            draw(catalog, dimensions, _reporter(catalog, job_id))
        except Cancelled:
            catalog.work.cancelled(job_id)
        except MemoryError:
            catalog.work.fail(
                job_id, "The map could not be drawn: this machine has too little free memory for it."
            )
            return 1
        except ExplorerError as error:
            catalog.work.fail(job_id, str(error))
            return 1
        else:
            catalog.work.finish(job_id, "added")
    return 0


def _reporter(catalog: Catalog, job_id: int) -> OnProgress:
    """Writes progress a few times a second; raises Cancelled when the job is no longer wanted."""
    last = [0.0, -1]

    def report(done: int) -> None:
        now = time.monotonic()
        if done == last[1] or (now - last[0] < _PAUSE and done < STEPS):
            return
        last[:] = [now, done]
        if not catalog.work.progress(job_id, done, STEPS):
            raise Cancelled("The drawing of the map was cancelled.")

    return report


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
