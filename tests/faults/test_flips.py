"""One flipped byte in every file of a library: what it held is served right, repaired or named.

`FAULTS_FLIPS=20` flips so many bytes of each file, and of each table of the catalogue, instead of one of each
file and of a few tables.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.worker import log
from tests.faults import flipping
from tests.faults.flipping import CATALOGUE, Trial, Whole
from tests.faults.ground import seed

pytestmark = pytest.mark.slow

FLIPS = int(os.environ.get("FAULTS_FLIPS", "0"))
TABLES, TABLES_ANYWHERE = 3, 3
"""How many tables and indexes of the catalogue are hit where not all are: in the head of a page, anywhere."""
OF_LAST_WRITES = {"talks", "map", "jobs", "settings", "tags"}
"""What may be of an earlier moment where the log of the catalogue is damaged: SQLite reads it up to there.
The documents come back by their originals."""
KEPT = ("chunk", "chunk_terms_content", "edition", "embedding", "page", "piece")
"""The tables of which every byte has a checksum, or a place in SQLite's own."""
HEAD = 8
"""Bytes at the beginning of a page that say what it is and where its rows stand."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    place = tmp_path_factory.mktemp("flips")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(place / "home"))
        yield flipping.build(place)


@pytest.fixture(scope="module")
def draw() -> random.Random:
    return random.Random(seed())


class Flipper:
    """Flips bytes of copies of a library, each of which is judged by itself."""

    def __init__(self, whole: Whole, place: Path, draw: random.Random) -> None:
        self._whole = whole
        self._place = place
        self._draw = draw
        self._number = 0
        self.outcomes: Counter[tuple[str, str]] = Counter()

    def at(self, source: Path, file: Path, position: int, what: str) -> Trial:
        self._number += 1
        folder = self._place / f"library{self._number}"
        shutil.copytree(source, folder)
        flipping.flip(folder / file, position, self._draw)
        print(f"{what}: {file}, byte {position}")  # noqa: T201  (shown when it fails)
        trial = flipping.judge(self._whole, folder)
        print(f"    {trial}")  # noqa: T201
        earlier = OF_LAST_WRITES if file.name == f"{CATALOGUE}-wal" else set()
        assert not set(trial.wrong) - earlier, "answered wrong, and nobody said so"
        written = log.path(folder).read_text("utf-8", "replace") if log.path(folder).exists() else ""
        for text in (*trial.said, written):
            assert "Traceback" not in text
            assert not [word for word in self._whole.words if word in text.lower()]
        self.outcomes[what, trial.outcome] += 1
        shutil.rmtree(folder, ignore_errors=True)
        return trial

    def show(self) -> None:
        for (what, outcome), number in sorted(self.outcomes.items()):
            print(f"{what}: {outcome} {number}")  # noqa: T201


def test_a_byte_of_every_other_file(whole: Whole, tmp_path: Path, draw: random.Random) -> None:
    flipper = Flipper(whole, tmp_path, draw)
    kinds = set()
    for path in sorted(whole.folder.rglob("*")):
        name = path.relative_to(whole.folder)
        if not path.is_file() or path.name == CATALOGUE or not path.stat().st_size:
            continue
        kind = kind_of(name)
        if not FLIPS and kind in kinds:
            continue
        kinds.add(kind)
        for _ in range(FLIPS or 1):
            flipper.at(whole.folder, name, draw.randrange(path.stat().st_size), kind)
    flipper.show()
    assert {"the log of the catalogue", "an original", "the manifest", "the vector index"} <= kinds


def kind_of(name: Path) -> str:
    known = {
        "chroma": "the vector index",
        f"{CATALOGUE}-wal": "the log of the catalogue",
        f"{CATALOGUE}-shm": "the log's index",
        "worker.json": "the worker's address",
    }
    if name.parts[0] == "chroma":
        return f"the vector index, {name.name}" if name.name != "chroma.sqlite3" else "the vector index"
    if name.parts[0] != "files":
        return known[name.name]
    if name.name == "manifest.jsonl":
        return "the manifest"
    return {".attic": "the attic", ".incoming": "an upload"}.get(name.parts[1], "an original")


def test_a_byte_anywhere_in_what_is_kept_of_documents(
    whole: Whole, tmp_path: Path, draw: random.Random
) -> None:
    flipper = Flipper(whole, tmp_path, draw)
    tables = flipping.pages(whole.folded / CATALOGUE)
    for name in KEPT if FLIPS else draw.sample(KEPT, TABLES_ANYWHERE):
        for _ in range(max(1, FLIPS)):
            position = draw.choice(tables[name]) * 4096 + draw.randrange(4096)
            flipper.at(whole.folded, Path(CATALOGUE), position, f"the catalogue, anywhere in {name}")
    flipper.show()


def test_the_head_of_pages_of_the_catalogue(whole: Whole, tmp_path: Path, draw: random.Random) -> None:
    flipper = Flipper(whole, tmp_path, draw)
    tables = flipping.pages(whole.folded / CATALOGUE)
    chosen = sorted(tables) if FLIPS else ["sqlite_schema", *draw.sample(sorted(tables), TABLES)]
    for name in chosen:
        for _ in range(max(1, FLIPS)):
            page = draw.choice(tables[name])
            position = page * 4096 + draw.randrange(HEAD if page else 100)
            flipper.at(whole.folded, Path(CATALOGUE), position, f"the catalogue, {name}")
    flipper.show()
