"""Latent semantic analysis beside a plain decomposition, and while chunks come and go."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.search import latent
from explorer.search.bm25 import Index, PostingsFollower
from explorer.search.latent import SpaceFollower, learn, sample

SHIPS = ["ship harbour crew", "ship captain crew", "captain harbour storm", "crew storm ship"]
BREAD = ["bread flour oven", "flour yeast oven", "yeast bread crust", "oven crust flour"]


def index_of(rows: list[str], known: PostingsFollower | None = None, ids: list[int] | None = None) -> Index:
    numbers = np.array(ids if ids is not None else range(len(rows)), np.int64)
    text = dict(zip(numbers.tolist(), rows, strict=True))
    return (known or PostingsFollower()).follow(numbers, lambda ids: [(int(i), text[int(i)]) for i in ids])


def cosines(rows: list[str], query: str) -> list[float]:
    index = index_of(rows)
    found = SpaceFollower().follow(index, np.arange(len(rows)))
    return found.cosines([(word,) for word in query.split()], np.arange(len(rows))).tolist()


def test_words_that_keep_company_meet_though_no_row_holds_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent, "DIMENSIONS", 2)
    near = cosines([*SHIPS, *BREAD], "captain")
    assert near[0] > 0.5, "of ships, though it has no captain"
    assert max(near[4:]) < 0.1


def test_places_are_those_of_a_full_decomposition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent, "DIMENSIONS", 2)
    rows = [*SHIPS, *BREAD]
    terms = sorted({term for row in rows for term in row.split()})
    held = {term: sum(term in row.split() for row in rows) for term in terms}
    terms = [term for term in terms if held[term] > 1]
    idf = np.array([np.log1p(len(rows) / (held[term] + 0.5)) for term in terms])
    counts = np.array([[float(term in row.split()) for term in terms] for row in rows]) * idf
    weighted = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    right = np.linalg.svd(weighted)[2][:2]
    places, query = (
        counts @ right.T,
        right @ np.array([idf[terms.index("crew")] * (t == "crew") for t in terms]),
    )
    expected = places @ query / np.linalg.norm(places, axis=1) / np.linalg.norm(query)
    assert cosines(rows, "crew") == pytest.approx(expected.tolist(), abs=2e-3)


def test_a_space_serves_those_that_come_until_there_are_an_eighth_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learned: list[int] = []

    def counted(index: Index, rows: np.ndarray, ids: np.ndarray) -> latent.Space:
        learned.append(len(rows))
        return learn(index, rows, ids)

    monkeypatch.setattr(latent, "learn", counted)
    known, spaces = PostingsFollower(), SpaceFollower()
    rows = [*SHIPS, *BREAD, *(f"{row} harbour" for row in SHIPS), *(f"{row} oven" for row in BREAD)]
    rows += ["captain oven", "flour storm", "harbour"]
    for size in (16, 17, 19):
        index = index_of(rows[:size], known)
        found = spaces.follow(index, np.arange(size)).cosines([("captain",)], np.arange(size))
        alone = SpaceFollower().follow(index_of(rows[:size]), np.arange(size))
        assert found.tolist() == pytest.approx(
            alone.cosines([("captain",)], np.arange(size)).tolist(), abs=2e-3
        )
        assert spaces.follow(index, np.arange(size)) is spaces.follow(index, np.arange(size))
    assert learned == [16, 16, 16, 18, 18], "once for the first two, and once for each of those beside"
    ids = [number for number in range(18) if number != 2]
    index = index_of([rows[i] for i in ids], known, ids)
    found = spaces.follow(index, np.array(ids)).cosines([("captain",)], np.arange(len(ids)))
    assert learned[5:] == [16], "one of those it was learned from is gone"
    alone = SpaceFollower().follow(index_of([rows[i] for i in ids]), np.arange(len(ids)))
    assert found.tolist() == pytest.approx(
        alone.cosines([("captain",)], np.arange(len(ids))).tolist(), abs=2e-3
    )


def test_the_order_in_which_documents_came_says_nothing() -> None:
    draw = np.random.default_rng(2)
    rows = [" ".join(draw.choice([f"word{n}" for n in range(n // 4, n // 4 + 20)], 12)) for n in range(44)]
    query, other = [("word3",), ("word11",)], draw.permutation(44)
    found = SpaceFollower().follow(index_of(rows), np.arange(44)).cosines(query, np.arange(44))
    again = SpaceFollower().follow(index_of([rows[n] for n in other]), np.arange(44))
    assert again.cosines(query, np.arange(44)).tolist() == pytest.approx(found[other].tolist(), abs=2e-3)


def test_a_sample_leaves_out_the_last_few_at_most_and_is_spread() -> None:
    for number in (0, 1, 7, 8, 15, 16, 100, 8_191, 8_192):
        rows = sample(number)
        assert rows.tolist() == list(range(len(rows)))
        assert len(rows) > number * 7 / 8 - 1
    rows = sample(200_000)
    assert len(rows) == latent.LEARNED_FROM
    assert (rows[0], rows[-1]) == (0, pytest.approx(200_000, rel=0.1))
    steps = np.diff(rows)
    assert steps.min() + 1 >= steps.max() > 1


@pytest.mark.parametrize(
    "rows", [[], ["ship"], ["ship", "bread"], ["a b", "a b", "a b"], ["·fy2018", "·fy2018"]]
)
def test_too_little_to_learn_from_says_nothing(rows: list[str]) -> None:
    assert cosines(rows, "zebra") == [0.0] * len(rows)
    assert all(abs(one) <= 1.001 for one in cosines(rows, "ship a"))


def test_rows_are_asked_for_in_any_number() -> None:
    index = index_of([*SHIPS, *BREAD])
    found = SpaceFollower().follow(index, np.arange(8))
    every = found.cosines([("oven",)], np.arange(8))
    some = found.cosines([("oven",)], np.array([1, 5, 7]))
    assert some.tolist() == pytest.approx(every[[1, 5, 7]].tolist(), abs=1e-6)
    assert found.cosines([("oven",)], np.empty(0, np.int64)).tolist() == []


def test_a_space_depends_on_what_there_is_and_not_on_what_there_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also before it has settled: the random start belongs to the words."""
    monkeypatch.setattr(latent, "_ROUNDS", 0)
    monkeypatch.setattr(latent, "_SPARE", 0)
    monkeypatch.setattr(latent, "DIMENSIONS", 4)
    draw = np.random.default_rng(1)
    rows = [" ".join(draw.choice([f"word{n}" for n in range(30)], 12)) for _ in range(33)]
    fresh = SpaceFollower().follow(index_of(rows[1:], ids=list(range(1, 33))), np.arange(1, 33))
    known = PostingsFollower()
    index_of(["word29 word17 word3", *rows[1:]], known)
    after = SpaceFollower().follow(index_of(rows[1:], known, list(range(1, 33))), np.arange(1, 33))
    query, every = [("word3",), ("word11",)], np.arange(32)
    assert after.cosines(query, every).tolist() == pytest.approx(
        fresh.cosines(query, every).tolist(), abs=2e-3
    )


