"""The vector stores on the same work: filling, asking, asking inside a scope, room, opening again.

    python benchmarks/stores.py [--vectors 20000 200000] [--only chroma faiss …]

Each store runs in a process of its own, over the same clustered vectors (384 numbers, length 1), added 250 at
a time as the index does; stores whose package is not installed are named and left out. Servers are those that
the tests start (`tests/stores/served/running.py`): Chroma's, Milvus's and PostgreSQL; memory and disk are
theirs and ours together. "none" compares all with NumPy, as a library without a store does. Printed for each:
additions a second, milliseconds of a question for 400 neighbours (median and 95th percentile of 200), recall
against exact comparison, the memory that the process took for it, the room on the disk, and seconds from
opening to the first answer. A question inside a scope never asks a store: the catalogue's embeddings are
compared, which is what the line above the table says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from explorer.errors import SettingError  # noqa: E402
from explorer.stores import NONE, STORES, StoreServer, VectorStore, make  # noqa: E402
from tests.stores.served.running import REAL  # noqa: E402

DIMENSION = 384
BATCH = 250
QUESTIONS = 200
NEIGHBOURS = 400
TOP = 10
CLUSTERS = 400
NAMES = [*STORES, *REAL, NONE]


def vectors(number: int) -> np.ndarray:
    """(number, 384) float32 of length 1, in clusters as passages are."""
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(CLUSTERS, DIMENSION)).astype(np.float32)
    found = centres[draw.integers(0, CLUSTERS, number)]
    found += 0.7 * draw.normal(size=found.shape).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


class Compared:
    """What a library without a store does, with all its vectors in memory."""

    layout = 1

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []
        self._all: np.ndarray | None = None

    def open(self, _folder: Path) -> None:
        """There is nothing on the disk."""

    def close(self) -> None:
        """There is nothing to close."""

    def add(self, _generation: int, _ids: np.ndarray, some: np.ndarray) -> None:
        self._rows.append(some.copy())

    def nearest(self, _generation: int, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        if self._all is None:
            self._all = np.concatenate(self._rows) if self._rows else np.empty((0, DIMENSION), np.float32)
            self._rows = []
        cosines = self._all @ vector
        best = np.argpartition(-cosines, k)[:k] if len(cosines) > k else np.arange(len(cosines))
        best = best[np.argsort(-cosines[best])]
        return best, cosines[best]


@contextmanager
def making(name: str, place: Path) -> Iterator[Callable[[], VectorStore]]:
    """Makes the store of that name, again and again; a server's files stand in `place`."""
    if name == NONE:
        compared = Compared()
        yield lambda: compared  # type: ignore[return-value]
    elif name in REAL:
        tempfile.tempdir = str(place)
        with REAL[name]() as address:
            yield lambda: make(name, StoreServer(address, "explorer_benchmark_", lambda _: None))
    else:
        yield lambda: make(name)


def memory_of(place: Path) -> int:
    """Bytes of this process, its children, and others that work in a folder below `place`."""
    children = psutil.Process().children(recursive=True)
    taken = {one.pid: one for one in (psutil.Process(), *children)}
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(one.cwd()).is_relative_to(place):
                taken[one.pid] = one
    found = 0
    for one in taken.values():
        with suppress(psutil.Error):
            found += one.memory_full_info().pss
    return found


def measure(name: str, number: int) -> dict[str, float]:
    """One store's figures, in this process."""
    data = vectors(number + QUESTIONS)
    kept, asked = data[:number], data[number:]
    with (
        tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as place,
        making(name, Path(place)) as make_store,
    ):
        folder = Path(place)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        store = make_store()
        before = psutil.Process().memory_full_info().pss
        store.open(folder)
        begin = time.perf_counter()
        for start in range(0, number, BATCH):
            ids = np.arange(start, min(number, start + BATCH), dtype=np.int64)
            store.add(1, ids, kept[start : start + BATCH])
        filled = time.perf_counter() - begin
        took, hit = [], []
        for question in asked:
            begin = time.perf_counter()
            found, _ = store.nearest(1, question, NEIGHBOURS)
            took.append(1000 * (time.perf_counter() - begin))
            best = np.argpartition(-(kept @ question), TOP)[:TOP]
            hit.append(len(np.intersect1d(found[:TOP], best)) / TOP)
        memory = memory_of(folder) - before
        store.close()
        begin = time.perf_counter()
        again = make_store()
        again.open(folder)
        again.nearest(1, asked[0], NEIGHBOURS)
        opened = time.perf_counter() - begin
        again.close()
        room = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "added/s": number / filled,
        "p50 ms": float(np.percentile(took, 50)),
        "p95 ms": float(np.percentile(took, 95)),
        "recall@10": float(np.mean(hit)),
        "memory MB": memory / 1e6,
        "disk MB": room / 1e6,
        "opens s": opened,
    }


def scoped(number: int) -> float:
    """Milliseconds, in the median, to compare a question with 400 vectors out of these."""
    data = vectors(number + QUESTIONS)
    draw = np.random.default_rng(1)
    took = []
    for question in data[number:]:
        rows = draw.choice(number, 400, replace=False)
        begin = time.perf_counter()
        np.argsort(-(data[rows] @ question))
        took.append(1000 * (time.perf_counter() - begin))
    return float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--vectors", type=int, nargs="+", default=[20_000])
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure[0], int(given.measure[1]))))
        return
    for number in given.vectors:
        print(f"\n{number:,} vectors of {DIMENSION}; a scope of 400, any store: {scoped(number):.2f} ms")
        heads: list[str] = []
        for name in given.only:
            figures = _apart(name, number)
            if not heads and figures:
                heads = list(figures)
                print(f"{'store':10}" + "".join(f"{head:>12}" for head in heads))
            if figures:
                print(f"{name:10}" + "".join(f"{figures[head]:12,.3g}" for head in heads), flush=True)


def _apart(name: str, number: int) -> dict[str, Any]:
    """The figures, from a process of its own; none where the store's package is not installed."""
    try:
        if name in STORES:
            make(name)
    except SettingError as error:
        print(f"{name}: {error}")
        return {}
    command = [sys.executable, __file__, "--measure", name, str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    if done.returncode:
        print(f"{name}: failed: {done.stderr.strip().splitlines()[-1]}")
        return {}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
