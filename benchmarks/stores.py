"""The vector stores on the same work: filling, asking, asking inside a scope, room, opening again.

    python benchmarks/stores.py [--vectors 20000 200000] [--only chroma faiss …]

Each store runs in a process of its own, over the same clustered vectors (384 numbers, length 1), added 250 at
a time as the index does; stores whose package is not installed are named and left out. Printed for each:
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
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from explorer.errors import SettingError  # noqa: E402
from explorer.stores import STORES, make  # noqa: E402

DIMENSION = 384
BATCH = 250
QUESTIONS = 200
NEIGHBOURS = 400
TOP = 10
CLUSTERS = 400


def vectors(number: int) -> np.ndarray:
    """(number, 384) float32 of length 1, in clusters as passages are."""
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(CLUSTERS, DIMENSION)).astype(np.float32)
    found = centres[draw.integers(0, CLUSTERS, number)]
    found += 0.7 * draw.normal(size=found.shape).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def measure(name: str, number: int) -> dict[str, float]:
    """One store's figures, in this process."""
    data = vectors(number + QUESTIONS)
    kept, asked = data[:number], data[number:]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = make(name)
        before = psutil.Process().memory_info().rss
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
        memory = psutil.Process().memory_info().rss - before
        store.close()
        begin = time.perf_counter()
        again = make(name)
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
    parser.add_argument("--only", nargs="+", choices=list(STORES), default=list(STORES))
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
