"""How well and how fast files are read, beside markitdown and pypdf on the same files.

    python benchmarks/reading.py [formats] [pdf] [ocr]      default: all three
    python benchmarks/reading.py formats --only docx --words    the missing words, file by file
    python benchmarks/reading.py pdf --ours --no-ocr            without peers and words in pictures
    python benchmarks/reading.py pdf --ours --no-ocr --before 9337003~1     beside an older state

`formats`: share of the words of the expected renderings in ../shared/data/zoo that are found (recall), and
of the words found that are expected (precision), averaged over the files of a format; then the same without
the addresses of links and images. A merged cell, which renderings repeat in every column that it covers, must
be found once and may be found as often; "repeats" is recall where each of them must be found; "no pictures"
is precision without what stands in the text for pictures, which renderings leave out. `pdf`: rows of
the evidence tables in ../shared/data/financebench that stay on one line, word order, and speed against
pypdf's plain text; "processor" is seconds of processor time. `ocr`: similarity to transcripts, and speed of
OCR on scans and on the pictures of the filings, in pages a second of wall-clock and of processor time, with
the most memory that the reading process held.

Ours reads as the app does: each file in a child process of `ReaderPool`, started within the time measured.
The first run makes an environment for the peers in .peer-reading (reading-peer-requirements.txt).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import peers  # noqa: E402
import psutil  # noqa: E402
import scoring  # noqa: E402
from scans import TRANSCRIPTS  # noqa: E402

from explorer.errors import ExplorerError  # noqa: E402
from explorer.readers.limits import Limits  # noqa: E402
from explorer.readers.process.pool import ReaderPool  # noqa: E402

try:
    import resource
except ModuleNotFoundError:  # Windows
    resource = None  # type: ignore[assignment]

DATA = HERE.parent.parent / "shared" / "data"
ZOO = DATA / "zoo"
FILINGS = DATA / "financebench"
PEER = HERE / ".peer-reading"
REQUIREMENTS = HERE / "reading-peer-requirements.txt"
TWO_COLUMNS = ("normal_4pages",)
RIGHT_TO_LEFT = ("right_to_left_01", "right_to_left_02", "right_to_left_03")


@dataclass(frozen=True)
class Read:
    """What one reader made of one file. Times are seconds; `work` is time on a processor."""

    pages: list[str]
    error: str | None
    seconds: float
    work: float = 0.0
    unpictured: str = ""
    """The text without what stands there for pictures: what OCR reads in them, what they are said to show."""

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


@dataclass
class Reads:
    """What one reader made of many files."""

    files: dict[Path, Read] = field(default_factory=dict)
    seconds: float = 0.0
    """Wall-clock time of all."""
    work: float = 0.0

    @property
    def pages(self) -> int:
        return sum(len(each.pages) for each in self.files.values())


def ours(files: Sequence[Path], processes: int = 1, limits: Limits | None = None) -> Reads:
    """Reads `files` through a pool of `processes` children, one thread for each."""
    reads = Reads()
    before, started = _children(), time.perf_counter()
    with ReaderPool(size=processes) as pool, ThreadPoolExecutor(processes) as threads:
        read = threads.map(lambda file: _read(pool, file, limits), files)
        reads.files = dict(zip(files, read, strict=True))
    reads.seconds, reads.work = time.perf_counter() - started, _children() - before
    return reads


def _read(pool: ReaderPool, file: Path, limits: Limits | None = None) -> Read:
    started = time.perf_counter()
    pages: list[str] = []
    error, unpictured = None, ""
    try:
        reading = pool.read(file, file.name, limits=limits or Limits())
        pages = [page.text for page in reading.text_pages]
        pictures = getattr(reading, "pictures", ())  # a commit given by --before may know none
        ends = [0, *(each.end for each in pictures)]
        starts = [*(each.start for each in pictures), len(reading.text)]
        unpictured = "\n".join(reading.text[end:start] for end, start in zip(ends, starts, strict=True))
    except ExplorerError as raised:
        error = str(raised)
    return Read(pages, error, time.perf_counter() - started, unpictured=unpictured)


def _children() -> float:
    """Processor time of the children that have ended; 0 where the system does not tell."""
    spent = os.times()
    return spent.children_user + spent.children_system


def earlier(state: str, files: Sequence[Path], limits: Limits) -> Reads:
    """What `ours` gives, by the program as it was at a commit, with the libraries of today."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "earlier"
        git = ["git", "-C", str(HERE.parent), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(place), state], check=True)
        try:
            script = (
                f"import json,sys; sys.path[:0]=[{str(place)!r},{str(HERE)!r}]; import explorer, reading;"
                "from pathlib import Path; from explorer.readers.limits import Limits;"
                f"reads=reading.ours([Path(each) for each in {list(map(str, files))!r}],"
                f"limits=Limits(ocr={limits.ocr}));"
                "pages=[each.pages for each in reads.files.values()];"
                "print(json.dumps([pages, reads.seconds, reads.work]))"
            )
            told = subprocess.run(
                [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True, cwd=place
            )
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)
    pages, seconds, work = json.loads(told.stdout)
    taken = zip(files, (Read(each, None, 0.0) for each in pages), strict=True)
    return Reads(dict(taken), seconds, work)


