"""explorer.tuning.pairs and explorer.tuning.negatives: what is made of the structure of documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library, embedding
from explorer.errors import ExplorerError, ModelError
from explorer.tuning import TuningPlan, negatives
from explorer.tuning.pairs import Pair, pairs_of, plain, split

BODY = {
    "Catching herring": "Boats leave the quay before dawn and set their nets across the cold current. ",
    "Salting the catch": "Barrels are filled in layers, each covered by hand with coarse grey crystals. ",
    "Selling abroad": "Merchants from three ports bid for whole cargoes at the weekly auction in town. ",
    "Notes": "Nothing in this part of the handbook was checked by anybody since it was written. ",
}


def handbook(number: int) -> str:
    parts = [f"# Handbook number {number} of the fleet", ""]
    for heading, sentence in BODY.items():
        own = heading if heading == "Notes" else f"{heading} in harbour {number}"
        parts += [f"## {own}", "", f"{sentence * 6}It is harbour {number}.", ""]
    return "\n".join(parts)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("pairs")
    for number in range(5):
        (place / f"{number}.md").write_text(handbook(number))
    with Library(place / "library") as library:
        library.add(place.glob("*.md"))
        yield library


def test_headings_ask_for_their_passages_and_do_not_stand_in_them(library: Library) -> None:
    found = pairs_of(library, TuningPlan())
    headed = [pair for pair in found if pair.kind == "heading"]
    assert {f"Salting the catch in harbour {number}" for number in range(5)} <= {one.query for one in headed}
    assert all(plain(pair.query) not in plain(pair.passage) for pair in headed)
    salting = [pair for pair in headed if pair.query.startswith("Salting")]
    assert all("coarse grey crystals" in pair.passage for pair in salting)


def test_a_heading_of_one_word_asks_for_nothing(library: Library) -> None:
    assert not [pair for pair in pairs_of(library, TuningPlan()) if pair.query == "Notes"]


def test_titles_ask_for_the_first_passage(library: Library) -> None:
    found = [pair for pair in pairs_of(library, TuningPlan()) if pair.kind == "title"]
    assert {pair.query for pair in found} == {f"Handbook number {number} of the fleet" for number in range(5)}


def test_the_same_seed_makes_the_same_pairs(library: Library) -> None:
    assert pairs_of(library, TuningPlan(seed=3)) == pairs_of(library, TuningPlan(seed=3))


def test_negatives_are_found_by_words_in_other_documents(library: Library) -> None:
    pairs = [pair for pair in pairs_of(library, TuningPlan()) if pair.query.startswith("Salting")]
    found = negatives.find(library, pairs, 1)
    assert len(found) == len(pairs)
    for pair, negative in zip(pairs, found, strict=True):
        number = pair.query[-1]
        assert negative and f"It is harbour {number}." not in negative
    assert found == negatives.find(library, pairs, 1)


def test_no_negative_comes_from_a_document_that_is_not_trained_on(library: Library) -> None:
    pairs = [pair for pair in pairs_of(library, TuningPlan()) if pair.query == "Selling abroad in harbour 1"]
    assert negatives.find(library, pairs, 1) == [None] * len(pairs)


def test_what_may_answer_too_is_no_negative() -> None:
    pairs = [Pair("a", "heading", "food of whales", "Whales eat krill in cold water.")] * 3
    found = ["Krill is what whales feed on: the food of whales.", "Whales sleep upright.", None]
    kept = negatives.without_answers(embedding.load(), pairs, found)
    assert kept == [None, "Whales sleep upright.", None]


def test_neighbours_ask_for_each_other_where_there_is_no_heading(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("\n\n".join(sentence * 8 for sentence in BODY.values()))
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "plain.txt"])
        chunks = [chunk.text for chunk in library.chunks(library.documents()[0].id)]
        found = pairs_of(library, TuningPlan())
    assert {pair.kind for pair in found} == {"neighbour"}
    assert all(chunks.index(pair.passage) == chunks.index(pair.query) + 1 for pair in found)


def test_pairs_from_questions(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    question = {
        "question": "Who bids for the cargoes?",
        "references": [{"document": "2.md", "text": "Merchants from three ports bid for whole cargoes"}],
    }
    file.write_text(json.dumps(question))
    (pair,) = pairs_of(library, TuningPlan(questions=file))
    assert (pair.kind, pair.query) == ("question", question["question"])
    assert "Merchants" in pair.passage
    file.write_text("no JSON")
    with pytest.raises(ExplorerError, match="line 1"):
        pairs_of(library, TuningPlan(questions=file))


def test_documents_are_on_one_side_only_and_so_are_questions() -> None:
    pairs = [Pair(str(n), "heading", f"question {n % 30}", f"passage {n}") for n in range(40)]
    parts = split(pairs, seed=1)
    held, train = ({pair.document_id for pair in part} for part in (parts.held_out, parts.train))
    assert len(held) == 10
    assert not held & train
    assert not {pair.query for pair in parts.held_out} & {pair.query for pair in parts.train}
    assert split(pairs, seed=1) == parts
    assert split(pairs, seed=2) != parts


def test_too_few_documents_are_said() -> None:
    pairs = [Pair(str(n), "heading", f"question {n}", f"passage {n}") for n in range(9)]
    with pytest.raises(ModelError, match="9 of the documents, and 10 are needed"):
        split(pairs, seed=1)


def test_questions_that_are_all_held_out_are_said() -> None:
    pairs = [Pair(str(n), "heading", "the same question", f"passage {n}") for n in range(12)]
    with pytest.raises(ModelError, match="Give more questions"):
        split(pairs, seed=1)
