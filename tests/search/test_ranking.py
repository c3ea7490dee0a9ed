"""How signals become scores: by hand, and for a whole search beside the same sums written out plainly."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from explorer import Library
from explorer.catalog import Catalog
from explorer.search import bm25, candidates, ranking
from explorer.search.corpus import CorpusFollower
from explorer.search.keyword import KeywordMatcher
from explorer.search.latent import SpaceFollower
from explorer.search.query import parse_query
from explorer.search.retriever import Retriever
from explorer.words import terms
from tests.small_library import RealEncoder, fill

LEAST = 1e-5


def signals(*columns: list[float], exact: tuple[int, ...] = ()) -> ranking.Signals:
    """Columns in the order cosine, words, name, headings, latent; what is left out is 0."""
    size = len(columns[0])
    given = [np.array(column, np.float32) for column in columns]
    given += [np.zeros(size, np.float32)] * (5 - len(columns))
    return ranking.Signals(*given, np.isin(np.arange(size), exact))


def test_each_part_counts_by_its_weight_and_is_divided_by_its_best() -> None:
    found = signals([0.5, 0.25, -0.3], [0.0, 8.0, 4.0], [3.0, 0.0, 3.0], [2.0, 0.0, 1.0], [0.0, 0.2, 0.4])
    assert found.total().tolist() == pytest.approx(
        [
            ranking.MEANING + ranking.NAME + ranking.HEADINGS,
            ranking.MEANING / 2 + ranking.WORDS + ranking.LATENT / 2,
            ranking.WORDS / 2 + ranking.NAME + ranking.HEADINGS / 2 + ranking.LATENT,
        ]
    )


def test_the_shares_of_a_hit_say_what_its_sum_is_made_of() -> None:
    found = signals([0.5, 0.0], [0.0, 8.0], [3.0, 0.0])
    whole = ranking.MEANING + ranking.NAME
    assert ranking.shares(found.parts(), 0) == pytest.approx(
        {"meaning": ranking.MEANING / whole, "words": 0, "name": ranking.NAME / whole, "headings": 0}
    )
    assert ranking.shares(found.parts(), 1)["words"] == 1
    assert ranking.shares({"words": np.zeros(1, np.float32)}, 0) == {}


def test_the_row_that_fits_best_adds_most_to_its_chunk_and_others_fall_off() -> None:
    at, fits = np.array([7, 3, 5]), np.array([0.9, 0.8, 0.45], np.float32)
    added = ranking.of_rows(np.array([3, 4, 7]), at, fits)
    assert added[2] == pytest.approx(0.9 * ranking.TABLE)
    assert 0 < added[0] < 0.8 * ranking.TABLE
    assert added[1] == 0
    scores = ranking.hybrid(np.array([1.3 + ranking.TABLE, 1.4], np.float32), np.zeros(2, bool), 1.0)
    assert 0 < scores[1] < scores[0] <= 1


def test_scores_are_as_large_as_the_best_cosine_allows() -> None:
    everything = signals([0.6, 0.3], [2.0, 0.0], [1.0, 0.0], [0.5, 0.0], [0.5, 0.0])
    for nearest in (0.6, 0.4):
        found = ranking.hybrid(everything.total(), everything.exact, nearest)
        assert found[0] == pytest.approx(nearest)


def test_what_matches_exactly_takes_the_upper_half() -> None:
    found = signals([0.9, 0.1], exact=(1,))
    scores = ranking.hybrid(found.total(), found.exact, 0.9)
    assert scores[0] < 0.5 < scores[1]


def test_feedback_moves_the_question_by_what_its_best_passages_share() -> None:
    count = ranking.FEEDBACK_FROM
    vectors = np.eye(count + 2, dtype=np.float32)
    sums = np.concatenate([[1.0, 1.0 - ranking.FEEDBACK_DECAY], np.full(count - 2, 0.5), [0.1, 0.2]])
    documents = np.arange(count + 2) // 2
    moved = ranking.with_feedback(vectors[-1], vectors, sums.astype(np.float32), documents)
    assert np.linalg.norm(moved) == pytest.approx(1)
    assert moved[0] / moved[1] == pytest.approx(math.e, rel=1e-4)
    assert moved[count] == 0
    shares = 1 + math.exp(-1) + (count - 2) * math.exp(-0.5 / ranking.FEEDBACK_DECAY)
    assert moved[0] / moved[-1] == pytest.approx(ranking.FEEDBACK / shares, rel=1e-4)
    inside_one = ranking.with_feedback(vectors[-1], vectors, sums.astype(np.float32), np.full(count + 2, 3))
    assert inside_one.tolist() == vectors[-1].tolist()


def test_what_other_documents_say_too_comes_first_and_the_best_stays_as_high() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [1, 0]], np.float32)
    sums = np.array([0.8, 0.79, 0.8, 0.2], np.float32)
    moved = ranking.with_kin(sums, vectors, np.array([0, 1, 2, 3]))
    assert moved[0] == pytest.approx(0.8)
    assert moved[1] > moved[2] > moved[3], "that document 2 says has no like"
    assert ranking.with_kin(sums, vectors, np.zeros(4, int)).tolist() == sums.tolist(), "one document"
    assert ranking.with_kin(sums[:0], vectors[:0], np.zeros(0, int)).tolist() == []


def test_few_passages_move_nothing() -> None:
    vectors = np.eye(ranking.FEEDBACK_FROM, dtype=np.float32)
    sums, documents = np.ones(len(vectors), np.float32), np.arange(len(vectors))
    moved = ranking.with_feedback(vectors[0], vectors, sums, documents)
    assert moved.tolist() == vectors[0].tolist()


def test_neighbours_count_for_their_share() -> None:
    own, before, after = np.eye(3, dtype=np.float32)[:, None]
    mixed = ranking.with_neighbours(own, before, after)[0]
    assert mixed[1] / mixed[0] == pytest.approx(ranking.NEIGHBOUR_VECTOR)
    assert mixed[2] / mixed[0] == pytest.approx(ranking.NEIGHBOUR_VECTOR)
    words = ranking.around(np.array([4.0, 0.0], np.float32), [np.array([2.0, 2.0], np.float32)] * 2)
    assert words.tolist() == [4 + 4 * ranking.AROUND, 4 * ranking.AROUND]


SUBJECTS = ("whale", "harbour", "bread", "volcano", "violin", "planet", "glacier", "lantern")
DOCUMENTS = {
    f"{subject}fleet_{number}.txt": (
        " ".join(
            f"The {subject} report number {number} tells of {other} and {subject}, of winter and of the cost "
            f"of {other} repairs in part {part} of the year."
            for part, other in enumerate(SUBJECTS[number % 5 :][:4])
        ),
    )
    for number, subject in enumerate(SUBJECTS * 2)
}


HEADINGS = dict.fromkeys(list(DOCUMENTS)[::3], ("Ships in winter", "Violins"))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return fill(tmp_path_factory.mktemp("ranked"), DOCUMENTS, headings=HEADINGS)


def plainly(catalog: Catalog, query: str) -> dict[int, float]:
    """Chunk → its sum in a hybrid search over everything, by loops; only the latent signal is taken over."""
    table, (ids, vectors) = catalog.chunks.table(), catalog.embeddings.matrix()
    corpus = CorpusFollower(catalog).now()
    words = parse_query(query, corpus.names.languages).words
    rows = [line.split() for _, line in catalog.chunks.term_rows(ids)]
    near = [(i - 1, i + 1) for i in range(len(ids))]
    is_beside = [
        [0 <= j < len(ids) and table.document_index[j] == table.document_index[i] for j in pair]
        for i, pair in enumerate(near)
    ]

    def weight(word: tuple[str, ...], among: list[list[str]], power: float) -> float:
        holding = sum(any(term in row for term in word) for row in among)
        most, own = (math.log1p((len(among) - n + 0.5) / (n + 0.5)) for n in (1, max(holding, 1)))
        return most * (own / most) ** power if holding else 0.0

    def word_scores(
        wanted: Sequence[tuple[str, ...]], among: list[list[str]], power: float, reach: int = 0
    ) -> list[float]:
        around = [
            [
                term
                for j in range(max(0, i - reach), min(len(among), i + reach + 1))
                if reach == 0 or table.document_index[j] == table.document_index[i]
                for term in among[j]
            ]
            for i in range(len(among))
        ]
        mean = sum(map(len, around)) / len(around)
        scores = []
        for row in around:
            norm = bm25.K1 * (1 - bm25.B + bm25.B * len(row) / mean)
            counts = [sum(Counter(row)[term] for term in word) for word in wanted]
            told = [n * (bm25.K1 + 1) / (n + norm) for n in counts]
            scores.append(
                sum(weight(word, among, power) * n for word, n in zip(wanted, told, strict=True) if n)
            )
        return scores

    asked = Counter(token.term for token in terms.query_tokens(query))
    said = [word for word in words for _ in range(max(1, asked[word[0]]))]
    text, *surroundings = (
        word_scores(said, rows, ranking.SHARPNESS, reach) for reach in (0, *ranking.SURROUNDINGS)
    )
    spread = [own + ranking.AROUND * sum(of[i] for of in surroundings) for i, own in enumerate(text)]
    by_document = {document: row.split() for document, row in catalog.chunks.name_rows().items()}
    names = [by_document[document] for document in table.documents]
    joined = [(a[0] + b[0],) for a, b in pairwise(words)]
    of_name = word_scores([*words, *joined], names, 1.0)
    titled = catalog.chunks.by_ids(ids.tolist())
    above = [terms.row(" ".join(chunk.headings)) for chunk in titled if chunk.headings]
    told_above = iter(word_scores(words, above, 1.0))
    headings = [next(told_above) if chunk.headings else 0.0 for chunk in titled]
    mixed = [
        vectors[i]
        + ranking.NEIGHBOUR_VECTOR
        * sum(vectors[j] if there else 0 * vectors[i] for j, there in zip(near[i], is_beside[i], strict=True))
        for i in range(len(ids))
    ]
    mixed = [vector / np.linalg.norm(vector) for vector in mixed]
    latent = SpaceFollower().follow(corpus.index, ids).cosines(words, np.arange(len(ids)))

    def sums(vector: np.ndarray) -> list[float]:
        columns = {
            ranking.MEANING: [max(0.0, float(one @ vector)) for one in mixed],
            ranking.WORDS: spread,
            ranking.NAME: [of_name[i] for i in table.document_index],
            ranking.HEADINGS: headings,
            ranking.LATENT: [max(0.0, float(one)) for one in latent],
        }
        return [
            sum(weight * column[i] / max(*column, LEAST) for weight, column in columns.items())
            for i in range(len(ids))
        ]

    vector = RealEncoder(catalog).encode([query], "query")[0]
    first = sums(vector)
    best = sorted(range(len(ids)), key=lambda i: -first[i])[: ranking.FEEDBACK_FROM]
    shares = [math.exp((first[i] - max(first)) / ranking.FEEDBACK_DECAY) for i in best]
    moved = vector + ranking.FEEDBACK * sum(
        share / sum(shares) * mixed[i] for share, i in zip(shares, best, strict=True)
    )
    total = with_kin(sums(moved / np.linalg.norm(moved)), mixed, table.document_index.tolist())
    nearest = max(float(one @ vector) for one in mixed)
    whole = ranking.MEANING + ranking.WORDS + ranking.NAME + ranking.HEADINGS + ranking.LATENT
    return {int(ids[i]): total[i] * nearest / whole for i in range(len(ids))}


def with_kin(sums: list[float], vectors: list[np.ndarray], documents: list[int]) -> list[float]:
    """Sums with what the nearest in other documents add, by loops; all of them are among the best."""
    assert len(sums) <= ranking.KIN_AMONG
    least, moved = min(sums), []
    for i, own in enumerate(sums):
        near = [
            (max(0.0, float(vectors[i] @ vectors[j])) ** 4, sums[j] - least)
            for j in range(len(sums))
            if documents[j] != documents[i]
        ]
        near = sorted(near, reverse=True)[: ranking.KIN_OF]
        moved.append(own + ranking.KIN * sum(a * b for a, b in near) / sum(a for a, _ in near))
    return [one * max(sums) / max(moved) for one in moved]


@pytest.mark.parametrize(
    "query",
    [
        "how much did the violin repairs of the second part cost",
        "what does the whale fleet do in winter",
        "bread planet quantum",
        "glaciers and lanterns at the harbour",
        "winter repairs, winter costs: what did the volcano fleet pay for winter",
    ],
)
def test_a_search_gives_the_sums_of_its_parts(catalog: Catalog, query: str) -> None:
    hits = Retriever(catalog, RealEncoder(catalog)).search(query, 1_000)
    expected = plainly(catalog, query)
    assert not any(hit.is_exact for hit in hits)
    assert len(hits) == len(expected) > 2 * ranking.FEEDBACK_FROM
    assert [hit.score for hit in hits] == pytest.approx([expected[hit.chunk.id] for hit in hits], abs=1e-4)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_only_words_or_an_exact_match_tell_is_among_the_candidates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vector index proposes the nearest; what is far from the question has to come in by its words."""
    monkeypatch.setattr(candidates, "EXACT", 0)
    monkeypatch.setattr(candidates, "CANDIDATES", 3)
    texts = {f"moon_{n}.txt": (f"The moon is far away, crater {n} of many. Dust.",) for n in range(40)}
    ropes = {f"ropes_{n}.txt": (f"Ropes and mooring, {n}.",) for n in range(40)}
    odd = {"odd.txt": ("Invoice ZQ-17 about zeppelin mooring ropes that nobody has paid for since spring.",)}
    with fill(tmp_path, {**texts, **ropes, **odd}) as catalog:
        encoder, moons = RealEncoder(catalog), catalog.chunks.ids()[:3]
        encoder.nearest = lambda vector, k: (moons, np.ones(3, np.float32))  # type: ignore[method-assign]
        searching = Retriever(catalog, encoder)
        for query in ("zeppelin on the moon", 'ropes mooring "mooring ropes"'):
            assert [hit.document.name for hit in searching.search(query, 1)] == ["odd.txt"]


