"""ReaderPool: child processes that read files and draw pages, kept alive between files.

A parser is other people's native code that meets hostile input: it may crash, hang, print or eat memory. So
each file is read in a child; a child that dies or overstays costs the one file it was reading, and the next
file gets a fresh child. Works wherever Python has subprocesses; memory limits need the `resource` module.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from explorer.errors import Cancelled, PasswordNeeded, ReadError, WorkerError
from explorer.processes import module_command
from explorer.readers.limits import Limits, variable
from explorer.readers.process import frames
from explorer.readers.process.child import Child, Ended, OnPart, Overdue
from explorer.readers.reading import Reading, Spent, shown, unheard
from explorer.types import Box, PageImage, PictureImage

if TYPE_CHECKING:
    from explorer.arrays import Pixels

log = logging.getLogger("explorer.readers")

FILES_PER_CHILD = 200
"""A child is replaced after this many requests, so that leaks of native parsers go back to the system."""
RESIDENT_MB = 800.0
"""A child that holds more memory than this after a request is replaced (35 at its start, 790 after OCR)."""

STARTS = 3
"""How often a child is started for one request before the pool gives up."""

_ERRORS = {"ReadError": ReadError, "PasswordNeeded": PasswordNeeded}


@dataclass(frozen=True, slots=True)
class _Task:
    """One request as the pool follows it."""

    name: str
    seconds: float
    on_page: Callable[[int, int], None]
    on_part: OnPart
    cancelled: Callable[[], bool]
    is_drawing: bool = False


def _never() -> bool:
    return False


def _pass_over(name: str, blocks: Iterator[bytes]) -> None:
    """Leaves a file within the file unread."""


class ReaderPool:
    """Reads files and draws pages in children. Thread-safe; at most `size` requests run at once.

    `command` starts a child (default: this Python with `-m explorer.readers`).
    """

    def __init__(
        self,
        size: int = 2,
        *,
        files_per_child: int = FILES_PER_CHILD,
        resident_mb: float = RESIDENT_MB,
        command: Sequence[str] | None = None,
    ) -> None:
        self._command = tuple(command or module_command("explorer.readers"))
        self._files_per_child = files_per_child
        self._resident_mb = resident_mb
        self._slots = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._closed = False

    def read(
        self,
        path: Path,
        name: str,
        password: str | None = None,
        limits: Limits | None = None,
        *,
        on_page: Callable[[int, int], None] | None = None,
        on_part: OnPart | None = None,
        spent: Spent | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reading:
        """Reads one file. `name` (with its extension) is for messages and hints.

        `on_part(name, blocks)` is called in this thread for each file inside the file, as it is found; its
        errors end the reading. None leaves them out. `spent`: what files around this one have used up.
        `on_page(page, pages)` is called in this thread, about four times a second; `cancelled()` is asked a
        few times a second, and True ends the child at once.

        Raises PasswordNeeded, ReadError, Cancelled, or WorkerError when no child can be started.
        """
        limits = limits or Limits()
        _check_file(path, name, limits)
        around = asdict(spent or Spent())
        request = {"do": "read", "password": password, "parts": on_part is not None, "spent": around}
        task = _Task(name, limits.seconds, on_page or unheard, on_part or _pass_over, cancelled or _never)
        values, blobs = self._ask(task, path, limits, request)
        return frames.unpack_reading(values, blobs)

    def render(  # noqa: PLR0917
        self,
        path: Path,
        name: str,
        page: int,
        ranges: Sequence[tuple[int, int]] = (),
        width: int = 1000,
        password: str | None = None,
        limits: Limits | None = None,
    ) -> PageImage:
        """Draws a page (from 1) of a PDF `width` pixels wide, with boxes around character `ranges`.

        `offset_map.char_ranges(page.runs, start, end)` gives the ranges of a span. An image that would have
        more than `limits.pixels` is made narrower.

        Raises PasswordNeeded, ReadError, or WorkerError when no child can be started.
        """
        limits = limits or Limits()
        request = {
            "do": "render",
            "page": page,
            "ranges": [list(each) for each in ranges],
            "width": width,
            "password": password,
        }
        task = _Task(name, limits.render_seconds, unheard, _pass_over, _never, is_drawing=True)
        values, blobs = self._ask(task, path, limits, request)
        return frames.unpack_image(values, blobs)

    def place(
        self,
        path: Path,
        name: str,
        password: str | None,
        limits: Limits,
        *,
        page: int,
        words: Sequence[Sequence[tuple[int, int]]],
    ) -> list[Box | None]:
        """The box around each word of a page, given by its ranges of characters; None for one without ink.
        Raises as `render`."""
        ranges = [[list(each) for each in word] for word in words]
        request = {"do": "place", "page": page, "words": ranges, "password": password}
        task = _Task(name, limits.render_seconds, unheard, _pass_over, _never, is_drawing=True)
        values, _ = self._ask(task, path, limits, request)
        return frames.unpack_places(values)

    def picture(
        self, path: Path, name: str, password: str | None, limits: Limits, *, where: str, width: int
    ) -> PictureImage:
        """A picture of a file, `where` its reading says, at most `width` pixels wide. Raises as `render`."""
        request = {"do": "picture", "where": where, "width": width, "password": password}
        task = _Task(name, limits.render_seconds, unheard, _pass_over, _never, is_drawing=True)
        values, blobs = self._ask(task, path, limits, request)
        return frames.unpack_picture(values, blobs)

    def pixels(self, images: Sequence[bytes], limits: Limits | None = None) -> list[Pixels | None]:
        """Images by the bytes of their files, no larger than thumbnails; None for one that cannot be opened.
        Raises as `render`."""
        limits = limits or Limits()
        task = _Task("the picture", limits.render_seconds, unheard, _pass_over, _never, is_drawing=True)
        request = {"do": "pixels", "images": [frames.packed_path(each) for each in images]}
        return frames.unpack_pixels(*self._ask(task, Path(os.devnull), limits, request))

    def check_ocr(self, folder: str, limits: Limits | None = None) -> None:
        """Loads the models of OCR in a folder. Raises ReadError where they cannot be used, or WorkerError."""
        limits = limits or Limits()
        task = _Task(folder, limits.seconds, unheard, _pass_over, _never)
        self._ask(task, Path(folder), limits, {"do": "check_ocr"})

    def pids(self) -> list[int]:
        """Process ids of the children that are alive."""
        with self._lock:
            return [child.pid for child in (*self._idle, *self._busy) if child.is_alive]

    def close(self) -> None:
        """Ends all children; requests under way fail. Safe to call twice."""
        with self._lock:
            self._closed = True
            children = [*self._idle, *self._busy]
            self._idle.clear()
        for child in children:
            child.kill()

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(
        self, task: _Task, path: Path, limits: Limits, request: dict[str, Any]
    ) -> tuple[dict[str, Any], list[bytes]]:
        packed = frames.packed_path(os.fsencode(path.absolute()))
        line = frames.request_line(path=packed, name=task.name, limits=asdict(limits), **request)
        while not self._slots.acquire(timeout=0.1):
            if task.cancelled():
                raise Cancelled(f"{shown(task.name)} was not read: cancelled.")
        try:
            return self._ask_child(task, line, limits)
        finally:
            self._slots.release()

    def _ask_child(self, task: _Task, line: bytes, limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
        said = ""
        is_fresh = has_parts = False

        def on_part(name: str, blocks: Iterator[bytes]) -> None:
            nonlocal has_parts
            has_parts = True
            task.on_part(name, blocks)

        for _ in range(STARTS):  # a child that died before it took the request costs another try, no file
            child = self._take(is_fresh=is_fresh)
            try:
                values, blobs = child.ask(line, task.seconds, task.on_page, on_part, task.cancelled)
            except Ended as ended:
                self._drop(child)
                said = ended.last_words
                if not ended.accepted:
                    continue
                raise self._stopped(task.name, limits, ended) from ended
            except Overdue as overdue:
                self._drop(child)
                if task.is_drawing:
                    raise ReadError(
                        f"{shown(task.name)} took longer than {task.seconds:g} seconds to draw. Try again."
                    ) from overdue
                raise ReadError(
                    f"{shown(task.name)} took longer than {task.seconds:g} seconds and was given up. "
                    f"Split it, or raise {variable('seconds')}."
                ) from overdue
            except BaseException:  # cancelled, interrupted, or a callback failed: the child is mid-file
                self._drop(child)
                raise
            if values.get("lacks_memory") and child.requests > 1 and not (is_fresh or has_parts):
                self._drop(child)  # what earlier files left in it counts too: a fresh child has all of it
                is_fresh = True
                continue
            self._give_back(child, float(values.get("resident_mb", 0.0)))
            if "error" in values:
                raise _ERRORS.get(values["error"], ReadError)(values["message"])
            return values, blobs
        raise WorkerError(f"The process that reads files could not be started. {said[-300:]}".rstrip())

    def _stopped(self, name: str, limits: Limits, ended: Ended) -> ReadError | Cancelled:
        if self._closed:
            return Cancelled(f"{shown(name)} was not read: reading was stopped.")
        log.warning("reading %s ended its process (%s): %s", shown(name), ended.status, ended.last_words)
        return ReadError(
            f"{shown(name)} could not be read: its reader stopped. The file is damaged, or needs more than "
            f"{limits.memory_mb:,} MB of memory: split it, or raise {variable('memory_mb')}."
        )

    def _take(self, *, is_fresh: bool = False) -> Child:
        with self._lock:
            if self._closed:
                raise WorkerError("The pool of reading processes is closed.")
            while self._idle and not is_fresh:
                child = self._idle.pop()
                if child.is_alive:
                    break
                child.kill()
            else:
                child = Child(self._command)
            self._busy.add(child)
            return child

    def _give_back(self, child: Child, resident_mb: float) -> None:
        worn = child.requests >= self._files_per_child or resident_mb > self._resident_mb
        with self._lock:
            self._busy.discard(child)
            if not worn and not self._closed:
                self._idle.append(child)
                return
        child.kill()

    def _drop(self, child: Child) -> None:
        with self._lock:
            self._busy.discard(child)
        child.kill()


def _check_file(path: Path, name: str, limits: Limits) -> None:
    size = -1
    with suppress(OSError):
        size = path.stat().st_size
    if size < 0 or not path.is_file():
        raise ReadError(f"{shown(name)} could not be opened: there is no such file.")
    if size > limits.file_mb * 2**20:
        raise ReadError(
            f"{shown(name)} is larger than {limits.file_mb:,} MB, the limit for one file. Split it, or "
            f"raise {variable('file_mb')}."
        )
