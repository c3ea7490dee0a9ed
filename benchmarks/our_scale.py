"""Our side of `scale.py`, in a process of its own: a folder of notes, or a long PDF and its page to find."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from explorer import Library

SEARCHES = 100
_Made = TypeVar("_Made")


def main(folder: str, source: str, page: str = "") -> None:
    from explorer import Library

    with Library(Path(folder)) as library:
        print(json.dumps(pdf(library, source, int(page)) if page else notes(library, source)))


def notes(library: Library, source: str) -> dict[str, float]:
    from many import notes as texts

    seconds, outcomes = timed(lambda: library.add(source))
    failed = [one.error for one in outcomes if one.status != "added"]
    if failed:
        raise SystemExit(f"{len(failed)} failed: {failed[0]}")
    library.search("warm", 10)
    listed, documents = timed(library.documents)
    asked = [text.split(". ")[1] for _, text in texts(SEARCHES)]
    times = [timed(lambda query=query: library.search(query, 10))[0] * 1000 for query in asked]
    before = size(library.folder)
    removed, _ = timed(lambda: library.remove([one.id for one in documents[: len(documents) // 10]]))
    after = settled(library.folder)
    library.remove([one.id for one in library.documents()])
    return {
        "add": len(documents) / seconds,
        "list": listed * 1000,
        "p50": float(np.percentile(times, 50)),
        "p95": float(np.percentile(times, 95)),
        "remove": removed,
        "before": before,
        "after": after,
        "empty": settled(library.folder),
    }


def pdf(library: Library, source: str, page: int) -> dict[str, float]:
    seconds, (outcome,) = timed(lambda: library.add(source))
    if outcome.document is None:
        raise SystemExit(outcome.error)
    library.search("warm", 1)
    took, (hit,) = timed(lambda: library.search("Where does the heron nest?", 1))
    if hit.passage.page != page:
        raise SystemExit(f"page {hit.passage.page} was found, not {page}")
    drawn, _ = timed(lambda: library.page_image(hit.document.id, page, hit.passage.start, hit.passage.end))
    return {"add": seconds, "page": page, "search": took * 1000, "draw": drawn * 1000}


def timed(work: Callable[[], _Made]) -> tuple[float, _Made]:
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def settled(folder: Path) -> float:
    """The size of a folder in MB once it has not changed for three seconds."""
    last, since = size(folder), time.monotonic()
    while time.monotonic() - since < 3:
        time.sleep(0.5)
        now = size(folder)
        if now != last:
            last, since = now, time.monotonic()
    return last


def size(folder: Path) -> float:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue  # just removed
    return total / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
