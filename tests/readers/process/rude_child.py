"""A child with one more format: files that begin with RUDE say how its reader misbehaves."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator

from explorer.readers import __main__ as child
from explorer.readers import known_formats, registry
from explorer.readers.containers.members import Damaged, Parts
from explorer.readers.reading import Reader, Reading, ReadPage, Source

_KEPT: list[bytearray] = []
"""Memory that a parser never gives back."""


def _read(source: Source) -> Reading:
    what = source.path.read_text().split()[1]
    if what == "segfault":
        ctypes.string_at(0)
    elif what == "exit":
        os._exit(3)
    elif what == "hang":
        source.on_page(1, 9)
        while True:
            time.sleep(1)
    elif what == "memory":
        held = []
        while True:
            held.append(bytearray(16 * 2**20))
    elif what == "keep":
        _KEPT.append(bytearray(160 * 2**20))
    elif what == "raise":
        raise RuntimeError("an unlikely\nstate " * 100)
    elif what == "print":
        print("noise " * 1000)  # noqa: T201  that is the test
        os.write(1, b"\x00\x01 not a frame")
        sys.stderr.write("more noise\n")
    elif what == "pages":
        for page in range(1, 41):
            source.on_page(page, 40)
            time.sleep(0.02)
    elif what == "parts":
        _send_parts(source)
    return Reading("rude", (ReadPage(1, f"{what} {os.getpid()} {sorted(os.environ)}"),))


def _send_parts(source: Source) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"first half " * 2**16
        raise Damaged

    parts = Parts(source)
    parts.add("letters/first.txt", b"one " * 2**20)
    parts.add("broken.txt", breaking())
    parts.add("second.txt", (f"block {number} ".encode() for number in range(500)))


def _load() -> Reader:
    return _read


known_formats.FORMATS.insert(
    0,
    registry.Format(
        "rude", "Rude", "rude", (".rude",), lambda sample: sample.head.startswith(b"RUDE"), _load
    ),
)

if __name__ == "__main__":
    child.main()
