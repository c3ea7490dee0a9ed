"""`library.words` and `python -m explorer words`.

Runs explorer.wordvectors.library_words, explorer.wordvectors.asked, explorer.wordvectors.process,
explorer.wordvectors.kept, explorer.wordvectors.background, explorer.wordvectors.__main__ and
explorer.cli.words.

What needs no training is asked of vectors that are written here; the rest is trained by gensim.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer import Library
from explorer.cli import commands
from explorer.embedding.words import files
from explorer.embedding.words.names import own_file
from explorer.embedding.words.table import WordTable
from explorer.errors import ModelError, NotFound
from explorer.upkeep import space
from explorer.wordvectors import __main__ as process
from tests.wordvectors.test_training import documents

ROWS = {
    "man": (1, 0, 0, 0.1),
    "woman": (0, 1, 0, 0.1),
    "king": (1, 0, 1, 0),
    "queen": (0, 1, 1, 0),
    "throne": (0.1, 0.1, 1, 0),
    "bread": (0, 0.1, 0, 1),
}
TEXT = "The king sat on the throne.\n\nThe queen ate bread.\n"


def write(folder: Path, kind: str = "word2vec", ids: tuple[str, ...] = ()) -> None:
    table = WordTable(list(ROWS), np.array(list(ROWS.values()), np.float32), np.ones(6, np.float32))
    files.write(own_file(folder, kind), table, files.About(kind, "2026-11-30T12:00:00+00:00", 1, 1, ids))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One document, and vectors made by hand."""
    folder = tmp_path_factory.mktemp("words")
    (folder / "tale.txt").write_text(TEXT)
    with Library(folder / "library") as library:
        library.add([folder / "tale.txt"])
        write(library.folder)
        yield library


def test_the_nearest_words(library: Library) -> None:
    found = library.words.nearest("king", 2)
    assert [one.word for one in found] == ["throne", "man"]
    assert 1 > found[0].cosine > found[1].cosine > 0


def test_an_analogy(library: Library) -> None:
    assert [one.word for one in library.words.analogy("man", "king", "woman", 1)] == ["queen"]


def test_likeness_is_a_cosine(library: Library) -> None:
    assert library.words.similarity("king", "king") == pytest.approx(1)
    assert library.words.similarity("king", "queen") == pytest.approx(0.5)


def test_two_words_stand_side_by_side_with_their_passages(library: Library) -> None:
    found = library.words.compare("king", "queen", 2)
    assert found.shared == ("throne",)
    assert found.first.only == ("man",)
    assert found.second.only == ("woman",)
    assert "king sat" in found.first.hits[0].passage.text
    assert "queen ate" in found.second.hits[0].passage.text
    assert found.cosine == pytest.approx(0.5)


def test_a_word_that_no_passage_holds_has_none(library: Library) -> None:
    assert library.words.compare("man", "king").first.hits == ()


def test_a_picture_places_alike_words_together(library: Library) -> None:
    placed = {one.word: np.array([one.x, one.y]) for one in library.words.picture([*ROWS, "king"])}
    assert list(placed) == list(ROWS)
    assert np.linalg.norm(placed["king"] - placed["throne"]) < np.linalg.norm(
        placed["king"] - placed["bread"]
    )
    assert [(one.x, one.y) for one in library.words.picture(["king"])] == [(0, 0)]
    assert library.words.picture([]) == []


def test_an_unknown_word_is_said_with_what_is_spelled_alike(library: Library) -> None:
    with pytest.raises(NotFound, match="Did you mean: throne"):
        library.words.nearest("thronne")
    with pytest.raises(NotFound, match=r"word2vec:library\.$"):
        library.words.nearest("mankind")  # which holds a word that is there, and is spelled otherwise


def test_vectors_that_are_not_there_are_said_with_the_command(library: Library) -> None:
    with pytest.raises(ModelError, match="words train --kind fasttext"):
        library.words.nearest("king", vectors="fasttext:library")
    with pytest.raises(ModelError, match="no name of word vectors"):
        library.words.nearest("king", vectors="all-MiniLM-L6-v2")
    with pytest.raises(ModelError, match="no word vectors of the kind"):
        library.words.train("elmo")


def test_they_take_room_and_can_be_forgotten(library: Library) -> None:
    write(library.folder, "fasttext")
    assert [one.name for one in library.words.trained()] == ["word2vec:library", "fasttext:library"]
    assert "words" in space.KINDS
    assert library.upkeep.used().of("words") >= sum(one.octets for one in library.words.trained())
    library.words.forget("fasttext")
    assert [one.name for one in library.words.trained()] == ["word2vec:library"]


