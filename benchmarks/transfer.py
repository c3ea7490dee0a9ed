"""How fast a library leaves and comes in again, beside packing its folder as any archiver does.

    python benchmarks/transfer.py [FILE_OR_FOLDER ...]        default: ../shared/data/financebench

The files are added to a fresh library first, which is not timed. Then, one after the other: `export` and
`import` into an empty library, and beside them the same folder packed and unpacked by `shutil` (zip,
deflate), as `zip -r` does it. A packed folder merges with nothing, checks nothing and may be of two moments:
it is the floor. At the end the restored library is asked what the first one was asked, and the scores are
compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from explorer import Library  # noqa: E402

DATA = HERE.parent.parent / "shared" / "data" / "financebench"
QUESTIONS = (
    "What was the operating margin in 2022?",
    "dividends declared per share",
    "Which lawsuits are pending?",
    "capital expenditure",
    "risk factors of supply chains",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[DATA], help="PDF files or folders of them")
    files = _pdfs(parser.parse_args().paths)
    with tempfile.TemporaryDirectory(prefix="transfer-benchmark-") as temporary:
        _measure(Path(temporary), files)


def _measure(folder: Path, files: list[Path]) -> None:
    with Library(folder / "library") as library:
        library.add(files)
        counts = library.counts()
        print(
            f"{counts.documents} documents, {counts.pages} pages, {counts.chunks} passages, "
            f"{counts.bytes / 1e6:.1f} MB of originals; {os.cpu_count()} processors, "
            f"load {os.getloadavg()[0]:.1f}"
        )
        before = _scores(library)
        out = _timed(lambda: library.transfer.export(folder / "library.zip"))
    packed = _timed(lambda: shutil.make_archive(str(folder / "folder"), "zip", folder / "library"))
    with Library(folder / "restored") as library:
        into = _timed(lambda: library.transfer.bring_in(folder / "library.zip"))
        jobs = len(library.jobs())
        same = _scores(library) == before
    unpacked = _timed(lambda: shutil.unpack_archive(folder / "folder.zip", folder / "unpacked"))
    print(f"{'':12}{'out, s':>8}{'in, s':>8}{'MB':>8}")
    for name, out_, in_ in (("ours", out, into), ("zip", packed, unpacked)):
        size = (folder / ("library.zip" if name == "ours" else "folder.zip")).stat().st_size
        print(f"{name:12}{out_:8.1f}{in_:8.1f}{size / 1e6:8.1f}")
    print(f"\nours takes {out / packed:.2f} of the peer's time to write, {into / unpacked:.1f} to bring in")
    print(f"{jobs} files read anew; the same scores for {len(QUESTIONS)} questions in 3 modes: {same}")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _scores(library: Library) -> list[list[tuple[str, int, float]]]:
    return [
        [(hit.document.name, hit.chunk.start, hit.score) for hit in library.search(question, mode=mode)]
        for mode in ("hybrid", "semantic", "keyword")
        for question in QUESTIONS
    ]


def _pdfs(paths: list[Path]) -> list[Path]:
    files = [file for path in paths for file in (sorted(path.glob("*.pdf")) if path.is_dir() else [path])]
    if not files:
        raise SystemExit(f"No PDF files in {', '.join(map(str, paths))}")
    return [file.resolve() for file in files]


if __name__ == "__main__":
    main()
