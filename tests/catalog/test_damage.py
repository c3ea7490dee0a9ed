"""A damaged catalogue is one error that names the file, says what to do and holds no words of a document."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer import Library, StorageError
from explorer.cli import commands
from explorer.errors import ExplorerError, WorkerError
from explorer.worker import client
from tests.folders import BREAD, RENT, WHALES, prose, write

NAME = "catalog.sqlite3"
WORDS = ("whales", "krill", "tenant", "sourdough", "harbour", "lantern")
SEEDS = range(40)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The bytes of a catalogue that holds four documents and a conversation."""
    folder = tmp_path_factory.mktemp("whole")
    with Library(folder / "library") as library:
        paths = write(folder, whales_md=WHALES, rent_txt=RENT, bread_txt=BREAD, long_txt=prose(1, 200))
        library.add(paths)
        library.tag([library.documents()[0].id], ["animals"])
        assert library.search("whales", mode="keyword")
        assert library._catalog.database.forget(), "all is in the one file"
        yield (folder / "library" / NAME).read_bytes()


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def spawn(folder: Path) -> None:
        raise WorkerError(f"No worker is started for {folder}.")

    monkeypatch.setattr(client, "spawn", spawn)


def damaged(data: bytes, seed: int) -> bytes:
    """The bytes with some of them replaced, and for every other seed a page of what is no UTF-8."""
    draw = random.Random(seed)
    broken = bytearray(data)
    for _ in range(draw.choice((1, 10, 100, 1000))):
        broken[draw.randrange(len(broken))] = draw.randrange(256)
    if seed % 2:
        start = draw.randrange(len(broken) - 4096)
        broken[start : start + 4096] = bytes(draw.choice((0xFF, 0xFE, 0x80, 0x61)) for _ in range(4096))
    return bytes(broken)


def laid_out(folder: Path, data: bytes) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "files").mkdir(parents=True)
    (folder / NAME).write_bytes(data)
    return folder


def reading(library: Library) -> Iterator[Callable[[], object]]:
    """Everything that reads the catalogue, one call each."""
    yield lambda: [
        (library.text(one.id), library.pages(one.id), library.chunks(one.id)) for one in library.documents()
    ]
    yield library.counts
    yield library.jobs
    yield library.activity
    yield library.tags
    yield lambda: library.settings
    yield lambda: library.search("whales rent lantern", mode="keyword")
    yield library.conversations.list
    yield library.stored_map
    yield lambda: library.needs_redo
    yield library._catalog.check
    yield lambda: list(library._catalog.embeddings.of_generation(1))
    yield library.doctor


@pytest.mark.usefixtures("no_worker")
def test_flipped_bytes_are_read_or_named_wherever_they_stand(whole: bytes, tmp_path: Path) -> None:
    said = []
    for seed in SEEDS:
        folder = laid_out(tmp_path / "library", damaged(whole, seed))
        try:
            with Library(folder) as library:
                for read in reading(library):
                    try:
                        read()
                    except ExplorerError as error:
                        said.append(error)
        except StorageError as error:
            said.append(error)
    messages = {str(one) for one in said if isinstance(one, StorageError)}
    assert any("is damaged" in message for message in messages)
    for message in messages:
        assert NAME in message or "library" in message
        assert not [word for word in WORDS if word in message.lower()]


def test_text_that_is_no_utf8_is_damage_without_its_words(whole: bytes, tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "library", whole.replace(b"krill and", b"krill \xff\xfe\xff"))
    with Library(folder) as library:
        (whales,) = [one for one in library.documents() if one.name == "whales.md"]
        with pytest.raises(
            StorageError, match=r"catalog\.sqlite3 is damaged \(Unicode.*Restore it"
        ) as caught:
            library.text(whales.id)
    assert "krill" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.usefixtures("no_worker")
def test_no_command_shows_a_traceback_or_words_of_a_document(
    whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = set()
    for seed in SEEDS:
        folder = laid_out(tmp_path / "library", damaged(whole, seed))
        for command in (["search", "xyzzy", "--mode", "keyword"], ["ask", "xyzzy"], ["doctor"]):
            statuses.add(commands.main([*command, "--library", str(folder)]))
            shown = capsys.readouterr()
            assert "Traceback" not in shown.err
            assert not [word for word in WORDS if word in shown.err.lower()], shown.err
    assert 1 in statuses


@pytest.mark.usefixtures("no_worker")
def test_a_fault_of_the_program_is_a_line_that_can_be_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> int:
        raise ValueError("secret words")

    monkeypatch.setitem(commands.COMMANDS, "doctor", fails)
    assert commands.main(["doctor", "--library", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "the program failed (ValueError in test_damage.py, line " in shown.err
    assert "secret" not in shown.out + shown.err
    assert "Traceback" not in shown.err