def test_other_numbers_for_words_make_another_space() -> None:
    """Of the same chunks: the postings were made anew, from another vocabulary."""
    rows, spaces = [*SHIPS, *BREAD], SpaceFollower()
    spaces.follow(index_of(["filler of other numbers", *rows], ids=list(range(9))), np.arange(9))
    first = spaces.follow(index_of(rows, ids=list(range(1, 9))), np.arange(1, 9))
    again = spaces.follow(index_of(rows[::-1], ids=list(range(1, 9))), np.arange(1, 9))
    every = np.arange(8)
    assert again.cosines([("oven",)], every)[::-1].tolist() == pytest.approx(
        first.cosines([("oven",)], every).tolist(), abs=2e-3
    )


def test_a_space_is_learned_from_so_many_chunks_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent, "LEARNED_FROM", 8)
    twice = [row for row in [*SHIPS, *BREAD] for _ in range(2)]
    near = SpaceFollower().follow(index_of(twice), np.arange(16)).cosines([("oven",)], np.arange(16))
    assert sample(16).tolist() == list(range(0, 16, 2))
    every = cosines([*SHIPS, *BREAD], "oven")
    assert near.tolist() == pytest.approx([one for one in every for _ in range(2)], abs=2e-3)


def test_codes_keep_no_company_and_words_count_the_more_the_more_often_they_stand() -> None:
    rows = [f"{row} ·10k" for row in SHIPS] + BREAD
    index = index_of(rows)
    space = learn(index, np.arange(8), np.arange(8))
    assert index.vocabulary.number("·10k") not in space.terms.tolist()
    assert index.vocabulary.number("crew") in space.terms.tolist()
    both = index_of([*SHIPS, *BREAD, "ship oven", "ship oven oven oven oven"])
    near = SpaceFollower().follow(both, np.arange(10)).cosines([("oven",)], np.arange(10))
    assert near[9] > near[8]
