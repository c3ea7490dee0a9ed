"""The child: `python -m explorer.readers`. Reads files and draws pages for a `ReaderPool`.

It takes requests as JSON lines on standard input and answers with frames (`frames.py`) on what was its
standard output; whatever parsers print is sent to standard error instead, which the parent logs.
It ends when its input ends, so that it never outlives the parent, even in the middle of a file.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.language import with_language
from explorer.readers.limits import Limits, variable
from explorer.readers.process import frames
from explorer.readers.reading import Part, Source, Spent, shown, unwanted
from explorer.types import Box, PageImage, PictureImage

GRACE_SECONDS = 30.0
"""How long after the limit of time the child ends itself, in case the parent has not ended it."""
PROGRESS_SECONDS = 0.25
GARBAGE = 20_000
"""Objects made between two looks for circles of them: a page makes thousands, nearly none in a circle,
and at Python's own 700 the looks take a thirtieth of the time."""
_OURS_TO_KNOW = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError)
"""Errors whose words mean nothing to a person: they go to the log only."""


def main() -> None:
    """Serves requests until the input ends."""
    gc.set_threshold(GARBAGE, 10, 10)
    replies = _private_replies()
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    lines = os.fdopen(os.dup(0), "rb")
    threading.Thread(target=_listen, args=(lines, requests), daemon=True).start()
    while True:
        _serve(json.loads(requests.get()), replies)


def _private_replies() -> BinaryIO:
    """A pipe to the parent that nobody else in this process writes to; prints go to standard error."""
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(private, "wb")


def _listen(lines: BinaryIO, requests: queue.SimpleQueue[bytes]) -> None:
    for line in lines:
        requests.put(line)
    os._exit(0)


def _serve(request: dict[str, Any], replies: BinaryIO) -> None:
    frames.write(replies, b"A")
    limits = Limits(**request["limits"])
    seconds = limits.seconds if request["do"] == "read" else limits.render_seconds
    _limit_memory(limits.memory_mb)
    faulthandler.dump_traceback_later(seconds + GRACE_SECONDS, exit=True)
    try:
        values, blobs = _answer(request, limits, replies)
    except ReadError as error:
        _fail(replies, type(error).__name__, str(error))
    except MemoryError:
        name = shown(request["name"])
        said = f"{name} needs more than {limits.memory_mb:,} MB of memory to be read."
        _fail(replies, "ReadError", f"{said} Split it, or raise {variable('memory_mb')}.", lacks_memory=True)
    except Exception as error:  # noqa: BLE001  a parser's own error: one message, and the child goes on
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201  to the parent's log
        detail = "" if isinstance(error, _OURS_TO_KNOW) else " ".join(str(error).split())[:120]
        said = f"{shown(request['name'])} could not be read, it seems damaged"
        _fail(replies, "ReadError", f"{said}: {detail}." if detail else f"{said}.")
    else:
        head = json.dumps({**values, "blobs": len(blobs), "resident_mb": _resident_mb()}).encode()
        frames.write(replies, b"R", head)
        for blob in blobs:
            frames.write(replies, b"B", blob)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _answer(request: dict[str, Any], limits: Limits, replies: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    path = Path(os.fsdecode(frames.unpacked_path(request["path"])))
    if request["do"] == "check_ocr":
        from explorer.readers.ocr import engine

        engine.check(str(path))
        return {}, []
    if request["do"] == "pixels":
        from explorer.readers.pictures import pixels

        return pixels.decoded([frames.unpacked_path(each) for each in request["images"]], limits)
    if request["do"] == "render":
        return frames.pack_image(_draw(Source(path, request["name"], request["password"], limits), request))
    if request["do"] == "place":
        return frames.pack_places(_place(Source(path, request["name"], request["password"], limits), request))
    if request["do"] == "picture":
        return frames.pack_picture(
            _picture(Source(path, request["name"], request["password"], limits), request)
        )
    source = Source(
        path,
        request["name"],
        request["password"],
        limits,
        _Reporter(replies),
        _Sender(replies, limits.seconds) if request["parts"] else unwanted,
        Spent(**request["spent"]),
    )
    return frames.pack_reading(with_language(registry.detect(path, source.name).load()(source)))


def _draw(source: Source, request: dict[str, Any]) -> PageImage:
    draw = registry.detect(source.path, source.name).draw
    if draw is None:
        raise ReadError(f"The pages of {source.shown} cannot be shown: there is nothing to draw.")
    ranges = [(first, last) for first, last in request["ranges"]]
    return draw()(source, request["page"], ranges, request["width"])


def _place(source: Source, request: dict[str, Any]) -> list[Box | None]:
    place = registry.detect(source.path, source.name).place
    if place is None:
        return [None] * len(request["words"])
    words = [[(first, last) for first, last in word] for word in request["words"]]
    return place()(source, request["page"], words)


def _picture(source: Source, request: dict[str, Any]) -> PictureImage:
    take = registry.picture_taker(registry.detect(source.path, source.name))
    if take is None:
        raise ReadError(f"The pictures of {source.shown} cannot be shown: its format keeps none.")
    return take(source, request["where"], request["width"])


class _Reporter:
    """Sends progress, a few times a second."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._next = 0.0

    def __call__(self, page: int, pages: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + PROGRESS_SECONDS
            frames.write(self._replies, b"P", json.dumps([page, pages]).encode())


class _Sender:
    """Sends files within the file. How long the parent takes to store them is not counted."""

    def __init__(self, replies: BinaryIO, seconds: float) -> None:
        self._replies = replies
        self._seconds = seconds

    def __call__(self, part: Part) -> None:
        frames.write_part(self._replies, part)
        faulthandler.dump_traceback_later(self._seconds + GRACE_SECONDS, exit=True)


def _fail(replies: BinaryIO, kind: str, message: str, *, lacks_memory: bool = False) -> None:
    values = {"error": kind, "message": message[:400], "resident_mb": _resident_mb()}
    values["lacks_memory"] = lacks_memory
    frames.write(replies, b"E", json.dumps(values).encode())


def _limit_memory(megabytes: int) -> None:
    """Caps the memory, where the system can: a parser that eats memory gets a MemoryError or dies.

    What counts is memory that can be written (`RLIMIT_DATA`, Linux 4.7 on). The address space would count
    libraries and what is only reserved for threads too, which differs by hundreds of megabytes between
    machines; it is capped at twice as much, for what is shared and for older systems.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    try:
        _cap(resource.RLIMIT_DATA, megabytes * 2**20)
        _cap(resource.RLIMIT_AS, 2 * megabytes * 2**20)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dumps with a document's text in them
    except (ValueError, OSError) as error:  # macOS refuses some values
        print(f"memory is not limited: {error}", file=sys.stderr)  # noqa: T201


def _cap(which: int, wanted: int) -> None:
    import resource

    _, hard = resource.getrlimit(which)
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(which, (soft, hard))


def _resident_mb() -> float:
    """Memory that this process holds now, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, IndexError):
        return 0.0


if __name__ == "__main__":
    main()