def theirs(which: str, files: Sequence[Path]) -> Reads:
    """Reads `files` one after the other with a peer, in one process; imports are not counted."""
    command = [str(peers.python(PEER, REQUIREMENTS)), str(HERE / "peer_reading.py"), which]
    done = subprocess.run([*command, *map(str, files)], stdout=subprocess.PIPE, text=True, check=True)
    reads = Reads()
    for line in done.stdout.splitlines():
        result = json.loads(line)
        taken = Read(result["pages"], result["error"], result["seconds"], result["work"])
        reads.files[Path(result["file"])] = taken
        reads.seconds += taken.seconds
        reads.work += taken.work
    return reads


def references() -> dict[str, dict[Path, Path]]:
    """By format (the extension), files of the zoo with their expected renderings."""
    found: dict[str, dict[Path, Path]] = {}
    for expected in sorted(ZOO.glob("*/expected*/*.md")) + sorted(ZOO.glob("*/*/expected/*.md")):
        folder = expected.parent.parent
        named = folder / expected.name.removesuffix(".md")
        file = named if named.exists() else folder / f"{named.name}.pdf"
        if not file.exists():
            raise SystemExit(f"{expected} stands beside no file that it is a rendering of")
        found.setdefault(file.suffix[1:], {})[file] = expected
    return found


def formats(only: str | None, show_words: bool, alone: bool) -> None:
    """Word recall and precision, by format and, where a file is below .95, by file."""
    print("\nWord recall / precision against the expected renderings, files a second; then without addresses")
    heads = "".join(f"{head:>13}" for head in (*_SIDES, *(f"{side} *" for side in _SIDES[:2])))
    print(f"{'':6}{'files':>6}{heads}{'repeats':>9}{'no pictures':>13}{'ours/s':>8}{'theirs/s':>9}")
    for name, pairs in sorted(references().items()):
        if only not in (None, name):
            continue
        files = list(pairs)
        sides = {"ours": ours(files)}
        for peer in () if alone else _SIDES[1:] if name == "pdf" else _SIDES[1:2]:
            sides[peer] = theirs(peer, files)
        expected = {file: pairs[file].read_text(encoding="utf-8") for file in files}
        cells = [_average(sides[side], expected, side) if side in sides else "" for side in _SIDES]
        cells += [
            _average(sides[side], expected, side, addresses=False) if side in sides else ""
            for side in _SIDES[:2]
        ]
        repeats = sum(_shares(sides["ours"].files[file], expected[file], "ours")[2] for file in files)
        unpictured = sum(
            _shares(Read([sides["ours"].files[file].unpictured], None, 0.0), expected[file], "ours")[1]
            for file in files
        )
        speeds = [f"{len(files) / reads.seconds:.1f}" for reads in list(sides.values())[:2]]
        print(
            f"{name:6}{len(files):6}{''.join(f'{cell:>13}' for cell in cells)}"
            f"{repeats / len(files):>9.3f}{unpictured / len(files):>13.3f}"
            f"{speeds[0]:>8}{''.join(speeds[1:]):>9}"
        )
        for file in files:
            _show_file(file, sides["ours"].files[file], expected[file], show_words)


_SIDES = ("ours", "markitdown", "pypdf")


