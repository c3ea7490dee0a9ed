"""Running a command and watching its time and the memory of all its processes."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

_EVERY = 0.25
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Run:
    """What one command took, from its start to its end. `memory` is bytes, `seconds` wall-clock time."""

    seconds: float
    memory: int
    result: dict[str, Any]
    """The JSON that the command printed last."""


def run(command: Sequence[str], folder: Path, environment: dict[str, str], directory: Path) -> Run:
    """Runs a command that prints JSON and works in `folder`, which is in no other process's arguments.

    Memory is the highest sum of resident sizes over the command, its children, and the processes that name
    `folder`: detached ones too. Pages that several of them share are counted in each.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=directory)
    peak = [0]
    watching = threading.Thread(target=_watch, args=(process, str(folder), peak), daemon=True)
    watching.start()
    printed, _ = process.communicate()
    seconds = time.perf_counter() - started
    watching.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:2])} ended with {process.returncode}")
    return Run(seconds, peak[0], json.loads(printed.strip().splitlines()[-1]))


def _watch(process: subprocess.Popen[str], folder: str, peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], _memory(process.pid, folder))
        time.sleep(_EVERY)


def _memory(pid: int, folder: str) -> int:
    total = 0
    try:
        family = {child.pid for child in psutil.Process(pid).children(recursive=True)} | {pid}
    except psutil.NoSuchProcess:
        return 0
    for process in psutil.process_iter(["cmdline", "memory_info"]):
        memory, arguments = process.info["memory_info"], process.info["cmdline"] or []
        if memory and (process.pid in family or any(folder in argument for argument in arguments)):
            total += int(memory.rss)
    return total
