"""Files that come out of a file while it is read: each is stored and queued at once, in the order found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from explorer.errors import Cancelled
from explorer.ingestion import receiving

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from explorer.catalog import Catalog, Task
    from explorer.ingestion.receiving import Received

_AT_ONCE = 100
"""The most files that are queued in one transaction: small ones share it, for a commit waits for the disk."""
_SECONDS = 0.5
"""How long the first of them waits for others at most."""


class Unpacking:
    """The files within one file on their way into the queue.

    `queued(job id)` is called for each that is. A kill loses nothing: the file is opened again from its
    beginning, and what has a job already gets no second one.
    """

    def __init__(
        self,
        catalog: Catalog,
        task: Task,
        max_bytes: int,
        check: Callable[[], None],
        queued: Callable[[int], None],
    ) -> None:
        self._catalog = catalog
        self._task = task
        self._max_bytes = max_bytes
        self._check = check
        self._queued = queued
        self._waiting: list[tuple[str, Received]] = []
        self._since = 0.0

    def take(self, name: str, blocks: Iterator[bytes]) -> None:
        """Store one file. For `ReaderPool.read(on_part=...)`.

        Raises:
            ReadError: it is larger than a file may be.
            StorageError: the disk is full or cannot be written.
            Cancelled, Leaving: the whole file is not wanted any more.
        """
        file = cast("IO[bytes]", _Blocks(blocks))
        received = receiving.receive(self._catalog.originals, name, file, self._max_bytes, self._check)
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((name, received))
        if len(self._waiting) >= _AT_ONCE or time.monotonic() - self._since > _SECONDS:
            self.flush()

    def flush(self) -> None:
        """Queue what was stored."""
        job_ids = []
        try:
            with self._catalog.write():
                for name, received in self._waiting:
                    job_ids.append(
                        self._catalog.work.enqueue_part(
                            self._task.job.id, name, received.sha256, received.size, received.path
                        )
                    )
        finally:
            self._drop()
        for job_id in job_ids:
            self._queued(job_id)

    def end(self) -> None:
        """Queue the last ones, also where the file turned out to be damaged behind them."""
        try:
            if self._waiting:
                self.flush()
        except Cancelled:
            pass  # whoever reads on finds out as well
        finally:
            self._drop()

    def _drop(self) -> None:
        """Delete what was stored and not queued."""
        for _, received in self._waiting:
            received.path.unlink(missing_ok=True)
        self._waiting.clear()


class _Blocks:
    """Blocks as a file that is read from the beginning to the end, one block at a time."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def read(self, size: int) -> bytes:  # noqa: ARG002  (blocks are smaller)
        return next(self._blocks, b"")
