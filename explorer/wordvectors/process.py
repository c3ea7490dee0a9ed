"""Training in a process of its own: its memory comes back, and it can be stopped at any moment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from explorer import processes
from explorer.errors import ModelError

OnTrained = Callable[[int, int], None]
"""Told what is done, and all, of a unit of its own. What it raises stops the training."""


def train_in_child(folder: Path, kind: str, on_progress: OnTrained, seed: int) -> None:
    """Train vectors on a library's documents and keep them with it, in place of those that were there.

    Raises ModelError: it failed, and the message says why; the vectors that were there are as before.
    """
    process = processes.start(
        processes.module_command("explorer.wordvectors", str(folder), kind, str(seed)),
        environment=dict([*os.environ.items(), processes.ONE_THREAD]),
        # The leash: when this process dies in any way, the child reads the end of it and leaves.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        error = _follow(process.stdout, on_progress) if process.stdout is not None else None
        code = process.wait()
    finally:
        _end(process)
    if error is not None:
        raise ModelError(error)
    if code in (-9, 137):
        raise ModelError(
            "The word vectors could not be trained: most likely the memory of this machine did not suffice. "
            "Close other programs and try again."
        )
    if code:
        raise ModelError(f"The word vectors could not be trained: the process ended early (code {code}).")


def _follow(stream: IO[bytes], on_progress: OnTrained) -> str | None:
    """Hand on what the child says of its progress, until it says no more: its error, if it has one."""
    error: str | None = None
    for line in stream:
        said = json.loads(line)
        if "error" in said:
            error = str(said["error"])
        else:
            on_progress(int(said["done"]), int(said["all"]))
    return error


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
