"""explorer.upkeep.space: what takes room adds up to what the folder takes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.upkeep import KINDS, space
from explorer.worker import log as worker_log
from tests import small_library
from tests.folders import prose


def on_disk(folder: Path) -> int:
    """What `du` says: the blocks of every file and folder."""
    return sum(path.lstat().st_blocks * 512 for path in (folder, *folder.rglob("*")))


@pytest.fixture
def catalog(tmp_path: Path):
    documents = {f"{number}.txt": (prose(number, 60),) for number in range(8)}
    with small_library.fill(tmp_path / "library", documents) as catalog:
        yield catalog


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say how many blocks a file has")
def test_it_adds_up_to_what_the_folder_takes(catalog: Catalog) -> None:
    for name, size in (
        ("files/" + "a" * 64, 300_000),
        ("files/.attic/2026-01-01/b", 5000),
        ("chroma/c", 70_000),
    ):
        path = catalog.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    (catalog.folder / "catalog.sqlite3.before-2-2026-01-01").write_bytes(b"x" * 9000)
    (catalog.folder / "notes of somebody.txt").write_text("not ours, but it takes room")
    catalog.conversations.begin(catalog.conversations.create("One"), "What is it?", "quotes")
    used = space.used(catalog)
    assert used.total == on_disk(catalog.folder) == space.total(catalog.folder)
    assert {part.kind for part in used.parts} <= set(KINDS)
    assert used.of("originals") >= 300_000 and used.of("index") >= 70_000 and used.of("attic") >= 5000
    assert used.of("older") >= 9000 and used.of("text") > 0 and used.of("conversations") > 0
    numbers = catalog.embeddings.matrix()[1].nbytes
    assert numbers <= used.of("embeddings") < 3 * numbers
    assert [part.freeable for part in used.parts if part.kind == "older"] == [used.of("older")]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say how many blocks a file has")
def test_originals_in_the_bin_are_told_apart(catalog: Catalog) -> None:
    for document in catalog.documents.list():
        catalog.originals.path(catalog.documents.sha256(document.id)).write_bytes(b"x" * 10_000)
    before = space.used(catalog)
    assert before.of("bin") == 0
    catalog.bin.put([one.id for one in catalog.documents.list()][:3])
    used = space.used(catalog)
    assert used.of("bin") >= 30_000
    assert used.of("bin") + used.of("originals") == before.of("originals")
    assert used.total == on_disk(catalog.folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say how many blocks a file has")
def test_it_adds_up_while_changes_are_not_folded_in(catalog: Catalog) -> None:
    catalog.documents.remove([one.id for one in catalog.documents.list()][:7])
    used = space.used(catalog)
    assert used.total == on_disk(catalog.folder)
    assert all(part.octets >= part.freeable >= 0 for part in used.parts)


def test_what_redoing_left_and_what_never_arrived_can_be_freed(catalog: Catalog) -> None:
    live = catalog.generations.live()
    assert live is not None
    left = np.eye(384, dtype=np.float32)[:200]
    catalog.embeddings.put(live.model.id, [bytes([n]) * 32 for n in range(200)], left)
    arriving = catalog.originals.new_incoming()
    arriving.write_bytes(b"x" * 50_000)
    used = space.used(catalog)
    assert used.of("redoing") >= left.nbytes // 2 and used.of("arriving") >= 50_000
    assert used.freeable >= used.of("redoing")
    before = used.freeable
    os.utime(arriving, (time.time() - 90_000,) * 2)
    assert space.used(catalog).freeable >= before + 50_000, "a day old: nobody waits for it"


def test_an_empty_library_takes_next_to_nothing_and_has_nothing_to_free(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        used = space.used(catalog)
        assert 0 < used.total < 1_000_000 and used.freeable < 20_000 and used.log == 0
        with worker_log.opened(catalog.folder) as log:
            assert not isinstance(log, int)
            log.write(b"a line")
        assert space.used(catalog).log > 0
