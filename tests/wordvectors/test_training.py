"""explorer.wordvectors.training by gensim: neighbours that make sense, the same each time, and documents
found by meaning."""

from __future__ import annotations

import random

import numpy as np
import pytest

from explorer.embedding.words.table import WordTable
from explorer.errors import ModelError
from explorer.wordvectors import training
from explorer.wordvectors.training import Plan, plan_for, train

SEA = "whale krill ocean harbour ship sailor anchor tide reef coral seal wave island storm"
KITCHEN = "bread flour oven dough yeast butter sugar recipe kettle spoon baker crust salt loaf"
COURT = "judge lawyer verdict trial jury appeal witness statute plea bail clerk oath court suit"
GARDEN = "rose tulip seed soil spade pruning hedge lawn compost orchard bulb petal weed fern"
SUBJECTS = [words.split(" ") for words in (SEA, KITCHEN, COURT, GARDEN)]
COMMON = ["the", "a", "of", "and", "in", "to", "is", "that", "was", "it"]


def documents(number: int = 120) -> list[list[str]]:
    """Texts of about sixty words, each of one subject, in which every third word is one that all have."""
    draw = random.Random(7)
    return [
        [draw.choice(COMMON if draw.random() < 0.34 else SUBJECTS[at % 4]) for _ in range(60)]
        for at in range(number)
    ]


PLANS = {
    "word2vec": Plan("word2vec", dimension=32, epochs=8),
    "fasttext": Plan("fasttext", dimension=32, epochs=8, buckets=2_000),
}


@pytest.fixture(scope="module")
def tables() -> dict[str, WordTable]:
    return {kind: train(documents(), plan) for kind, plan in PLANS.items()}


@pytest.mark.extras("words")
@pytest.mark.parametrize("kind", PLANS)
def test_the_nearest_words_are_of_the_same_subject(kind: str, tables: dict[str, WordTable]) -> None:
    table = tables[kind]
    for words in SUBJECTS:
        vector = table.vector(words[0])
        assert vector is not None
        near = [word for word, _ in table.nearest(vector, 5, [words[0]])]
        assert set(near) <= set(words), near


@pytest.mark.extras("words")
@pytest.mark.parametrize("kind", PLANS)
def test_a_text_lies_by_texts_of_its_subject(kind: str, tables: dict[str, WordTable]) -> None:
    """Words that all texts have change little, since they weigh little."""
    table = tables[kind]
    rows = np.stack([table.text_vector(" ".join(words)) for words in documents(40)])
    for subject, words in enumerate(SUBJECTS):
        question = table.text_vector(f"the {words[1]} of {words[2]} is in the {words[3]}")
        best = np.argsort(-(rows @ question))[:5]
        assert set(best % 4) == {subject}


@pytest.mark.extras("words")
@pytest.mark.parametrize("kind", PLANS)
def test_the_same_seed_gives_the_same_vectors(kind: str, tables: dict[str, WordTable]) -> None:
    again = train(documents(), PLANS[kind])
    np.testing.assert_array_equal(again.units, tables[kind].units)
    np.testing.assert_array_equal(again.common, tables[kind].common)  # type: ignore[arg-type]


@pytest.mark.extras("words")
def test_fasttext_knows_a_word_that_it_never_saw_by_its_parts(tables: dict[str, WordTable]) -> None:
    """As gensim itself would, and a mistyped word lies by the one that was meant."""
    vector = tables["fasttext"].vector("harboour")
    assert vector is not None
    assert "harbour" in [word for word, _ in tables["fasttext"].nearest(vector, 3)]
    assert tables["word2vec"].vector("harboour") is None


@pytest.mark.extras("words")
def test_unseen_words_have_the_vectors_that_gensim_gives_them() -> None:
    from gensim.models import FastText

    sentences, plan = documents(20), PLANS["fasttext"]
    options = {"vector_size": plan.dimension, "window": plan.window, "epochs": plan.epochs, "seed": plan.seed}
    theirs = FastText(
        sentences=sentences, sg=1, workers=1, min_count=plan.least, bucket=plan.buckets, **options
    ).wv
    ours = train(sentences, plan)
    for word in ("harboour", "naïveté", "日本語"):
        vector = theirs[word] / np.linalg.norm(theirs[word])
        np.testing.assert_allclose(ours.vector(word), vector, atol=1e-5)


@pytest.mark.extras("words")
def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    train(documents(8), Plan(dimension=8, epochs=2), lambda done, whole: told.append((done, whole)))
    assert told[-1] == (24, 24)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.extras("words")
def test_too_little_text_is_said() -> None:
    with pytest.raises(ModelError, match="Add more documents first"):
        train([["one", "two", "one", "two"]], Plan())


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelError, match="--with words"):
        train(documents(4), Plan())


def test_small_libraries_are_read_more_often_than_large_ones() -> None:
    plans = [plan_for("word2vec", words, 1) for words in (0, 10_000, 1_000_000, 100_000_000)]
    assert [plan.epochs for plan in plans] == [20, 20, 5, 2]
    assert [plan.least for plan in plans] == [2, 2, 2, 5]


def test_long_documents_are_cut_where_gensim_would_drop_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_LONGEST", 4)
    read: list[list[str]] = []

    def learned(sentences: list[list[str]], *_: object) -> None:
        read.extend(sentences)
        raise ModelError("enough")

    monkeypatch.setattr(training, "_learned", learned)
    monkeypatch.setattr("explorer.extras.require", lambda _: None)
    monkeypatch.setattr(training, "_FEWEST", 1)
    with pytest.raises(ModelError, match="enough"):
        train([["a", "b"] * 5], Plan())
    assert [len(part) for part in read] == [4, 4, 2]
