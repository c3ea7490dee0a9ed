"""One child process, seen from the parent: a request goes in, frames come out, or it is ended."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import IO, Any, BinaryIO, cast

from explorer import processes
from explorer.errors import Cancelled
from explorer.readers.process import frames

log = logging.getLogger("explorer.readers")

POLL_SECONDS = 0.1
STARTING_SECONDS = 60.0
"""How long a fresh child may take to answer at all (a cold disk, a busy machine)."""
FRAMES_AHEAD = 32
"""At most this many frames are kept for the parent; a child that is faster waits."""
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
"""Environment variables that a parser needs. Keys and proxies are not among them."""


class Ended(Exception):  # noqa: N818
    """The child ended by itself or from outside. `accepted`: it had begun with the request."""

    def __init__(self, accepted: bool, status: int | None, last_words: str) -> None:
        super().__init__(f"the reading process ended with status {status}")
        self.accepted = accepted
        self.status = status
        self.last_words = last_words


class Overdue(Exception):  # noqa: N818
    """The child did not finish in time."""


class Dropped(Exception):  # noqa: N818
    """A file within the file turned out to be damaged while it arrived."""


OnPart = Callable[[str, Iterator[bytes]], None]
"""Takes the name and the blocks of a file within the file. Taking a block may raise Dropped: let it pass."""


class Child:
    """A running child. One request at a time; not thread-safe."""

    def __init__(self, command: Sequence[str]) -> None:
        self.requests = 0
        self._process = processes.start(
            command,
            environment=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._frames: queue.Queue[tuple[bytes, bytes] | None] = queue.Queue(FRAMES_AHEAD)
        self._is_over = threading.Event()
        self._deadline = 0.0
        self._waited = 0.0
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
        on_part: OnPart,
        cancelled: Callable[[], bool],
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Sends a request and waits for its result: JSON values (an error has "error") and blobs.

        Time that `on_part` takes for itself is not counted.

        Raises Ended, Overdue or Cancelled; the child is of no use after any of them.
        """
        self.requests += 1
        try:
            stdin = cast("IO[bytes]", self._process.stdin)
            stdin.write(line)
            stdin.flush()
        except OSError:
            raise self._ended(accepted=False) from None
        self._deadline = time.monotonic() + seconds + (STARTING_SECONDS if self.requests == 1 else 0.0)
        accepted = False
        values: dict[str, Any] | None = None
        blobs: list[bytes] = []
        while values is None or len(blobs) < values.get("blobs", 0):
            frame = self._next(cancelled, accepted)
            if frame is None:
                continue
            kind, payload = frame
            if kind == b"A":
                accepted = True
                self._deadline = time.monotonic() + seconds
            elif kind == b"P":
                on_page(*json.loads(payload))
            elif kind == b"B":
                blobs.append(payload)
            elif kind == b"N":
                self._hand_on(payload.decode("utf-8", "replace"), on_part, cancelled)
            else:
                values = json.loads(payload)
        return values, blobs

    def kill(self) -> None:
        """Ends the process, waits for it and for what it still had to say, and closes its pipes."""
        self._is_over.set()
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

    def _hand_on(self, name: str, on_part: OnPart, cancelled: Callable[[], bool]) -> None:
        """Hands a file within the file to `on_part`; on return all of its frames are used up."""
        begun, self._waited = time.monotonic(), 0.0
        blocks = self._blocks(cancelled)
        with suppress(Dropped):
            on_part(name, blocks)
            for _ in blocks:  # what was not wanted
                pass
        self._deadline += time.monotonic() - begun - self._waited

    def _blocks(self, cancelled: Callable[[], bool]) -> Iterator[bytes]:
        while True:
            frame = self._next(cancelled, accepted=True)
            if frame is None:
                continue
            kind, payload = frame
            if kind == b"F":
                return
            if kind == b"X":
                raise Dropped
            if kind != b"D":
                raise self._ended(accepted=True)  # its frames come in no order that makes sense
            yield payload

    def _next(self, cancelled: Callable[[], bool], accepted: bool) -> tuple[bytes, bytes] | None:
        """The next frame, or None when there was none for a moment."""
        if cancelled():
            raise Cancelled("Reading was cancelled.")
        now = time.monotonic()
        left = self._deadline - now
        if left <= 0:
            raise Overdue
        try:
            frame = self._frames.get(timeout=min(POLL_SECONDS, left))
        except queue.Empty:
            if self._is_over.is_set():  # closed by another thread; what it still had to say was dropped
                raise self._ended(accepted) from None
            return None
        finally:
            self._waited += time.monotonic() - now
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
                self._keep(frame)
        except (ValueError, OSError) as error:
            log.warning("reading process %d: %s", self.pid, error)
            with suppress(OSError):
                self._process.kill()
        self._keep(None)

    def _keep(self, frame: tuple[bytes, bytes] | None) -> None:
        """Puts a frame where `_next` finds it, once there is room; after `kill` it is dropped."""
        while not self._is_over.is_set():
            with suppress(queue.Full):
                self._frames.put(frame, timeout=POLL_SECONDS)
                return

    def _log(self) -> None:
        """Writes what parsers print to the log, line by line; long lines are cut."""
        pipe = cast("BinaryIO", self._process.stderr)
        with suppress(OSError, ValueError):
            while line := pipe.readline(LINE_BYTES):
                said = line.decode("utf-8", "replace").strip()
                if said:
                    self._last_lines.append(said)
                    log.debug("reading process %d: %s", self.pid, said)


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["PYTHONIOENCODING"] = "utf-8"
    environment["PYTHONUNBUFFERED"] = "1"
    environment["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime reports to its maker unless told not to
    environment["OPENBLAS_NUM_THREADS"] = "1"  # each thread costs 32 MB of memory
    return environment
