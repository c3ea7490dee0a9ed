"""A full disk, and one that fills up on the way: said, nothing lost, and all goes on when there is room."""

from __future__ import annotations

import io
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import DiskFull, Library
from explorer.errors import ExplorerError
from tests.disks import fill, mounted
from tests.faults.ground import Ground, seed
from tests.folders import eventually
from tests.ingestion.looking import LONG, is_embedding, job

pytestmark = pytest.mark.slow

LEFT = (0, 100_000)
"""Bytes that are free on a disk that is full, or nearly."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with (
        mounted(tmp_path_factory.mktemp("disk") / "small", 40) as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        home = str(made.parent / "home")
        for name in ("HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, home)
        yield made


@pytest.fixture(scope="module")
def ground(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = Ground(disk, random.Random(seed()))
    made.sources = tmp_path_factory.mktemp("sources")
    files = made.write(6)
    with Library(made.folder) as library:
        library.add(list(files))
    made.texts = {path.name: text for path, text in files.items()}
    return made


@pytest.fixture
def library(ground: Ground, disk: Path) -> Iterator[Library]:
    with Library(ground.folder) as opened:
        yield opened
        (disk / "filler").unlink(missing_ok=True)
        ground.check(opened)
    assert not ground.traces()


def said_full(message: str | None) -> bool:
    return bool(re.search(r"[Dd]isk.* is full|cannot be stored", message or ""))


@pytest.mark.parametrize("left", LEFT)
def test_searching_and_reading_need_no_room(library: Library, ground: Ground, disk: Path, left: int) -> None:
    fill(disk, left)
    name = sorted(ground.texts)[0]
    (found,) = [one for one in library.documents() if one.name == name]
    assert library.text(found.id) == ground.texts[name]
    assert library.search(ground.texts[name][:60], k=3)
    assert library.ask("What is the word of this note?").text


@pytest.mark.parametrize("left", LEFT)
def test_removing(library: Library, ground: Ground, disk: Path, left: int) -> None:
    files = ground.write(2)
    library.add(list(files))
    names = {path.name for path in files}
    ids = [one.id for one in library.documents() if one.name in names]
    filler = fill(disk, left)
    try:
        library.remove(ids)
    except DiskFull as error:
        assert said_full(str(error))
        there = {one.name for one in library.documents()} & names
        assert there in (set(), names)
        filler.unlink()
        library.remove(ids)
    assert not {one.name for one in library.documents()} & names
    ground.gone += sorted(names)


@pytest.mark.parametrize("left", LEFT)
def test_adding_waits_and_goes_on(library: Library, ground: Ground, disk: Path, left: int) -> None:
    files = ground.write(2, longest=40)
    filler = fill(disk, left)
    try:
        jobs = library.enqueue(list(files))
        eventually(
            lambda: all(library.job(one).error or library.job(one).is_over for one in jobs) or left, 20
        )
    except DiskFull as error:
        assert said_full(str(error))
        jobs = []
    filler.unlink()
    jobs = jobs or library.enqueue(list(files))
    eventually(lambda: all(library.job(one).is_over for one in jobs), 120)
    assert [library.job(one).outcome for one in jobs] == ["added", "added"]
    ground.texts |= {path.name: text for path, text in files.items()}


def test_it_fills_up_while_a_document_is_embedded(library: Library, ground: Ground, disk: Path) -> None:
    number = library.upload("long.txt", io.BytesIO(LONG.encode()))
    eventually(lambda: is_embedding(library, number))
    filler = fill(disk, 0)
    eventually(lambda: any(said_full(one.error) for one in library.jobs()), 30)
    filler.unlink()
    eventually(lambda: job(library, number).is_over, 120)
    assert job(library, number).outcome == "added"
    library.remove([one.id for one in library.documents() if one.name == "long.txt"])


@pytest.mark.parametrize("left", LEFT)
def test_doing_all_again_waits_and_goes_on(library: Library, disk: Path, left: int) -> None:
    filler = fill(disk, left)
    try:
        library.redo()
    except DiskFull as error:
        assert said_full(str(error))
        filler.unlink()
        library.redo()
    else:
        eventually(lambda: any(said_full(one.error) for one in library.jobs()) or not library.is_redoing, 60)
        filler.unlink()
    eventually(lambda: not library.is_redoing, 180)
    assert all(one.outcome != "failed" for one in library.jobs())


def test_a_copy_says_how_much_is_missing_or_leaves_nothing_behind(library: Library, disk: Path) -> None:
    filler = fill(disk, 100_000)
    with pytest.raises(DiskFull, match="are missing"):
        library.transfer.backup(disk / "copy")
    filler.unlink()
    with pytest.raises(DiskFull, match="could not be stored"):
        library.transfer.backup(disk / "copy", on_progress=lambda _done, _all: fill(disk, 0) and None)
    assert not list(disk.glob("copy*"))
    (disk / "filler").unlink()
    library.transfer.backup(disk / "copy")
    shutil.rmtree(disk / "copy")


def test_a_map_says_it_and_is_drawn_afterwards(library: Library, disk: Path) -> None:
    assert library.stored_map() is None
    filler = fill(disk, 0)
    with pytest.raises(ExplorerError) as caught:
        library.map()
    assert said_full(str(caught.value)), caught.value
    filler.unlink()
    assert len(library.map().chunk_ids) == library.counts().chunks


@pytest.mark.parametrize("left", LEFT)
def test_a_conversation_keeps_what_it_had(library: Library, disk: Path, left: int) -> None:
    talk = library.conversations.create("Before")
    first = library.conversations.ask(talk, "What is the word of this note?")
    assert library.conversations.wait(first, 60)
    before = library.conversations.messages(talk)
    filler = fill(disk, left)
    try:
        second = library.conversations.ask(talk, "And what else is written there?" * 40)
        library.conversations.wait(second, 60)
        message = library.conversations.message(second)
        assert (
            message.state == "done" or said_full(message.error) or message.state in ("streaming", "stopped")
        )
    except DiskFull as error:
        assert said_full(str(error))
    assert library.conversations.messages(talk)[0] == before[0]
    filler.unlink()
    third = library.conversations.ask(talk, "And now?")
    assert library.conversations.wait(third, 60)
    assert library.conversations.message(third).state == "done"
    library.conversations.delete(talk)


def test_settings_and_tags_are_as_before(library: Library, ground: Ground, disk: Path) -> None:
    fill(disk, 0)
    long = ["a long tag " * 50 + str(number) for number in range(400)]
    try:
        library.tag([library.documents()[0].id], add=long)
    except DiskFull as error:
        assert said_full(str(error))
        assert not set(library.tags()) & set(long)
    else:
        library.tag([library.documents()[0].id], remove=long)
