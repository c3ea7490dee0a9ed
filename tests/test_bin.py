"""Undo, by the public API and real parts: gone at once, back as it was, and every byte gone in the end."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import pytest

from explorer import Library, NotFound, Scope, doctor
from explorer.catalog import FILE_NAME, binned
from tests.chat_server import serving
from tests.folders import RENT, WHALES, eventually, files_holding, write
from ui.chat import talk

QUESTION = "What do whales eat?"
MOON = "The moon moves away from the earth by four centimetres a year.\n"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Path]]:
    """A library of three documents, and the folder that they came from. Each test leaves it as it was."""
    papers = tmp_path_factory.mktemp("papers")
    write(papers, whales_md=WHALES, rent_txt=RENT, moon_txt=MOON)
    with Library(tmp_path_factory.mktemp("bin") / "library") as library:
        assert {one.status for one in library.add(papers)} == {"added"}
        library.tag([id_of(library, "whales.md")], add=["sea"])
        yield library, papers


def id_of(library: Library, name: str) -> str:
    return next(document.id for document in library.documents() if document.name == name)


def found(library: Library, mode: Any = "hybrid") -> list[tuple[str, int, float]]:
    hits = library.search(QUESTION, mode=mode)
    return [(hit.document.name, hit.chunk.id, pytest.approx(hit.score, abs=1e-6)) for hit in hits]


def state(library: Library) -> list[Any]:
    return [
        library.documents(),
        library.counts(),
        library.tags(),
        *(found(library, mode) for mode in ("hybrid", "semantic", "keyword")),
    ]


def test_it_is_gone_from_everything_at_once_and_comes_back_as_it_was(
    filled: tuple[Library, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = filled
    whales = id_of(library, "whales.md")
    conversation = library.conversations.create()
    quoted = library.conversations.ask(conversation, QUESTION)
    assert library.conversations.wait(quoted, 120)
    with serving(pieces=["They eat krill [1]."]) as server, monkeypatch.context() as environment:
        environment.setenv("EXPLORER_CHAT_URL", server.address)
        environment.setenv("EXPLORER_CHAT_MODEL", "m")
        written = library.conversations.ask(conversation, QUESTION, Scope(documents=[whales]))
        assert library.conversations.wait(written, 120)
    atlas = library.map()
    before, chunks = state(library), library.chunks(whales)
    said = [talk.describe(library, one) for one in library.conversations.messages(conversation)]
    assert said[0]["quotes"][0]["title"] == "whales.md" and said[1]["blocks"]

    assert library.bin(whales) == [whales]
    assert library.counts().documents == 2 and library.tags() == {}
    for mode in ("hybrid", "semantic", "keyword"):
        assert "whales.md" not in [name for name, _, _ in found(library, mode)]
        assert library.search("krill", mode=mode, scope=Scope(documents=[whales])) == []  # type: ignore[arg-type]
    assert library.search("krill", mode="keyword") == library.search("tag:sea") == []
    for ask in (library.document, library.text, library.chunks, library.original):
        with pytest.raises(NotFound):
            ask(whales)
    with pytest.raises(NotFound):
        library.similar(chunks[0].id)
    with pytest.raises(NotFound):
        library.page_image(whales, 1)
    left = library.stored_map()
    assert left is not None and not np.isin([one.id for one in chunks], left.atlas.chunk_ids).any()
    assert "krill" not in str(left.atlas.clusters)
    first, second = (talk.describe(library, one) for one in library.conversations.messages(conversation))
    assert "document removed" in first["copy"] and "krill" not in str(first) + str(second)
    assert "bin" in second["note"]
    answer = library.ask(QUESTION)
    assert not any(hit.document.name == "whales.md" for hit in answer.hits)
    assert [one.document.id for one in library.binned()] == [whales]
    report = library.doctor()
    assert report.ok, report.problems
    assert report.counts["index_vectors"] == report.counts["live_chunks"] == library.counts().chunks
    assert report.counts["in_the_bin"] == 1

    assert library.restore(whales) == [whales]
    assert state(library) == before
    assert library.chunks(whales) == chunks
    kept = library.stored_map()
    assert kept is not None and kept.is_current and kept.atlas.xy.tolist() == atlas.xy.tolist()
    again = [talk.describe(library, one) for one in library.conversations.messages(conversation)]
    assert again == said
    assert library.doctor().ok
    library.conversations.delete(conversation)


def test_the_same_file_again_brings_it_back(filled: tuple[Library, Path]) -> None:
    library, papers = filled
    before, moon = state(library), id_of(library, "moon.txt")
    library.bin([moon])
    (outcome,) = library.add(papers / "moon.txt")
    assert (outcome.status, outcome.document and outcome.document.id) == ("added", moon)
    assert binned.BACK in outcome.warnings
    assert state(library) == before
    assert library.binned() == []


def test_without_days_there_is_no_bin(filled: tuple[Library, Path], tmp_path: Path) -> None:
    library, _ = filled
    library.add(write(tmp_path, word_txt="A word like xylographomancy is seldom read.\n"))
    word = id_of(library, "word.txt")
    library.change_settings(bin_days=0)
    assert library.bin(word) == []
    library.change_settings(bin_days=None)
    assert library.binned() == []
    assert files_holding(library.folder, "xylographomancy") == []


def test_what_was_redone_in_between_is_read_by_the_new_settings(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        long = " ".join(f"Whales number {number} eat krill, squid and small fish." for number in range(60))
        library.add(write(tmp_path / "papers", long_txt=long, rent_txt=RENT))
        gone, before = id_of(library, "long.txt"), len(library.chunks(id_of(library, "long.txt")))
        library.tag([gone], add=["sea"])
        library.bin(gone)
        library.change_settings(chunk_tokens=40)
        library.redo()
        eventually(lambda: not library.is_redoing)
        assert library.needs_redo == ()
        assert [one.document.name for one in library.binned()] == ["long.txt"]
        assert library.restore(gone) == [], "it has to be read again"
        assert library.restore(gone) == [], "and is not read twice"
        eventually(lambda: not library.activity().is_busy)
        assert library.binned() == []
        assert library.document(gone).tags == ("sea",)
        assert len(library.chunks(gone)) > 1.5 * before
        assert library.search("krill and squid", k=1)[0].document.id == gone
        assert len(library.jobs()) == 1
        assert library.doctor().problems == ()


def test_when_its_days_are_over_no_byte_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "library"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Library(place) as library:
        papers = write(tmp_path / "papers", word_txt=f"# Xylographomancy\n\n{WHALES}", rent_txt=RENT)
        library.add(papers)
        word = id_of(library, "word.txt")
        assert library.search("xylographomancy", mode="keyword")
        conversation = library.conversations.create()
        assert library.conversations.wait(library.conversations.ask(conversation, QUESTION), 120)
        library.map()
        library.bin(word)
        assert files_holding(place, "xylographomancy"), "its bytes are kept"
    eventually(lambda: not (place / "worker.json").exists(), seconds=30)
    con = apsw.Connection(str(place / FILE_NAME))
    con.execute("UPDATE document SET binned_at = binned_at - 8 * 86400 WHERE id = ?", (word,))
    con.close()
    shutil.rmtree(tmp_path / "papers")
    with Library(place) as library:  # which starts a worker, as its bin is not empty
        eventually(lambda: not library.binned())
        eventually(lambda: not files_holding(tmp_path, "xylographomancy"))
        assert library.restore(word) == []
        assert library.doctor().problems == ()
        assert [one.name for one in library.documents()] == ["rent.txt"]


def test_a_library_that_comes_back_from_its_originals_has_its_bin(tmp_path: Path) -> None:
    place = tmp_path / "library"
    with Library(place) as library:
        library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT))
        library.tag([id_of(library, "whales.md")], add=["sea"])
        library.bin(id_of(library, "whales.md"))
    eventually(lambda: not (place / "worker.json").exists(), seconds=30)
    (place / FILE_NAME).unlink()
    assert doctor.restore(place) is not None
    with Library(place) as library:
        eventually(lambda: not library.activity().is_busy)
        assert [one.name for one in library.documents()] == ["rent.txt"]
        (held,) = library.binned()
        assert (held.document.name, held.document.tags) == ("whales.md", ("sea",))
        assert library.restore(held.document.id) == [held.document.id]
        assert library.search(QUESTION)[0].document.name == "whales.md"
        assert library.doctor(repair=True).ok


def test_parts_of_an_archive_go_and_come_one_by_one(filled: tuple[Library, Path], tmp_path: Path) -> None:
    library, _ = filled
    with zipfile.ZipFile(tmp_path / "parcel.zip", "w") as parcel:
        parcel.writestr("one.txt", "The first letter speaks of apples.\n")
        parcel.writestr("two.txt", "The second letter speaks of pears.\n")
    library.add(tmp_path / "parcel.zip")
    one, two = id_of(library, "one.txt"), id_of(library, "two.txt")
    library.bin(one)
    assert library.document(two).part_of == "parcel.zip"
    library.restore(one)
    assert library.document(one).part_of == "parcel.zip"
    library.remove([one, two])


def test_binned_while_it_is_being_redone(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        papers = write(tmp_path / "papers", whales_md=WHALES, rent_txt=RENT, moon_txt=MOON)
        library.add(papers)
        library.change_settings(chunk_tokens=40)
        library.redo()
        whales = id_of(library, "whales.md")
        time.sleep(0.2)
        library.bin(whales)
        eventually(lambda: not library.is_redoing)
        library.restore(whales)
        eventually(lambda: not library.activity().is_busy and not library.is_redoing)
        assert library.search(QUESTION)[0].document.id == whales
        assert library.needs_redo == ()
        report = library.doctor()
        assert report.ok, report.problems
