"""Search on a small catalogue with the real model: what surfaces, inside which scope, and as what span."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import cast, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import Catalog
from explorer.errors import ExplorerError
from explorer.search import candidates, ranking
from explorer.search.retriever import Retriever
from explorer.types import Hit, Mode, Scope
from tests.small_library import PAGES, RealEncoder, fill, id_of

MODES = get_args(Mode)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library")) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def retriever(catalog: Catalog) -> Retriever:
    return Retriever(catalog, RealEncoder(catalog))


def total(catalog: Catalog) -> int:
    return catalog.documents.counts().chunks


def test_a_paraphrase_is_found_by_meaning_and_its_page_is_right(retriever: Retriever) -> None:
    hit = retriever.search("How expensive was fixing the dock?", 3)[0]
    assert hit.document.name == "harbour-report.pdf"
    assert hit.chunk.page == 2
    assert "3.2 million" in hit.passage.text


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("ZX-9981-B", "harbour-report.pdf", "ZX-9981-B"),
        ("48200", "harbour-report.pdf", "48,200"),
        ('"three months\' notice"', "lease.txt", "three months' notice"),
        ("税务", "税务公告.txt", "税务"),
        ("税", "税务公告.txt", "税"),
        ("zentimeter", "mond.txt", "Zentimeter"),
    ],
)
def test_exact_words_codes_and_phrases_come_first(
    retriever: Retriever, mode: Mode, query: str, name: str, words: str
) -> None:
    hit = retriever.search(query, 3, mode)[0]
    assert hit.document.name == name
    assert words in hit.passage.text


def test_keyword_search_gives_only_what_matches(retriever: Retriever) -> None:
    hits = retriever.search("landlord", 50, "keyword")
    assert hits
    assert all("landlord" in hit.chunk.text for hit in hits)
    assert retriever.search("xylophone", 5, "keyword") == []
    assert retriever.search('"quay north"', 5, "keyword") == []


def test_a_name_finds_its_document_where_no_text_does(retriever: Retriever) -> None:
    hits = retriever.search("bread", 50, "keyword")
    assert {hit.document.name for hit in hits} == {"bread.md"}


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_exactly_k_as_long_as_there_are_any(retriever: Retriever, catalog: Catalog, mode: Mode) -> None:
    everything = total(catalog)
    for k in (1, 3, everything, everything + 5):
        hits = retriever.search("the moon", k, mode)
        assert len(hits) == min(k, everything)
        assert len({hit.chunk.id for hit in hits}) == len(hits)
    assert retriever.search("the moon", 0, mode) == []


@pytest.mark.parametrize("mode", MODES)
def test_scores_fall_and_stay_between_0_and_1(retriever: Retriever, mode: Mode) -> None:
    hits = retriever.search("what rent does the tenant pay each month", 20, mode)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_a_question_about_something_else_scores_low(retriever: Retriever) -> None:
    near = retriever.search("When may the landlord end the lease?", 1)[0].score
    far = retriever.search("Which enzyme copies DNA in bacteria?", 1)[0].score
    assert far < 0.6 * near


def test_a_scope_holds_whatever_it_holds(retriever: Retriever, catalog: Catalog) -> None:
    lease = id_of(catalog, "lease.txt")
    hits = retriever.search("containers in the harbour", 10, scope=Scope(documents=[lease]))
    assert {hit.document.id for hit in hits} == {lease}
    assert len(hits) == catalog.documents.get(lease).chunks
    chunk = catalog.chunks.of_document(lease)[0].id
    for mode in ("hybrid", "semantic"):
        assert [h.chunk.id for h in retriever.search("moon", 9, mode, Scope(chunks=[chunk]))] == [chunk]
    assert retriever.search("moon", 9, scope=Scope(documents=[])) == []
    assert retriever.search("moon", 9, scope=Scope(chunks=[10**9])) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), k=st.integers(1, 12))
def test_any_selection_of_chunks_is_searched_exactly(
    narrow: None, retriever: Retriever, catalog: Catalog, data: st.DataObject, k: int
) -> None:
    ids = catalog.chunks.ids().tolist()
    chosen = data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=len(ids)))
    for scope in (Scope(chunks=chosen), Scope(chunks=ids[1:])):
        held = list(scope.chunks or ())
        for query, mode in product(("what does it cost", '"the north quay" moon'), ("hybrid", "semantic")):
            hits = retriever.search(query, k, cast(Mode, mode), scope)
            assert len(hits) == min(k, len(held))
            assert {hit.chunk.id for hit in hits} <= set(held)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four candidates and a shortlist of three: both are then used for a dozen chunks too."""
    monkeypatch.setattr(candidates, "EXACT", 0)
    monkeypatch.setattr(candidates, "CANDIDATES", 4)
    monkeypatch.setattr(candidates, "SHORTLIST", 3)


