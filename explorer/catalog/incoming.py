"""`files/.incoming`: what is still arriving, and whether somebody is still writing it.

Every name begins with a token of the writer that made it. A writer holds the lock `files/.writers/<token>`
for as long as it lives, which the system lets go with the process: a file whose writer is gone is nobody's.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_KEPT_SECONDS = 60.0
"""How old a lock is before it is taken away: a younger one may be about to be held."""


class Incoming:
    """`originals.arriving`: files on their way in, of this writer and of others."""

    def __init__(self, files: Path) -> None:
        self.folder = files / ".incoming"
        self._writers = files / ".writers"
        self._token = secrets.token_hex(6)
        self._lock: FileLock | None = None
        self._guard = threading.Lock()

    def new(self) -> Path:
        """A name for a file that is about to arrive. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._guard:
            if self._lock is None:
                self._writers.mkdir(exist_ok=True)
                lock = FileLock(self._writers / self._token, timeout=0, thread_local=False)
                lock.acquire()
                self._lock = lock
        return self.folder / f"{self._token}-{secrets.token_hex(8)}"

    def abandoned(self) -> list[Path]:
        """Files whose writer is gone."""
        if not self.folder.is_dir():
            return []
        alive: dict[str, bool] = {self._token: True}
        found = []
        for path in sorted(self.folder.iterdir()):
            token, dash, _ = path.name.partition("-")
            if not dash:
                continue  # made by an earlier version: it goes when it is a day old
            if token not in alive:
                alive[token] = self._is_alive(token)
            if not alive[token]:
                found.append(path)
        return found

    def sweep(self) -> list[Path]:
        """Delete what nobody writes any more; returns what is gone."""
        gone = []
        for path in self.abandoned():
            with suppress(OSError):  # held open by another program: it goes with the next sweep
                path.unlink(missing_ok=True)
                gone.append(path)
        return gone

    def close(self) -> None:
        """Give up what has not arrived: the next sweep takes it."""
        with self._guard:
            if self._lock is not None:
                with suppress(OSError):
                    (self._writers / self._token).unlink(missing_ok=True)
                self._lock.release()
                self._lock = None

    def _is_alive(self, token: str) -> bool:
        path = self._writers / token
        try:
            is_old = time.time() - path.stat().st_mtime > _KEPT_SECONDS
        except FileNotFoundError:
            return False
        lock = FileLock(path, timeout=0)
        try:
            with lock:
                if is_old:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
        except Timeout:
            return True
        except OSError:
            return True  # it cannot be told; a day later the file goes
        return False