def _compared(read: Read, rendering: str, side: str, addresses: bool = True) -> tuple[list[str], ...]:
    """The words that must be found, those that may be, and those found. Only Markdown is freed of markup."""
    text, marked = read.text, side == "markitdown"
    if not addresses:
        rendering = scoring.without_addresses(rendering)
        text = scoring.without_addresses(text) if marked else text
    text = scoring.without_markup(text) if marked else text
    once = scoring.without_repeats(rendering)
    expected = [scoring.words(scoring.without_markup(each)) for each in (once, rendering)]
    return *expected, scoring.words(text)


def _shares(read: Read, rendering: str, side: str, addresses: bool = True) -> tuple[float, float, float]:
    """Recall and precision, and recall where each repeat of a merged cell must be found."""
    least, most, found = _compared(read, rendering, side, addresses)
    all_repeats, precision = scoring.recall_and_precision(most, found)
    return scoring.recall_and_precision(least, found)[0], precision, all_repeats


def _average(reads: Reads, expected: dict[Path, str], side: str, addresses: bool = True) -> str:
    each = [_shares(reads.files[file], rendering, side, addresses) for file, rendering in expected.items()]
    recall, precision, _ = (sum(shares) / len(each) for shares in zip(*each, strict=True))
    return f"{recall:.3f}/{precision:.3f}"


def _show_file(file: Path, read: Read, rendering: str, show_words: bool) -> None:
    recall, precision, _ = _shares(read, rendering, "ours")
    if read.error:
        print(f"{'':8}  failed: {read.error}")
    elif recall < 0.95:
        seen, _, _ = _shares(read, rendering, "ours", addresses=False)
        print(f"{'':8}  {file.name}: {recall:.3f}/{precision:.3f}, without addresses {seen:.3f}")
    if show_words and not read.error:
        least, most, found = _compared(read, rendering, "ours")
        for what, lacking in (("lacks", (least, found)), ("adds", (found, most))):
            if these := scoring.missing(*lacking):
                print(f"{'':10}{file.name} {what} {len(these)}: {' '.join(these)[:600]}")


def pdf(alone: bool, limits: Limits, state: str | None) -> None:
    """Rows, word order and speed on PDFs. `state`: a commit whose program reads the same files."""
    filings = sorted(FILINGS.glob("*.pdf"))
    rows = scoring.evidence_rows(FILINGS / "questions.jsonl")
    one, two = ours(filings, limits=limits), ours(filings, processes=2, limits=limits)
    sides = {"ours, 1 process": one, "ours, 2 processes": two}
    if state:
        sides["earlier"] = earlier(state, filings, limits)
    if not alone:
        sides["pypdf"] = theirs("pypdf", filings)
    print(f"\nPDF: {len(filings)} filings, {one.pages} pages, {len(rows)} rows of their evidence tables")
    heads = "".join(
        f"{head:>11}" for head in ("wrong", "pages/s", "× pypdf", "by work", "seconds", "processor")
    )
    print(f"{'':18}{'rows whole':>11}{heads}")
    plain = sides.get("pypdf", Reads(seconds=math.nan, work=math.nan))
    for name, reads in sides.items():
        states = [scoring.row_is(row, _page(reads, row)) for row in rows]
        print(
            f"{name:18}{states.count('whole') / len(rows):11.3f}{states.count('wrong'):11}"
            f"{reads.pages / reads.seconds:11.1f}{plain.seconds / reads.seconds:11.2f}"
            f"{plain.work / max(1e-9, reads.work):11.2f}{reads.seconds:11.2f}{reads.work:11.2f}"
        )
    for row in rows:
        if (state := scoring.row_is(row, _page(one, row))) != "whole":
            print(f"  {state}: {row.document} page {row.page + 1}: {row.label} {' '.join(row.numbers)}")
    _word_order(alone)


def _page(reads: Reads, row: scoring.Row) -> str:
    pages = reads.files[FILINGS / f"{row.document}.pdf"].pages
    return pages[row.page] if row.page < len(pages) else ""