@pytest.mark.parametrize("k", [1, 2, 5, 11, 100])
@pytest.mark.parametrize("query", ["what does it cost", "rent -storms", '"north quay"', "税"])
def test_k_is_exact_though_the_index_is_asked_for_few(
    narrow: None, retriever: Retriever, catalog: Catalog, query: str, k: int
) -> None:
    ids = catalog.chunks.ids().tolist()
    for chosen in (ids, ids[1:], ids[::2], ids[:3]):
        scope = Scope(chunks=chosen)
        possible = len(retriever.search(query, 10_000, "semantic", scope))
        assert possible == len(chosen) or "-" in query
        for mode in ("hybrid", "semantic"):
            hits = retriever.search(query, k, cast(Mode, mode), scope)
            assert len(hits) == min(k, possible)
            assert {hit.chunk.id for hit in hits} <= set(chosen)
    for chunk in ids:
        assert len(retriever.similar(chunk, k)) == min(k, len(ids) - 1)


def test_an_index_that_gives_only_what_the_scope_leaves_out_costs_no_hits(
    narrow: None, catalog: Catalog
) -> None:
    encoder, ids = RealEncoder(catalog), catalog.chunks.ids()
    encoder.nearest = lambda vector, k: (ids[:2], np.ones(2, np.float32))  # type: ignore[method-assign]
    retriever = Retriever(catalog, encoder)
    assert len(retriever.search("moon", 2, "semantic", Scope(chunks=ids[1:].tolist()))) == 2
    assert len(retriever.similar(int(ids[0]), 1)) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40) | st.text(alphabet="\"*()^:-+ANDORNEARnamebody{}\\'%;", max_size=30))
def test_any_string_is_a_query(narrow: None, retriever: Retriever, query: str) -> None:
    for mode in MODES:
        hits = retriever.search(query, 3, mode)
        assert len(hits) <= 3
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        assert all(0 <= hit.score <= 1 for hit in hits)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "10-K",
        "NEAR(",
        'a "b',
        "name:x",
        "-",
        "* OR *",
        "\x00",
        "\ud800",
        "the of",
        "a" * 50_000,
        "🙂",
    ],
)
def test_odd_queries_in_every_mode(retriever: Retriever, query: str, mode: Mode) -> None:
    assert isinstance(retriever.search(query, 3, mode), list)


def test_an_unknown_mode_says_which_there_are(retriever: Retriever) -> None:
    with pytest.raises(ExplorerError, match="hybrid, semantic, keyword"):
        retriever.search("moon", 3, "magic")  # type: ignore[arg-type]


def test_passages_are_true_spans_of_whole_sentences_on_one_page(
    retriever: Retriever, catalog: Catalog
) -> None:
    for hit in retriever.search("quay", 50):
        text = catalog.documents.text(hit.document.id)
        page = catalog.documents.page(hit.document.id, hit.passage.page)
        passage, chunk = hit.passage, hit.chunk
        assert text[passage.start : passage.end] == passage.text
        assert text[chunk.start : chunk.end] == chunk.text
        assert page.start <= passage.start <= chunk.start
        assert chunk.end <= passage.end <= page.end
        assert len(passage.text) <= 2_400
        assert passage.start == page.start or text[passage.start - 1].isspace()


def test_the_index_is_asked_in_large_libraries_and_what_it_lacks_is_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {f"note-{n}.txt": (f"Note {n} speaks of subject number {n}. It is short.",) for n in range(350)}
    with fill(tmp_path, {**pages, "odd.txt": ("The zeppelin carried mail.",)}) as catalog:
        encoder = RealEncoder(catalog)
        retriever = Retriever(catalog, encoder)
        assert retriever.search("airship post", 5)[0].document.name == "odd.txt"
        assert encoder.asked == 0, "all of a library of this size is compared"
        monkeypatch.setattr(candidates, "EXACT", 350)
        assert retriever.search("airship post", 5)[0].document.name == "odd.txt"
        assert encoder.asked == 1
        encoder.nearest = lambda vector, k: None  # type: ignore[method-assign]
        assert retriever.search("airship post", 5)[0].document.name == "odd.txt"
        assert len(retriever.search("airship post", 351)) == 351


