"""Whether a row of a table is found by what people type for it, on ../shared/data/financebench.

    python benchmarks/rows.py [--keep FOLDER] [--misses]

Asks each line of data/rows.jsonl ("3M net sales 2022") in the hybrid mode, in a library of the 12 filings,
with the rows of tables as evidence and without, and prints hit@1 and hit@3 with bootstrap 95 % intervals,
apart for the queries that were written before the search of rows was ("development") and those written after
it ("held out"). A hit is a passage of the right document, on a page where the row stands, that holds a line
which begins with the row's label. `--keep` keeps the library for the next run; `--misses` prints what was not
found.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILINGS = HERE.parent.parent / "shared" / "data" / "financebench"
sys.path.insert(0, str(HERE.parent))

from explorer import Library, evaluation  # noqa: E402
from explorer.search.rows import finding  # noqa: E402
from explorer.types import Hit  # noqa: E402

QUERIES = HERE / "data" / "rows.jsonl"
LOOKED_AT = 3


@dataclass(frozen=True)
class Wanted:
    """A query and the rows that answer it, each as (page, label)."""

    part: str
    query: str
    document: str
    rows: tuple[tuple[int, str], ...]


def wanted(path: Path = QUERIES) -> list[Wanted]:
    """The queries in their order."""
    with path.open(encoding="utf-8") as lines:
        found = map(json.loads, lines)
        return [
            Wanted(
                one["part"],
                one["query"],
                one["document"],
                tuple((row["page"], row["label"]) for row in one["rows"]),
            )
            for one in found
        ]


def answers(hit: Hit, one: Wanted) -> bool:
    """Whether a hit's passage holds a row that answers."""
    if hit.document.name != one.document:
        return False
    lines = [_plain(line) for line in hit.passage.text.splitlines()]
    pages = range(hit.passage.page, hit.passage.end_page + 1)
    return any(
        page in pages and any(line.startswith(_plain(label)) for line in lines) for page, label in one.rows
    )


def rank(hits: Iterable[Hit], one: Wanted) -> int | None:
    """The rank of the first hit that answers."""
    return next((hit.rank for hit in hits if answers(hit, one)), None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).lstrip("| ")


def measure(library: Library, queries: list[Wanted], misses: bool) -> None:
    ranks, took = [], []
    for one in queries:
        began = time.perf_counter()
        hits = library.search(one.query, LOOKED_AT)
        took.append(1000 * (time.perf_counter() - began))
        ranks.append(rank(hits, one))
        if misses and ranks[-1] is None:
            shown = "; ".join(f"{hit.document.name} {hit.chunk.page}" for hit in hits)
            print(f"    missed: {one.query}: {shown}")
    for part in dict.fromkeys(one.part for one in queries):
        of_part = [found for found, one in zip(ranks, queries, strict=True) if one.part == part]
        for k in (1, LOOKED_AT):
            values = [float(found is not None and found <= k) for found in of_part]
            low, high = evaluation.bootstrap(values)
            print(
                f"  {part:12} hit@{k} {statistics.mean(values):.3f} [{low:.3f} {high:.3f}] of {len(values)}"
            )
    print(f"  median {statistics.median(took):.0f} ms a search, the longest {max(took):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="the library's folder, made where it is missing")
    parser.add_argument("--misses", action="store_true", help="print what was not found")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch) / "library"
        with Library(folder) as library:
            held = {one.name for one in library.documents()}
            missing = [path for path in sorted(FILINGS.glob("*.pdf")) if path.name not in held]
            if missing:
                library.add(missing)
            library.warm()
            most = finding.MOST_FOUND
            for name, value in (("without rows", 0), ("with rows", most)):
                finding.MOST_FOUND = value
                print(name)
                measure(library, wanted(), given.misses)


if __name__ == "__main__":
    main()