def _word_order(alone: bool) -> None:
    """Longest common subsequence with the expected rendering, as a share of its words."""
    folder = ZOO / "docling" / "pdf"
    files = [folder / f"{name}.pdf" for name in (*TWO_COLUMNS, *RIGHT_TO_LEFT)]
    sides = {"ours": ours(files)} if alone else {"ours": ours(files), "pypdf": theirs("pypdf", files)}
    print("\nWords in the expected order (longest common subsequence / words expected)")
    for file in files:
        rendering = (folder / "expected" / f"{file.stem}.md").read_text(encoding="utf-8")
        wanted = scoring.words(scoring.without_markup(rendering))
        shares = [
            f"{name} {scoring.in_sequence(wanted, scoring.words(reads.files[file].text)):.3f}"
            for name, reads in sides.items()
        ]
        layout = "two columns" if file.stem in TWO_COLUMNS else "right to left"
        print(f"  {layout}, {file.stem}: {', '.join(shares)}")


def ocr() -> None:
    """Similarity to transcripts, speed on scans and on the pictures of the filings, and the most memory."""
    print("\nOCR: word edits from the transcript (1 is none), pages a second")
    others = ("docling/ocr/nemotron_multipage.pdf", "markitdown/MEDRPT-2024-PAT-3847_medical_report_scan.pdf")
    with tempfile.TemporaryDirectory() as folder, ReaderPool(size=1) as pool:
        _read(pool, ZOO / next(iter(TRANSCRIPTS)))
        scans = [_shown(pool, ZOO / name, TRANSCRIPTS.get(name)) for name in (*TRANSCRIPTS, *others)]
        charts = [_shown(pool, each, None) for each in _pictures(pool, Path(folder))]
        for what, reads in (("scans", scans), ("pictures of the filings", charts)):
            pages, seconds = sum(len(each.pages) for each in reads), sum(each.seconds for each in reads)
            work = sum(each.work for each in reads)
            speeds = f"{pages / seconds:.2f} a second, {pages / work:.2f} a second of processor time"
            print(f"  {what}: {pages} pages, {speeds}")
    if resource:
        print(f"  at most {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB of memory")


def _shown(pool: ReaderPool, file: Path, transcript: str | None) -> Read:
    """A file as it is read; prints how well and how fast."""
    before = _spent()
    read = _read(pool, file)
    read = replace(read, work=_spent() - before)
    score = "" if transcript is None or read.error else _similar(transcript, read.text)
    speed = "failed: " + read.error if read.error else f"{len(read.pages) / read.seconds:6.2f} pages/s"
    print(f"  {score:6}{speed}  {file.name}")
    return read


def _spent() -> float:
    """Processor time of the children so far, of those that live and those that have ended."""
    family = psutil.Process().children(recursive=True)
    return _children() + sum(sum(each.cpu_times()[:2]) for each in family)


def _pictures(pool: ReaderPool, folder: Path, most: int = 12) -> list[Path]:
    """The largest pictures of the filings, each as a file of its own."""
    found = []
    for file in sorted(FILINGS.glob("*.pdf")):
        for each in pool.read(file, file.name, limits=Limits(ocr=False)).pictures:
            found.append((-each.width * each.height, file, each.where))
    written = []
    for number, (_, file, where) in enumerate(sorted(found)[:most], 1):
        image = pool.picture(file, file.name, None, Limits(), where=where, width=1_600)
        path = folder / f"{number:02d} {file.stem}.{image.media_type.rpartition('/')[2]}"
        path.write_bytes(image.data)
        written.append(path)
    return written


def _similar(transcript: str, text: str) -> str:
    return f"{scoring.similarity(scoring.words(transcript), scoring.words(text)):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help="formats, pdf, ocr; default: all")
    parser.add_argument("--only", help="one format of `formats`, by extension: docx")
    parser.add_argument("--words", action="store_true", help="show the words that lack and those added")
    parser.add_argument("--ours", action="store_true", help="leave out the peers")
    parser.add_argument("--no-ocr", action="store_true", help="pdf: leave out the words in pictures")
    parser.add_argument("--before", metavar="COMMIT", help="pdf: read by the program as it was then, too")
    chosen = parser.parse_args()
    parts: dict[str, Callable[[], None]] = {
        "formats": lambda: formats(chosen.only, chosen.words, chosen.ours),
        "pdf": lambda: pdf(chosen.ours, Limits(ocr=not chosen.no_ocr), chosen.before),
        "ocr": ocr,
    }
    if unknown := set(chosen.parts) - set(parts):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{os.cpu_count()} processors{load} at the start")
    for name in chosen.parts or parts:
        parts[name]()


if __name__ == "__main__":
    main()
