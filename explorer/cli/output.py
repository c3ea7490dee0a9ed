"""What a command prints on standard output: lines for people, or JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.cli.terminal import counted, plain
from explorer.types import Atlas, Binned, Hit, Outcome, Report

if TYPE_CHECKING:
    from explorer.catalog.backup import Backup
    from explorer.evaluation import Measured
    from explorer.transfer import BroughtIn, Exported


def as_json(value: Any) -> None:
    """Prints lists, dicts and what `asdict` makes of our types."""
    print(json.dumps(value, ensure_ascii=False, default=_jsonable, indent=2))


def _jsonable(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} in a result")


def outcome(one: Outcome) -> None:
    """A line for a file, and one for each of its warnings."""
    tail = f": {plain(one.error)}" if one.error else ""
    if one.document is not None and one.status != "failed":
        tail = f" ({counted(one.document.pages, 'page')}, {counted(one.document.chunks, 'passage')})"
    within = f" in {plain(one.part_of)}" if one.part_of else ""
    print(f"{one.status:<9} {plain(one.name)}{within}{tail}")
    for warning in one.warnings:
        print(f"          {plain(warning)}")


def binned(held: Sequence[Binned]) -> None:
    """A line for each document in the bin: its id, until when it can be restored, its name."""
    for one in held:
        until = one.goes_at.astimezone().strftime("%Y-%m-%d %H:%M")
        print(f"{one.document.id}  until {until}  {plain(one.document.name)}")
    if not held:
        print("The bin is empty.")


def backup(made: Backup) -> None:
    """What was copied where, and what the library itself lacks."""
    size = f"{made.bytes / 1_000_000:,.1f} MB"
    print(f"Copied {counted(made.documents, 'document')} ({size}) to {plain(str(made.folder))}.")
    if made.missing:
        lost = counted(len(made.missing), "original")
        print(f"The library itself has lost {lost}; `doctor` says which. The rest is in the copy.")


def transferred(result: Exported | BroughtIn, *, is_json: bool) -> None:
    """What an export wrote, or an import brought in."""
    if is_json:
        as_json(asdict(result))
        return
    for line in result.lines():
        print(plain(line))


def hit(one: Hit, why: str = "") -> None:
    """Where a passage stands, and on the lines below its text and why it was found."""
    place = f", page {one.passage.page}" if one.document.pages > 1 else ""
    headings = "".join(f" › {plain(heading)}" for heading in one.chunk.headings)
    print(f"{one.rank}. {plain(one.document.name)}{place}{headings}  ({one.score:.3f})")
    print(f"   {' '.join(plain(one.passage.text).split())}")
    if why:
        print(f"   Why: {why}")
    if one.also:
        places = dict.fromkeys(f"{plain(hit.document.name)}, page {hit.chunk.page}" for hit in one.also)
        print(f"   Nearly the same: {'; '.join(places)}")
    print()


def citations(cited: Iterable[Mapping[str, Any]]) -> None:
    """The sources of an answer, by their numbers."""
    for citation in cited:
        print(f"[{citation['number']}] {plain(str(citation['document']))}, page {citation['page']}")


def atlas(drawn: Atlas) -> None:
    """The subjects of a map, the largest first, each with its number of passages."""
    for cluster in sorted(drawn.clusters, key=lambda one: -one.size):
        print(f"{cluster.size:>8,}  {plain(cluster.label)}")
    alone = int((drawn.cluster_ids == -1).sum())
    print(f"{alone:>8,}  unclustered\n{len(drawn.chunk_ids):>8,}  passages")


def atlas_as_json(drawn: Atlas, dimensions: int) -> None:
    """A map point by point: row i of each list speaks of chunk `chunk_ids[i]`."""
    as_json(
        {
            "dimensions": dimensions,
            "chunk_ids": drawn.chunk_ids.tolist(),
            "xy": drawn.xy.tolist(),
            "cluster_ids": drawn.cluster_ids.tolist(),
            "clusters": [asdict(cluster) for cluster in drawn.clusters],
        }
    )


def figures(
    measured: Sequence[Measured], asked: int, configuration: Mapping[str, str], *, within: bool
) -> None:
    """What was measured over `asked` questions, below what it was measured with."""
    for name, value in configuration.items():
        print(f"{name:<14}{plain(value)}")
    where = "within their documents" if within else "all documents"
    print(f"\n{counted(asked, 'question')}, {where}; in brackets the bootstrap 95 % interval\n")
    for figure in measured:
        part = "" if figure.count == asked else f"  of {counted(figure.count, 'question')}"
        print(f"{figure.name:<24}{figure.value:.3f}  [{figure.low:.3f} {figure.high:.3f}]{part}")


def report(found: Report, folder: str, *, is_repaired: bool) -> None:
    """What the doctor found in the library of a folder, and what to do."""
    for line in found.repaired:
        print(f"repaired: {plain(line)}")
    for line in found.problems:
        print(f"problem: {plain(line)}")
    counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found.counts.items())
    print(f"{plain(folder)}: {counts}")
    for line in found.notes:
        print(plain(line))
    if found.ok:
        print("Everything agrees.")
    elif found.is_mendable and not is_repaired:
        print("`doctor --repair` mends what can be mended.")