def test_a_page_that_no_graph_reaches_is_found_by_meaning(tmp_path: Path) -> None:
    pages = {f"note-{n}.txt": (f"Note {n} speaks of subject number {n}. It is short.",) for n in range(350)}
    with fill(tmp_path, {**pages, "odd.txt": ("The zeppelin carried mail.",)}) as catalog:
        encoder, notes = RealEncoder(catalog), catalog.chunks.ids()[:300]
        encoder.nearest = lambda vector, k: (notes, np.ones(300, np.float32))  # type: ignore[method-assign]
        found = Retriever(catalog, encoder).search("airship post", 1, "semantic")
        assert [hit.document.name for hit in found] == ["odd.txt"]
        assert found[0].signals == {"meaning": 1.0}


def test_hits_say_why_they_were_found(retriever: Retriever) -> None:
    for mode, names in (("hybrid", {"meaning", "words", "name", "headings"}), ("keyword", {"words", "name"})):
        for hit in retriever.search("repairs of the harbour", 5, mode):  # type: ignore[arg-type]
            assert set(hit.signals) == names
            assert sum(hit.signals.values()) == pytest.approx(1)
    assert retriever.search("name:harbour", 1)[0].signals == {}


def test_what_was_added_or_removed_is_seen_by_the_next_search(tmp_path: Path) -> None:
    with fill(tmp_path, {"a.txt": ("Foxes live in dens.",)}) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        assert len(retriever.search("animals", 5)) == 1
        fill(tmp_path, {"b.txt": ("Otters live in rivers.",)}).close()
        assert {hit.document.name for hit in retriever.search("animals", 5)} == {"a.txt", "b.txt"}
        catalog.documents.remove([id_of(catalog, "a.txt")])
        assert [hit.document.name for hit in retriever.search("foxes", 5)] == ["b.txt"]


def test_one_chunk_of_each_page_comes_before_a_second_one() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    no, pages = np.zeros(4, bool), np.array([7, 7, 8, -1])
    best, shown = ranking.order(scores, no, pages, 4)
    assert best.tolist() == [0, 2, 3, 1]
    assert shown.tolist() == pytest.approx([0.9, 0.7, 0.6, 0.6])
    assert ranking.order(scores, no, np.full(4, -1), 2)[0].tolist() == [0, 1]


def test_what_matches_exactly_is_never_put_back_behind_what_does_not() -> None:
    scores = np.array([0.9, 0.8, 0.4, 0.3, 0.2], np.float32)
    exact, pages = np.array([True, True, False, False, False]), np.array([7, 7, 7, 8, 8])
    for k in range(1, 6):
        best, shown = ranking.order(scores, exact, pages, k)
        assert best.tolist() == [0, 1, 3, 2, 4][:k]
        assert shown.tolist() == sorted(shown.tolist(), reverse=True)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), k=st.integers(1, 30))
def test_a_short_look_orders_as_a_look_at_everything(data: st.DataObject, k: int) -> None:
    size = data.draw(st.integers(1, 600))
    chance = np.random.default_rng(data.draw(st.integers(0, 99)))
    steps = data.draw(st.sampled_from([1, 5, 1_000]))
    scores = (chance.integers(0, steps, size) / steps).astype(np.float32)
    exact = chance.random(size) < data.draw(st.sampled_from([0, 0.1, 0.9, 1]))
    pages = chance.integers(-1, data.draw(st.sampled_from([0, 3, 200])), size)
    ranked = sorted(range(size), key=lambda i: (not exact[i], -scores[i], i))
    seen: set[int] = set()
    again = {i for i in ranked if pages[i] >= 0 and (pages[i] in seen or seen.add(pages[i]))}
    expected = sorted(ranked, key=lambda i: (not exact[i], i in again))
    assert ranking.order(scores, exact, pages, k)[0].tolist() == expected[:k]


@pytest.mark.parametrize("query", ['"zebra code"', 'moon craters "zebra code"'])
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_all_matches_on_one_page_stand_first(tmp_path: Path, mode: Mode, query: str) -> None:
    filler = [f"Page {i} tells of the moon, its craters and dust. " for i in range(15)]
    between = "Many further words stand here that say nothing at all but take up room on this page. " * 3
    odd = f"The zebra code applies to the first invoice. {between}The zebra code applies to a letter too. "
    with fill(tmp_path, {"book.pdf": [*filler, odd]}) as catalog:
        holding = {c.id for c in catalog.chunks.of_document(id_of(catalog, "book.pdf")) if "zebra" in c.text}
        assert len(holding) == 2
        hits = Retriever(catalog, RealEncoder(catalog)).search(query, 10, mode)
        assert {hit.chunk.id for hit in hits[:2]} == holding
        assert [hit.is_exact for hit in hits[:3]] == [True, True, False][: len(hits)]


