"""How a job ends when something goes wrong: what its row says, and that the queue goes on."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from explorer.errors import Cancelled, DiskFull, ExplorerError, NotFound, PasswordNeeded, StorageError
from explorer.ingestion.progress import Leaving

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.catalog import Catalog, Task
    from explorer.ingestion.shared import PipelineContext
    from explorer.types import Job

log = logging.getLogger(__name__)

_FULL_SECONDS = 2.0
"""How long to wait on a full disk before writing is tried once more."""


def guarded(shared: PipelineContext, task: Task, work: Callable[[], None]) -> None:
    """Do the work of a task; whatever it raises ends this job and no other.

    Where the disk has no room, the job waits for it; files that fit go on.
    """
    try:
        work()
        shared.held.forget(task.job.id)
    except Exception as error:  # noqa: BLE001  (one file's failure never ends the queue)
        shared.waste.set()
        settle(shared, task, error)


def settle(shared: PipelineContext, task: Task, error: Exception) -> None:
    """Write down how a job ended; on a full disk, as soon as there is room for that.

    Until then whoever looks at the queue is told by the disk itself (`room.seen`).
    """
    while True:
        try:
            if isinstance(error, DiskFull) and not shared.stopping.is_set():
                shared.catalog.work.give_back(task.job.id, shared.held.hold(task.job))
            else:
                _write_down(shared.catalog, task, error, is_stopping=shared.stopping.is_set())
                shared.held.forget(task.job.id)
            return
        except StorageError as obstacle:
            log.warning("the end of a job cannot be written down: %s", obstacle)
            if shared.stopping.wait(_FULL_SECONDS):
                return


def _write_down(catalog: Catalog, task: Task, error: Exception, *, is_stopping: bool) -> None:
    work, job = catalog.work, task.job
    if isinstance(error, Leaving) or (isinstance(error, ExplorerError) and is_stopping):
        work.give_back(job.id)
    elif isinstance(error, Cancelled) or (isinstance(error, NotFound) and job.kind == "redo"):
        work.cancelled(job.id)
    elif isinstance(error, NotFound):
        work.give_back(job.id)  # the index was replaced meanwhile: the file is prepared for the new one
    elif isinstance(error, ExplorerError):
        work.fail(job.id, _named(job, error), needs_password=isinstance(error, PasswordNeeded))
    else:
        kind = type(error).__name__
        # Not the error's own message, which may hold words of the document.
        log.error("a file failed (%s)\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))
        work.fail(job.id, f"{job.name} could not be added: the program failed ({kind}). Please report this.")


def _named(job: Job, error: Exception) -> str:
    """What an error says, with the file's name where it does not say that itself."""
    text = str(error)
    return text if job.name in text else f"{job.name}: {text}"
