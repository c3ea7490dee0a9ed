"""Runs the worker of one folder: `python -m explorer.worker FOLDER`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from explorer.embedding.registry import OFFLINE
from explorer.errors import ExplorerError
from explorer.worker import place, protocol
from explorer.worker.worker import Worker

if TYPE_CHECKING:
    from types import FrameType


log = logging.getLogger("explorer.worker")

_LOCK_SECONDS = 15.0
_OFFLINE = {
    **OFFLINE,
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "true",
}


def main(arguments: list[str]) -> int:
    """Run the worker of one folder; 0 also when another one is there already."""
    folder = Path(arguments[0]).resolve()
    os.environ.update(_OFFLINE)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # A query gets the interpreter from a busy ingestion at once; the default is to wait 5 ms each time.
    sys.setswitchinterval(0.0005)
    at = place.place_of(folder)
    try:
        at.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.error("%s cannot be written, and %s cannot be made: %s", folder, at, error.strerror)
        return 1
    lock = FileLock(at / protocol.LOCK_FILE)
    if not _acquire(lock, folder):
        return 0
    try:
        worker = Worker(folder)

        def stop(_: int, __: FrameType | None) -> None:
            worker.leave()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker.run()
    except ExplorerError as error:
        log.error("%s", error)
        return 1
    finally:
        lock.release()
    logging.shutdown()
    # Threads that wait for clients or for torch must not keep a process that has closed everything.
    os._exit(0)


def _acquire(lock: FileLock, folder: Path) -> bool:
    """Take the lock; a predecessor that is leaving is waited for, one that serves is not."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while time.monotonic() < deadline:
        try:
            lock.acquire(timeout=0.2)
            return True
        except Timeout:
            if protocol.read_address(folder) is not None:
                return False
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
