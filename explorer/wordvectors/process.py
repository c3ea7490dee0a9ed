"""Training in a process of its own: its memory comes back, and it can be stopped at any moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer import processes
from explorer.errors import ModelError

OnTrained = Callable[[int, int], None]
"""Told what is done, and all, of a unit of its own. What it raises stops the training."""


def train_in_child(folder: Path, kind: str, on_progress: OnTrained, seed: int) -> None:
    """Train vectors on a library's documents and keep them with it, in place of those that were there.

    Raises ModelError: it failed, and the message says why; the vectors that were there are as before.
    """
    errors: list[str] = []

    def hear(said: dict[str, Any]) -> None:
        if "error" in said:
            errors.append(str(said["error"]))
        else:
            on_progress(int(said["done"]), int(said["all"]))

    process = processes.start(
        processes.module_command("explorer.wordvectors", str(folder), kind, str(seed)),
        environment=dict([*os.environ.items(), processes.ONE_THREAD]),
        # The leash: when this process dies in any way, the child reads the end of it and leaves.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    code = processes.follow(process, hear)
    if errors:
        raise ModelError(errors[-1])
    if code in (-9, 137):
        raise ModelError(
            "The word vectors could not be trained: most likely the memory of this machine did not suffice. "
            "Close other programs and try again."
        )
    if code:
        raise ModelError(f"The word vectors could not be trained: the process ended early (code {code}).")
