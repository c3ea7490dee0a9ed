"""A SavedModel in a process of its own, seen from here: texts go in, rows of numbers come out."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from explorer import processes

if TYPE_CHECKING:
    from explorer.arrays import Vectors

_SECONDS = 300.0
"""How long the model may take to load, or for one batch, before it is ended."""
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
"""Environment variables that it gets to see: no key, no proxy, no home."""
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "-1"}


class SavedModelProcess:
    """A running model. One thread at a time may ask; `end` may be called by any."""

    def __init__(self, folder: Path) -> None:
        """Starts it; the first answer takes seconds longer."""
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = processes.start(
            processes.module_command("explorer.embedding.saved_model", str(folder)),
            environment={**environment, **_QUIET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def rows(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32 as the model gives them, whatever their length. Raises RuntimeError
        and OSError."""
        watch = threading.Timer(_SECONDS, self._process.kill)
        watch.start()
        try:
            return self._answer(texts)
        finally:
            watch.cancel()

    def _answer(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        stdin, stdout = _streams(self._process)
        with suppress(BrokenPipeError):  # one that has ended has said why, which is read below
            stdin.write(json.dumps(list(texts)).encode() + b"\n")
            stdin.flush()
        line = stdout.readline()
        if not line:
            self._process.wait()
            raise RuntimeError("its process ended early or took too long")
        said = json.loads(line)
        if "error" in said:
            raise RuntimeError(str(said["error"]))
        count, length = int(said["rows"]), int(said["columns"])
        octets = stdout.read(count * length * 4)
        if count != len(texts) or len(octets) != count * length * 4:
            raise RuntimeError(f"it gave {count} vectors for {len(texts)} texts")
        return np.frombuffer(octets, np.float32).reshape(count, length)

    def end(self) -> None:
        """End it at once."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in _streams(self._process):
            with suppress(OSError):  # what was not yet sent to it
                stream.close()


def _streams(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("its process has no pipes")
    return process.stdin, process.stdout