def names(hits: list[Hit]) -> set[str]:
    return {hit.document.name for hit in hits}


@pytest.mark.parametrize("mode", MODES)
def test_operators_hold_in_every_mode(retriever: Retriever, catalog: Catalog, mode: Mode) -> None:
    assert names(retriever.search("quay name:harbour", 50, mode)) == {"harbour-report.pdf"}
    without = retriever.search("quay -storms", 50, mode)
    assert without
    assert all("storms" not in hit.chunk.text.lower() for hit in without)
    assert all("quay was" not in hit.chunk.text for hit in retriever.search('quay -"quay was"', 50, mode))
    assert "bread.md" not in names(retriever.search("quay flour -name:bread", 50, mode))
    catalog.documents.tag([id_of(catalog, "lease.txt")], add=["Tenancy Law"])
    assert names(retriever.search('rent tag:"tenancy law"', 50, mode)) == {"lease.txt"}
    left = retriever.search('rent flour -tag:"tenancy law"', 50, mode)
    assert "lease.txt" not in names(left)
    assert retriever.search("rent tag:none", 50, mode) == []


def test_filters_alone_list_what_they_leave(retriever: Retriever, catalog: Catalog) -> None:
    hits = retriever.search("name:harbour", 50)
    assert len(hits) == catalog.documents.get(id_of(catalog, "harbour-report.pdf")).chunks


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("fermen*", "bread.md"),
        ("entfernen Monde", "mond.txt"),
        ("纳税人", "税务公告.txt"),
        ("договор", "договор.txt"),
        ("الشركة", "عقد.txt"),
        ("FY2018", "codes.txt"),
        ("10-K", "codes.txt"),
        ("§ 12.3", "codes.txt"),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_words_are_found_in_each_language_and_codes_whole(
    many: Retriever, mode: Mode, query: str, name: str
) -> None:
    assert many.search(query, 5, mode)[0].document.name == name


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    more = {
        "договор.txt": ("Договоры аренды подписаны обеими сторонами в январе.",),
        "عقد.txt": ("وقعت الشركات العقود الجديدة في شهر يناير.",),
        "codes.txt": ("Form 10-K for FY2018 quotes § 12.3 of the agreement.",),
        "decoy.txt": ("In 2018 there were 10 k of them; see 12 and 3 of the paragraph.",),
    }
    with fill(tmp_path_factory.mktemp("many"), {**PAGES, **more}) as catalog:
        yield Retriever(catalog, RealEncoder(catalog))


def test_a_quoted_phrase_surfaces_however_far_its_meaning(tmp_path: Path) -> None:
    pages = {f"n{i}.txt": (f"The moon is far away, number {i}. Craters and dust.",) for i in range(400)}
    odd = {"odd.txt": ("Invoice terms: to be or not to be paid within thirty days.",)}
    with fill(tmp_path, {**pages, **odd}) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        assert retriever.search('craters on the moon "not to be paid"', 5)[0].document.name == "odd.txt"
        assert retriever.search('"to be or not to be"', 5)[0].document.name == "odd.txt"


def test_more_like_this_is_near_and_never_itself(retriever: Retriever, catalog: Catalog) -> None:
    quay = retriever.search("The north quay was repaired", 1)[0].chunk
    hits = retriever.similar(quay.id, 50)
    assert len(hits) == total(catalog) - 1
    assert quay.id not in [hit.chunk.id for hit in hits]
    assert hits[0].document.name == "harbour-report.pdf"
    lease = id_of(catalog, "lease.txt")
    assert names(retriever.similar(quay.id, 3, Scope(documents=[lease]))) == {"lease.txt"}
    assert retriever.similar(quay.id, 3, Scope(chunks=[quay.id])) == []


def test_more_like_this_goes_by_the_text_alone_not_by_what_stands_beside_it(tmp_path: Path) -> None:
    subjects = ["whales", "bridges", "volcanoes", "taxes", "violins", "bread", "planets", "football"]
    texts = [f"Here is all there is to say of {one}: {one} are what {one} are. " * 3 for one in subjects]
    with fill(tmp_path, {"all.txt": ["".join(texts)]}) as catalog:
        retriever, (ids, vectors) = Retriever(catalog, RealEncoder(catalog)), catalog.embeddings.matrix()
        for row, number in enumerate(ids.tolist()):
            nearest = np.argsort(-(vectors @ vectors[row]), kind="stable")
            hits = retriever.similar(number, len(ids))
            assert [hit.chunk.id for hit in hits] == [ids[i] for i in nearest if i != row]
            assert hits[0].score == pytest.approx(vectors[nearest[1]] @ vectors[row], abs=1e-6)
