"""One child process, seen from the parent: a request goes in, frames come out, or it is ended."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from explorer.errors import Cancelled
from explorer.readers import frames

log = logging.getLogger("explorer.readers")

POLL_SECONDS = 0.1
STARTING_SECONDS = 60.0
"""How long a fresh child may take to answer at all (a cold disk, a busy machine)."""
LAST_LINES = 20
LINE_BYTES = 2_000
_PASSED_ON = [
    "PATH",
    "HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "COVERAGE_PROCESS_START",
]
"""What a parser needs of our environment. Keys and proxies are none of its business."""


class Ended(Exception):  # noqa: N818
    """The child ended by itself or from outside. `accepted`: it had begun with the request."""

    def __init__(self, accepted: bool, status: int | None, last_words: str) -> None:
        super().__init__(f"the reading process ended with status {status}")
        self.accepted = accepted
        self.status = status
        self.last_words = last_words


class Overdue(Exception):  # noqa: N818
    """The child did not finish in time."""


class Child:
    """A running child. One request at a time; not thread-safe."""

    def __init__(self, command: Sequence[str]) -> None:
        self.requests = 0
        self._process = subprocess.Popen(  # noqa: S603  our own module
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0,
        )
        self._frames: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._threads = [
            threading.Thread(target=self._receive, daemon=True),
            threading.Thread(target=self._log, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self,
        line: bytes,
        seconds: float,
        on_page: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Sends a request and waits for its result: JSON values (an error has "error") and blobs.

        Raises Ended, Overdue or Cancelled; the child is of no use after any of them.
        """
        self.requests += 1
        try:
            stdin = cast("IO[bytes]", self._process.stdin)
            stdin.write(line)
            stdin.flush()
        except OSError:
            raise self._ended(accepted=False) from None
        deadline = time.monotonic() + seconds + (STARTING_SECONDS if self.requests == 1 else 0.0)
        accepted = False
        values: dict[str, Any] | None = None
        blobs: list[bytes] = []
        while values is None or len(blobs) < values.get("blobs", 0):
            frame = self._next(deadline, cancelled, accepted)
            if frame is None:
                continue
            kind, payload = frame
            if kind == b"A":
                accepted = True
                deadline = time.monotonic() + seconds
            elif kind == b"P":
                on_page(*json.loads(payload))
            elif kind == b"B":
                blobs.append(payload)
            else:
                values = json.loads(payload)
        return values, blobs

    def kill(self) -> None:
        """Ends the process, waits for it and for what it still had to say, and closes its pipes."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _next(
        self, deadline: float, cancelled: Callable[[], bool], accepted: bool
    ) -> tuple[bytes, bytes] | None:
        """The next frame, or None when there was none for a moment."""
        if cancelled():
            raise Cancelled("Reading was cancelled.")
        left = deadline - time.monotonic()
        if left <= 0:
            raise Overdue
        try:
            frame = self._frames.get(timeout=min(POLL_SECONDS, left))
        except queue.Empty:
            return None
        if frame is None:
            raise self._ended(accepted)
        return frame

    def _ended(self, accepted: bool) -> Ended:
        self.kill()
        return Ended(accepted, self._process.returncode, " ".join(self._last_lines))

    def _receive(self) -> None:
        pipe = cast("BinaryIO", self._process.stdout)
        try:
            while (frame := frames.read(pipe)) is not None:
                self._frames.put(frame)
        except (ValueError, OSError) as error:
            log.warning("reading process %d: %s", self.pid, error)
            with suppress(OSError):
                self._process.kill()
        self._frames.put(None)

    def _log(self) -> None:
        """What parsers print goes to the log, line by line, bounded."""
        pipe = cast("BinaryIO", self._process.stderr)
        with suppress(OSError, ValueError):
            while line := pipe.readline(LINE_BYTES):
                said = line.decode("utf-8", "replace").strip()
                if said:
                    self._last_lines.append(said)
                    log.debug("reading process %d: %s", self.pid, said)


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    root = Path(__file__).resolve().parents[2]
    inherited = os.environ.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join([str(root), *([inherited] if inherited else [])])
    environment["PYTHONIOENCODING"] = "utf-8"
    environment["PYTHONUNBUFFERED"] = "1"
    return environment
