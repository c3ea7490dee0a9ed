"""Reads files that other programs write, and compares them with what went in, word by word and cell by cell.

    python benchmarks/fifty.py [NAME ...]            all files, or those named; a table in Markdown
    python benchmarks/fifty.py --python venv/bin/python --folder made --text libreoffice.doc

The files are made by `fifty_files.py` with whatever is installed (LibreOffice, Pandoc, Chromium,
wkhtmltopdf, groff, Ghostscript, qpdf, Gnumeric, AbiWord) and with the libraries of fifty-requirements.txt, in
an environment of their own in .peer-fifty; what is missing is told. Files that are already in the folder are
not made anew.

words: share of the words that went in which are found (in CJK, characters). cells: share of the cells that
stand on the line of their row, in their order, each whole. order: longest common subsequence with what went
in, rows of tables left out, as a share of its words. lost: the pieces that are not found word for word.
extra: what must not be found, and is.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import peers  # noqa: E402
import scoring  # noqa: E402

from explorer.errors import ExplorerError  # noqa: E402
from explorer.readers.limits import Limits  # noqa: E402
from explorer.readers.process.pool import ReaderPool  # noqa: E402

PEER = HERE / ".peer-fifty"
REQUIREMENTS = HERE / "fifty-requirements.txt"
DEPTH = 3
_EAST_ASIAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\u2e80-\u9fff\uf900-\ufaff]+")


@dataclass
class Read:
    """What was read of one file, with the files within it."""

    text: str
    warnings: tuple[str, ...]
    error: str | None = None


def made(python: Path, folder: Path, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What `fifty_files.py` says of each file."""
    command = [str(python), str(HERE / "fifty_files.py"), str(folder), *names]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    yield from map(json.loads, done.stdout.splitlines())


def read(pool: ReaderPool, path: Path, name: str, depth: int = 0) -> Read:
    """Reads a file as the app does; what stands within it is read as well, and stands behind it."""
    parts: list[tuple[str, bytes]] = []

    def take(part: str, blocks: Iterator[bytes]) -> None:
        parts.append((Path(part).name, b"".join(blocks)))

    try:
        reading = pool.read(path, name, limits=Limits(ocr=False), on_part=take)
    except ExplorerError as error:
        return Read("", (), str(error))
    found = Read(reading.text, reading.warnings)
    for number, (part, content) in enumerate(parts if depth < DEPTH else ()):
        inner = path.with_name(f"{path.name}-{number}")
        inner.write_bytes(content)
        within = read(pool, inner, part, depth + 1)
        inner.unlink()
        found = Read(f"{found.text}\n{within.text}", (*found.warnings, *within.warnings))
    return found


def words(text: str) -> list[str]:
    """The words of `text`, East Asian characters one by one: their lines break anywhere."""
    return [piece for word in scoring.words(text) for piece in _EAST_ASIAN.findall(word)]


def cells_right(rows: Sequence[Sequence[str]], text: str) -> tuple[int, int]:
    """(cells that stand whole and in order on the line of their row; all cells). A line serves one row."""
    lines = [
        [words(cell) for cell in re.split(r"\s\|\s?|\t", line)] for line in text.splitlines() if line.strip()
    ]
    right = total = 0
    for row in rows:
        wanted = [words(cell) for cell in row if words(cell)]
        total += len(wanted)
        best, at = 0, None
        for place, line in enumerate(lines):
            if (count := _in_order(wanted, line)) > best:
                best, at = count, place
        right += best
        if at is not None:
            lines.pop(at)
    return right, total


def _in_order(wanted: Sequence[list[str]], line: Sequence[list[str]]) -> int:
    """How many cells stand in a line one after the other; within a line without bars, as whole words."""
    if len(line) == 1 < len(wanted):
        return _in_running_words(wanted, line[0])
    best = [0] * (len(line) + 1)
    for cell in wanted:
        before = 0
        for place, found in enumerate(line, 1):
            here = best[place]
            best[place] = max(best[place], best[place - 1], before + (cell == found))
            before = here
    return best[-1]


def _in_running_words(wanted: Sequence[list[str]], line: list[str]) -> int:
    count = start = 0
    for cell in wanted:
        for at in range(start, len(line) - len(cell) + 1):
            if line[at : at + len(cell)] == cell:
                count, start = count + 1, at + len(cell)
                break
    return count


def compared(told: dict[str, Any], found: Read) -> str:
    """One row of the table."""
    heard = words(found.text)
    said = f" {' '.join(heard)} "
    expected = [word for _, text in told["pieces"] for word in words(text)]
    expected += [word for row in told["rows"] for cell in row for word in words(cell)]
    share, _ = scoring.recall_and_precision(expected, heard)
    right, total = cells_right(told["rows"], found.text)
    ordered = [word for _, text in told["pieces"] for word in words(text)]
    order = f"{scoring.in_sequence(ordered, heard):.2f}" if ordered else ""
    lost = list(
        dict.fromkeys(what for what, text in told["pieces"] if f" {' '.join(words(text))} " not in said)
    )
    extra = [text for text in told["absent"] if f" {' '.join(words(text))} " in said]
    cells = f"{right / total:.3f}" if total else ""
    noted = "; ".join([found.error or "", *(f"extra: {text}" for text in extra), ", ".join(lost)]).strip("; ")
    return f"| `{told['name']}` | {told['program']} | {share:.3f} | {cells} | {order} | {noted} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--python", type=Path, help="the Python with the libraries; default: .peer-fifty's")
    parser.add_argument("--folder", type=Path, default=PEER / "files", help="where the files lie")
    parser.add_argument("--text", action="store_true", help="show what was read, and the warnings")
    chosen = parser.parse_args()
    python = chosen.python or peers.python(PEER, REQUIREMENTS)
    missing: list[str] = []
    print("| file | program | words | cells | order | lost |\n|---|---|---|---|---|---|")
    count = 0
    with ReaderPool(size=1) as pool:
        for told in made(python, chosen.folder, chosen.names):
            if "missing" in told or "failed" in told:
                missing.append(f"{told['name']}: {told.get('missing') or told['failed']}")
                continue
            found = read(pool, chosen.folder / told["name"], told["name"])
            count += 1
            print(compared(told, found), flush=True)
            if chosen.text:
                print(found.text, *found.warnings, sep="\n")
    print(f"\n{count} files")
    for each in missing:
        print(f"not made: {each}")


if __name__ == "__main__":
    main()