def test_whose_words_they_hold_that_were_removed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(f"{TEXT} {name}")
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "one.txt", tmp_path / "two.txt"])
        by_name = sorted(library.documents(), key=lambda one: one.name)  # added in either order
        ids = tuple(one.id for one in by_name)
        write(library.folder, ids=ids)
        assert [(one.added, one.removed) for one in library.words.trained()] == [(0, 0)]
        assert not [line for line in library.doctor().notes if "word2vec" in line]
        library.remove(ids[0])
        (tmp_path / "three.txt").write_text("Three.")
        library.add([tmp_path / "three.txt"])
        assert [(one.added, one.removed) for one in library.words.trained()] == [(1, 1)]
        compared = library.words.compare("king", "queen")
        shown = {hit.document.id for use in (compared.first, compared.second) for hit in use.hits}
        assert shown == {ids[1]}, "no passage of what was removed"
        read, words = process._documents(library._catalog, lambda _done, _all: None)
        assert ids[0] not in read and "one" not in {word for text in words for word in text}
        assert [line for line in library.doctor().notes if "1 document that was removed since" in line]
        assert commands.main(["words", "list", "--library", str(library.folder)]) == 0
        assert "words of which are in it still: 1" in capsys.readouterr().out
        own_file(library.folder, "word2vec").write_bytes(b"damaged" * 9)
        assert [line for line in library.doctor().notes if "cannot be read" in line]


def test_words_that_are_usual_here_and_what_is_known(library: Library) -> None:
    assert library.words.usual(3) == ["woman", "king", "queen"]
    assert library.words.knows("King")
    assert not library.words.knows("emperor")
    assert library.words.available()[0] == "word2vec:library"


def test_the_command_asks_them(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert commands.main(["words", *arguments, "--library", str(library.folder)]) == 0
        return capsys.readouterr().out

    assert said("nearest", "king", "-k", "1").split()[1:] == ["throne"]
    assert json.loads(said("analogy", "man", "king", "woman", "--json"))[0]["word"] == "queen"
    assert said("similarity", "king", "queen").strip() == "0.500"
    compared = said("compare", "king", "queen", "-k", "2")
    assert "near both: throne" in compared
    assert "king sat on the throne" in compared
    assert "word2vec:library" in said("list")
    assert commands.main(["words", "nearest", "kingg", "--library", str(library.folder)]) == 1


# ---- trained


def test_nothing_is_kept_of_a_library_that_was_emptied_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tale.txt").write_text(TEXT)
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "tale.txt"])

        def train(*_: object) -> WordTable:
            library.remove([one.id for one in library.documents()])
            return WordTable(list(ROWS), np.array(list(ROWS.values()), np.float32))

        monkeypatch.setattr(process, "train", train)
        with pytest.raises(ModelError, match="All documents were removed meanwhile"):
            process._train(library.folder, "word2vec", 1)
        assert not own_file(library.folder, "word2vec").exists()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("trained")
    texts = [" ".join(words) for words in documents(240)]
    for number in range(24):  # each of one subject
        (folder / f"{number}.txt").write_text("\n\n".join(texts[number::24]))
    with Library(folder / "library") as library:
        library.add(sorted(folder.glob("*.txt")))
        library.words.train()
        yield library


@pytest.mark.extras("words")
def test_what_was_trained_says_what_it_is_of(trained: Library) -> None:
    made = trained.words.trained()[0]
    assert (made.name, made.documents) == ("word2vec:library", 24)
    assert made.octets > 10_000
    assert len(trained.words.nearest("whale", 3)) == 3


@pytest.mark.extras("words")
def test_training_again_gives_the_same_and_tells_how_far_it_is(trained: Library) -> None:
    path = own_file(trained.folder, "word2vec")
    before = files.read(path)
    told: list[tuple[int, int]] = []
    seed = files.about(path).seed
    trained.words.train("word2vec", lambda done, whole: told.append((done, whole)), seed=seed)
    np.testing.assert_array_equal(files.read(path).units, before.units)
    assert told == sorted(told)
    assert told[-1] == (100, 100)


class _Stopped(Exception):  # noqa: N818
    pass


@pytest.mark.extras("words")
def test_it_can_be_stopped_and_leaves_what_was_there(trained: Library) -> None:
    path = own_file(trained.folder, "word2vec")
    before = path.read_bytes()

    def stop(_done: int, _whole: int) -> None:
        raise _Stopped

    with pytest.raises(_Stopped):
        trained.words.train("word2vec", stop)
    assert path.read_bytes() == before
    assert [one.suffix for one in path.parent.iterdir() if one.suffix == ".part"] == []
    trained.words.train("word2vec", seed=2)  # nothing holds the lock
    assert path.read_bytes() != before


@pytest.mark.extras("words")
def test_an_empty_library_is_told_so(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library, pytest.raises(ModelError, match="holds no document"):
        library.words.train()


@pytest.mark.extras("words")
def test_they_serve_as_the_librarys_model_until_they_are_trained_again(trained: Library) -> None:
    trained.words.train("fasttext")
    trained.change_settings(model="fasttext:library")
    assert "model" in trained.needs_redo
    trained.redo()
    deadline = time.monotonic() + 120
    while trained.is_redoing and time.monotonic() < deadline:
        time.sleep(0.1)
    live = trained.models.live()
    assert live is not None
    assert (live.model.name, live.model.dimension) == ("fasttext:library", 200)
    assert trained.needs_redo == ()
    hits = trained.search("harboour sailor anchor", 3, "semantic", fold=False)
    assert {int(hit.document.name.removesuffix(".txt")) % 4 for hit in hits} == {0}
    trained.words.train("fasttext", seed=5)
    assert trained.needs_redo == ("model",)
    with pytest.raises(ModelError, match="Redo all documents"):
        trained.search("harbour", 3, "semantic")
