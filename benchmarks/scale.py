"""Many small documents, and one with thousands of pages: added, listed, searched, removed.

    python benchmarks/scale.py [--documents 10000] [--pages 5000] [--only ours peer pdf]

Ours goes through `Library`, with its worker, as the app does; the folder is measured before and after a tenth
of the documents is removed, and after all are. The peer is what one writes in an afternoon: the same model by
sentence-transformers, a hundred texts at once, Chroma for the vectors and SQLite for the texts. It keeps no
originals, no words for keyword search and no queue, and nothing of it survives a kill. Each side runs in a
process of its own, one after the other, on a fresh folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from many import long_pdf, write_notes
from measuring import Run, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SIDES = ("ours", "peer", "pdf")
_SCRIPTS = {"ours": "our_scale.py", "peer": "peer_scale.py"}
ROWS = {
    "add": "added, documents/s",
    "list": "list of all, ms",
    "p50": "search, p50 ms",
    "p95": "search, p95 ms",
    "remove": "a tenth removed, s",
    "before": "folder before that, MB",
    "after": "folder after that, MB",
    "empty": "folder when all are removed, MB",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--only", nargs="+", choices=SIDES, default=SIDES)
    chosen = parser.parse_args()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{chosen.documents:,} documents; {os.cpu_count()} processors{load} at the start", flush=True)
    runs = {}
    with tempfile.TemporaryDirectory(prefix="scale-benchmark-") as temporary:
        place = Path(temporary)
        if {"ours", "peer"} & set(chosen.only):
            write_notes(place / "notes", chosen.documents)
        for side in [one for one in ("ours", "peer") if one in chosen.only]:
            runs[side] = _run(_SCRIPTS[side], place / side, place / "notes")
        _show(runs)
        if "pdf" in chosen.only:
            wanted = chosen.pages - 1
            long_pdf(place / "long.pdf", chosen.pages, marked={wanted: "The heron nests in the bell tower."})
            _show_pdf(_run("our_scale.py", place / "pdf", place / "long.pdf", str(wanted)), chosen.pages)


def _run(script: str, folder: Path, *arguments: Path | str) -> Run:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EXPLORER_")}
    environment |= {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}
    command = [sys.executable, str(HERE / script), str(folder), *map(str, arguments)]
    return run(command, folder, environment, directory=folder.parent)


def _show(runs: dict[str, Run]) -> None:
    if not runs:
        return
    print(f"{'':36}" + "".join(f"{side:>10}" for side in runs))
    for key, label in ROWS.items():
        print(f"{label:36}" + "".join(f"{of.result[key]:10.1f}" for of in runs.values()))
    print(f"{'peak memory, MB':36}" + "".join(f"{of.memory / 1e6:10.0f}" for of in runs.values()), flush=True)


def _show_pdf(of: Run, pages: int) -> None:
    found = of.result
    print(
        f"one PDF of {pages:,} pages: added in {found['add']:.0f} s, page {found['page']:,} found in "
        f"{found['search']:.0f} ms and drawn in {found['draw']:.0f} ms; peak {of.memory / 1e6:,.0f} MB"
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
