"""Word from the system that something in a folder changed, so that nobody waits for the next look.

It is a hint and nothing more: disks of other machines give none, and where the system has no room for more
folders there is none either. Folders are named one by one, so that no link is followed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)

MOST_FOLDERS = 2_000
"""With more folders than this in all, the looks alone have to do."""
_STEP_MS, _TIMEOUT_MS = 200, 500


class Alarm:
    """Calls `ring` when something changes in the folders that were named last."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._folders: frozenset[str] = frozenset()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed = False

    @property
    def is_on(self) -> bool:
        """Whether word comes from the system."""
        return self._thread is not None and self._thread.is_alive() and not self._failed

    def set(self, folders: Iterable[str]) -> None:
        """Listen to these folders and no others."""
        wanted = frozenset(folders)
        if wanted == self._folders and (self.is_on or self._failed or not wanted):
            return
        self.close()
        self._folders, self._failed = wanted, False
        if not wanted or len(wanted) > MOST_FOLDERS:
            return
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._listen, args=(sorted(wanted), self._stop), name="alarm", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Listen to nothing."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_TIMEOUT_MS / 1000 + 1)
        self._thread, self._folders = None, frozenset()

    def _listen(self, folders: list[str], stop: threading.Event) -> None:
        import watchfiles

        try:
            for _ in watchfiles.watch(
                *folders,
                watch_filter=None,
                stop_event=stop,
                step=_STEP_MS,
                rust_timeout=_TIMEOUT_MS,
                raise_interrupt=False,
                recursive=False,
                ignore_permission_denied=True,
            ):
                self._ring()
        except (OSError, RuntimeError, ValueError) as error:
            # A folder that went a moment ago, or no room for more: the looks go on by the clock.
            log.info("no word from the system about folders (%s)", type(error).__name__)
            self._failed = True
            self._ring()
