"""explorer.upkeep.freeing: room that nothing needs goes back to the disk, while the library is in use."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from explorer import Library
from explorer.upkeep.freeing import INDEX
from tests.folders import prose


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("freeing")
    for number in range(120):
        (folder / f"{number}.txt").write_text(prose(number, 40))
    with Library(folder / "library") as library:
        library.add([folder / f"{number}.txt" for number in range(120)])
        assert library.counts().documents == 120
        yield library


def test_a_removal_gives_room_back_and_free_the_rest(library: Library) -> None:
    before = library.upkeep.used()
    kept = [one.id for one in library.documents()][:12]
    library.remove({one.id for one in library.documents()} - set(kept))
    after = library.upkeep.used()
    catalogue = ("text", "embeddings", "empty")
    assert sum(map(after.of, catalogue)) < sum(map(before.of, catalogue)) / 2, "by itself"
    assert library.doctor().ok  # the index has followed
    dead = next(part for part in library.upkeep.used().parts if part.kind == "index")
    assert dead.freeable > dead.octets / 2, "most of it are vectors that were removed"

    old = library.folder / "files" / ".incoming" / "abc-def"
    old.write_bytes(b"x" * 100_000)
    os.utime(old, (time.time() - 90_000,) * 2)
    copy = library.folder / "catalog.sqlite3.before-2-2026-01-01"
    copy.write_bytes(b"x" * 10_000)
    steps: list[tuple[str, int, int]] = []
    freed = library.upkeep.free(lambda *step: steps.append(step))

    assert freed.octets > dead.freeable / 2 + 100_000, freed
    assert not old.exists() and not copy.exists()
    assert any("index" in line for line in freed.done) and copy.name in " ".join(freed.done)
    assert all(0 <= done <= total for _, done, total in steps)
    assert {what for what, _, _ in steps} >= {INDEX}
    assert library.upkeep.used().freeable == 0, library.upkeep.used()
    assert library.doctor().ok and [one.id for one in library.documents()] == kept
    assert len(library.search("harbour engine", k=5)) == 5
    assert library.upkeep.free().octets == 0, "nothing is left to free"


def test_what_repair_set_aside_goes_only_when_it_is_asked_for(library: Library) -> None:
    (library.folder / "files" / "stray.bin").write_bytes(b"x" * 20_000)
    library.doctor(repair=True)
    assert library.upkeep.set_aside() == ["stray.bin"]
    library.upkeep.free()
    assert library.upkeep.set_aside() == ["stray.bin"]
    assert library.upkeep.empty_attic() == 1
    assert library.upkeep.set_aside() == [] and library.upkeep.used().of("attic") == 0