def test_a_chunk_is_known_by_the_headings_above_it(tmp_path: Path) -> None:
    rule = (
        "Twelve weeks may be taken in one piece or in two, as long as a month's notice was given in writing."
    )
    sections = "".join(
        f"## {title}\n\n{rule}\n\n" for title in ("Births and adoptions", "Sabbaticals", "Strikes")
    )
    text = tmp_path / "rules.md"
    text.write_text(f"{rule}\n\n# Leaves\n\n{sections}")
    with Library(tmp_path / "library") as library:
        library.change_settings(chunk_tokens=20)
        library.add([text])
        matcher, corpora = KeywordMatcher(library._catalog), CorpusFollower(library._catalog)
        corpus = corpora.now()
        told = matcher.match(parse_query("adopted by birth", ["en"]), corpus).headings
        chunks = library._catalog.chunks.by_ids(corpus.view.ids.tolist())
        assert [score > 0 for score in told] == ["Births and adoptions" in chunk.headings for chunk in chunks]
        assert 0 < np.count_nonzero(told) < len(chunks)
        library.remove(library.documents()[0].id)
        assert len(matcher.match(parse_query("births"), corpora.now()).headings) == 0


def test_a_lone_number_is_near_nothing_by_meaning(tmp_path: Path) -> None:
    dividends = "Dividends were raised twice in the autumn.\n\n"
    pages = {"annual-report-2018.txt": ("A-25\n\n", "2\n\n", dividends, "3"), "pond.txt": ("Ducks swim. 7",)}
    with fill(tmp_path, pages) as catalog:
        searching = Retriever(catalog, RealEncoder(catalog))
        asked = "annual report for fiscal years"
        assert searching.search(asked, 5)[0].chunk.text == dividends.strip()
        by_meaning = {hit.chunk.text: hit.score for hit in searching.search(asked, 5, "semantic")}
        assert [text for text, score in by_meaning.items() if score == 0][-3:] == ["A-25", "2", "3"]
        assert by_meaning[dividends.strip()] > 0
        assert searching.search("A-25", 1)[0].chunk.text == "A-25", "asked for, it is found"
