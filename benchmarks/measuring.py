"""Running a command and watching its time and the memory of all its processes; figures with intervals."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

_SAMPLES = 2_000
_EVERY = 0.25
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Estimate:
    """A figure with the bounds of its bootstrap 95 % interval."""

    value: float
    low: float
    high: float


def mean_of_means(parts: Sequence[Sequence[float]]) -> Estimate:
    """The mean of the parts' means. Each part is sampled anew by itself: a part with more values counts no
    more, and none is left out of a sample."""
    chance = np.random.default_rng(0)
    drawn = np.zeros(_SAMPLES)
    for part in parts:
        of = np.asarray(part, np.float64)
        drawn += of[chance.integers(0, len(of), (_SAMPLES, len(of)))].mean(axis=1)
    value = sum(float(np.mean(part)) for part in parts) / len(parts)
    return _estimate(value, drawn / len(parts))


def difference(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> Estimate:
    """How much higher the mean of means of `ours` is. Both hold values of the same questions, in order."""
    parts = zip(ours, theirs, strict=True)
    return mean_of_means([[a - b for a, b in zip(*part, strict=True)] for part in parts])


def percentile(values: Sequence[float], percent: float) -> Estimate:
    """A percentile of the values."""
    of = np.asarray(values, np.float64)
    drawn = of[np.random.default_rng(0).integers(0, len(of), (_SAMPLES, len(of)))]
    return _estimate(float(np.percentile(of, percent)), np.percentile(drawn, percent, axis=1))


def _estimate(value: float, drawn: Any) -> Estimate:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


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


def resident(pid: int, *, with_children: bool = False) -> int:
    """Bytes of memory that a process holds now. Pages that it shares with others count in full."""
    process = psutil.Process(pid)
    family = [process, *(process.children(recursive=True) if with_children else ())]
    return sum(int(one.memory_info().rss) for one in family)


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
