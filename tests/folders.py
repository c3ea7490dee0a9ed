"""Small documents on disk, and what tests ask of a library's folder."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from explorer.catalog.catalog import FILE_NAME

WHALES = (
    "# Whales\n\nWhales are large mammals that live in the ocean.\n\n## Food\n\nThey eat krill and squid.\n"
)
RENT = "The tenant pays a rent of 950 crowns on the first day of each month. Pets need written consent.\n"
BREAD = "Feed the sourdough starter every twelve hours. Bake the loaf at 240 degrees for forty minutes.\n"

_WORDS = tuple(
    """
    harbour engine ledger valley copper winter signal garden bridge market river stone paper window letter
    mountain candle forest kitchen island station captain teacher village silver meadow lantern journey
    """.split()  # noqa: SIM905
)


def write(folder: Path, **texts: str) -> list[Path]:
    """Files named after the keywords (`whales_md="…"` → whales.md), in that order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for key, text in texts.items():
        stem, _, extension = key.rpartition("_")
        path = folder / f"{stem}.{extension}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def prose(seed: int, sentences: int) -> str:
    """A text of its own for each seed: paragraphs of five sentences."""
    draw = random.Random(seed)
    lines = []
    for number in range(sentences):
        words = " ".join(draw.choice(_WORDS) for _ in range(draw.randint(8, 16)))
        lines.append(f"Entry {seed}-{number}: {words}." + ("\n\n" if number % 5 == 4 else " "))
    return "".join(lines)


def copy_library(folder: Path, target: Path) -> None:
    """A copy of a library, also while its worker has it open; the copy's vector index is made anew."""
    shutil.copytree(
        folder, target, ignore=shutil.ignore_patterns("worker.*", ".writers", "chroma", f"{FILE_NAME}*")
    )
    with (
        closing(sqlite3.connect(folder / FILE_NAME)) as old,
        closing(sqlite3.connect(target / FILE_NAME)) as new,
    ):
        old.backup(new)


def files_holding(folder: Path, word: str) -> list[str]:
    """Names of the files below `folder` in whose bytes the word stands, in any case."""
    wanted = word.encode().lower()
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and wanted in path.read_bytes().lower()
    ]


def eventually(check: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until `check()` is true."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
