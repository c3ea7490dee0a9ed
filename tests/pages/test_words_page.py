"""Words: what is asked of word vectors, how they are learned, and what is said where there are none.

Runs ui.words.page with ui.words.asking, ui.words.picture, ui.words.training, ui.words.uses and
ui.words.vectors. The vectors are written by hand but where something is learned.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library, extras
from explorer.embedding.words import files
from explorer.embedding.words.names import own_file
from explorer.embedding.words.table import WordTable
from tests.pages.components import data, is_shown, marked, trigger
from tests.pages.conftest import open_page, texts
from tests.waiting import until
from tests.wordvectors.test_training import documents
from ui.component import asset
from ui.words.uses import AROUND, excerpt

ROWS = {
    "river": (1, 0, 0.1),
    "gravel": (0.9, 0.1, 0),
    "sea": (0.8, 0, 0.3),
    "pawn": (0, 1, 0),
    "king": (0.1, 0.9, 0),
    "rye": (0, 0.1, 1),
}


@pytest.fixture
def known(library: Library) -> Library:
    """The library with three documents and vectors that are of them."""
    table = WordTable(list(ROWS), np.array(list(ROWS.values()), np.float32), np.ones(len(ROWS), np.float32))
    ids = tuple(one.id for one in library.documents())
    made = files.About("word2vec", "2026-11-30T12:00:00+00:00", len(ids), 1, ids)
    files.write(own_file(library.folder, "word2vec"), table, made)
    return library


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """No extra is installed."""
    monkeypatch.setattr(extras.Extra, "is_installed", property(lambda _self: False))


def labels(app: AppTest, name: str) -> list[str]:
    return [one.label for one in app.button if (one.key or "").startswith(f"words_{name}_")]


def ask(app: AppTest, view: str) -> AppTest:
    app.button_group(key="words_view").set_value(view).run()
    assert not app.exception, app.exception
    return app


@pytest.mark.usefixtures("without")
def test_without_the_extra_it_says_the_command(app: AppTest, library: Library) -> None:
    open_page(app, "words")
    assert "nothing leaves this machine" in texts(app)
    commands = [block.value for block in app.code]
    assert [extras.command("words"), extras.command("glove")] == commands
    assert labels(app, "train") == []
    assert library.words.trained() == []


def test_frequent_words_are_where_one_begins(app: AppTest, known: Library) -> None:
    open_page(app, "words")
    assert labels(app, "usual") == ["river", "gravel", "pawn", "king"], "short ones say little"
    app.button(key="words_usual_0").click().run()
    assert app.text_input(key="words_word").value == "river"
    assert labels(app, "near")[:2] == ["gravel · 0\\.99", "sea · 0\\.97"]
    (row,) = data(app, "words_uses")["rows"]
    assert row["title"] == "rivers.md"
    assert marked(row["nodes"]) == ["river"]
    app.button(key="words_near_0").click().run()
    assert app.text_input(key="words_word").value == "gravel"


def test_a_passage_opens_beside(app: AppTest, known: Library) -> None:
    open_page(app, "words")
    app.text_input(key="words_word").set_value("gravel").run()
    (row,) = data(app, "words_uses")["rows"]
    trigger(app, "words_uses", "open", {name: row[name] for name in ("document", "page", "start", "end")})
    assert data(app, "viewer")["title"] == "rivers.md"


def test_a_word_that_is_not_there_is_said_with_others(app: AppTest, known: Library) -> None:
    open_page(app, "words")
    app.text_input(key="words_word").set_value("grvel").run()
    assert "Did you mean: gravel" in texts(app)
    assert not app.error


def test_an_analogy(app: AppTest, known: Library) -> None:
    ask(open_page(app, "words"), "analogy")
    for key, word in (("words_a", "river"), ("words_b", "pawn"), ("words_c", "gravel")):
        app.text_input(key=key).set_value(word).run()
    assert labels(app, "analogy")[0].startswith("king")


def test_two_words_side_by_side(app: AppTest, known: Library) -> None:
    ask(open_page(app, "words"), "compare")
    app.text_input(key="words_first").set_value("river").run()
    app.text_input(key="words_second").set_value("king").run()
    assert "Likeness: **0.1" in texts(app)
    shown = [one.proto.component_name for one in app.get("bidi_component")]
    assert shown.count("explorer_words_uses") == 2
    ask(app, "nearest")
    ask(app, "compare")
    assert app.text_input(key="words_second").value == "king", "what was typed is kept"


def test_a_picture_of_frequent_words_then_of_chosen_ones(app: AppTest, known: Library) -> None:
    ask(open_page(app, "words"), "picture")
    assert {one["word"] for one in data(app, "words_picture")["words"]} == {"river", "gravel", "pawn", "king"}
    app.text_input(key="words_pictured").set_value("sea, nowhere pawn").run()
    assert "“nowhere” is not among" in texts(app)
    drawn = {one["word"]: one for one in data(app, "words_picture")["words"]}
    assert [word for word, one in drawn.items() if one["chosen"]] == ["sea", "pawn"]
    assert set(drawn) == set(ROWS), "with what is near them"
    assert drawn["sea"]["colour"] != drawn["pawn"]["colour"]
    app.toggle(key="words_picture_near").set_value(False).run()
    assert [one["word"] for one in data(app, "words_picture")["words"]] == ["sea", "pawn"]
    trigger(app, "words_picture", "word", "sea")
    assert app.text_input(key="words_word").value == "sea"
    assert not is_shown(app, "words_picture")


def test_what_came_and_went_since_is_said(app: AppTest, known: Library, tmp_path: Path) -> None:
    open_page(app, "words")
    assert "learned" in texts(app)
    assert not app.warning
    (tmp_path / "new.txt").write_text("A lighthouse.")
    known.add([tmp_path / "new.txt"])
    known.remove(next(one.id for one in known.documents() if one.name == "bread.txt"))
    app.run()
    assert "1 document of these was removed since" in texts(app)
    assert "1 document came since" in texts(app)
    app.button(key="words_forget_word2vec").click().run()
    assert known.words.trained() == []


@pytest.mark.usefixtures("without", "library")
def test_vectors_of_a_file(app: AppTest, tmp_path: Path) -> None:
    lines = [f"{word} {' '.join(map(str, row))}" for word, row in ROWS.items()]
    (tmp_path / "glove.txt").write_text("\n".join(lines))
    open_page(app, "words")
    app.text_input(key="words_file_path").set_value("glove.txt")
    app.button(key="words_file_go").click().run()
    assert "There is no file “glove.txt”" in texts(app)
    app.text_input(key="words_file_path").set_value(str(tmp_path / "glove.txt"))
    app.button(key="words_file_go").click().run()
    app.text_input(key="words_word").set_value("king").run()
    assert labels(app, "near")[0].startswith("pawn")


def test_a_damaged_file_is_said(app: AppTest, known: Library) -> None:
    own_file(known.folder, "word2vec").write_bytes(b"x" * 40)
    open_page(app, "words")
    assert "cannot be read" in app.error[0].value.replace("\\", "")


def test_an_excerpt_stands_around_its_word() -> None:
    text = f"{'before ' * 60}The Rent is due. {'after ' * 60}"
    cut, marks = excerpt(text, "rent")
    assert [cut[start:end] for start, end in marks] == ["Rent"]
    assert cut.startswith("… before")
    assert cut.endswith("after …")
    assert len(cut) < 2 * AROUND + 40
    assert excerpt("parents", "rent") == ("parents", [])


def test_names_of_words_are_set_as_text() -> None:
    for name in ("words_picture.js", "words_uses.js"):
        source = asset(name).replace(" ", "")
        assert "innerHTML" not in source
        assert "text:" not in source


@pytest.fixture
def many(empty: Library, tmp_path: Path) -> Iterator[Library]:
    """Texts from which words can be learned."""
    lines = [" ".join(part) for part in documents(160)]
    for number in range(8):
        (tmp_path / f"{number}.txt").write_text("\n\n".join(lines[number::8]))
    empty.add(sorted(tmp_path.glob("?.txt")))
    return empty


@pytest.mark.extras("words")
def test_learned_watched_stopped_and_learned_again(app: AppTest, many: Library) -> None:
    open_page(app, "words")
    app.button(key="words_train_word2vec").click().run()
    assert "Learning Word2Vec" in app.get("progress")[0].proto.text
    app.button(key="words_cancel").click().run()
    until(lambda: many.words.training.state is None or many.words.training.state.is_over)
    app.run()
    assert "training was stopped" in texts(app)
    assert many.words.trained() == []
    app.button(key="words_dismiss").click().run()
    app.button(key="words_train_fasttext").click().run()
    until(lambda: many.words.training.state is None or many.words.training.state.is_over)
    app.run()
    assert [one.name for one in many.words.trained()] == ["fasttext:library"]
    app.text_input(key="words_word").set_value("harboour").run()
    assert "was never seen" in texts(app)
    assert "harbour" in " ".join(labels(app, "near"))
    before = many.words.trained()[0].trained_at
    app.button(key="words_again_fasttext").click().run()
    until(lambda: many.words.training.state is None or many.words.training.state.is_over)
    assert many.words.trained()[0].trained_at >= before
