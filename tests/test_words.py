"""Keyword search on small catalogues: what a query's words, beginnings and quotations find and mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer import matching, queries
from explorer.catalog import Catalog
from explorer.matching import Matcher
from explorer.retrieval import Retriever
from explorer.types import Mode
from tests import small_library
from tests.small_library import RealEncoder, fill, id_of

DOCUMENTS = {
    "plain.txt": ("Regulations and organizations; happiness, companies. Form FY2018A. Pages 10-12.",),
    "other.txt": ("The regulator organises a company. It was using 101-2 possibilities. Reg regi regular.",),
    "may.txt": ("Майский вечер и чай.",),
    "korea.txt": ("한국어는 아름답다.",),
    "school.txt": ("がくせいがある。FY2018の業績は良い。",),
    "tea.txt": ("国際茶会が開かれた。",),
    "moon.txt": ("会は月が綺麗です。",),
    "chapter.txt": ("第3章では2018年3月分を説明する。ABC社員は",),
    "companies.txt": ("وقعت الشركات العقود",),
    "written_in-signs.txt": ("Written in C++ or C#, for a budget of €500. ☎ 7 🙂",),
    "letters.txt": ("The letter C stands for a hundred, written large.",),
}
LANGUAGES = {
    "may.txt": "ru", "korea.txt": "ko", "school.txt": "ja", "tea.txt": "zh", "moon.txt": "ja",
    "chapter.txt": "ja", "companies.txt": "ar",
}  # fmt: skip
SENTENCE = (
    "The {} quay was repaired by a crew of forty divers who came from the far islands in the spring. Repairs "
    "cost 3.2 million crowns and ended in June after a long delay caused by storms and strikes at 10-K."
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_library, "LANGUAGES", LANGUAGES)
        with fill(tmp_path_factory.mktemp("words"), DOCUMENTS) as catalog:
            yield catalog


def found(catalog: Catalog, query: str) -> set[str]:
    hits = Retriever(catalog, RealEncoder(catalog)).retrieve(query, 50, "keyword")
    return {hit.document.name.removesuffix(".txt") for hit in hits}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("regulati*", "plain"),
        ("regula*", "plain other"),
        ("organizati*", "plain"),
        ("happin*", "plain"),
        ("company*", "plain other"),
        ("usin*", "other"),
        ("possibilit*", "other"),
        ("май*", "may"),
        ("майс*", "may"),
        ("чай*", "may"),
        ("маи*", ""),
        ("한*", "korea"),
        ("한국어*", "korea"),
        ("がく*", "school"),
        ("الشركا*", "companies"),
        ("fy201*", "plain school"),
        ("FY2018", "plain school chapter"),
        ('"第3章"', "chapter"),
        ('"3月"', "chapter"),
        ('"ABC社"', "chapter"),
        ('"3章で説明"', ""),
        ("会", "tea moon"),
        ("会 -茶", "moon"),
        ("10-12", "plain"),
        ('happiness name:"" tag:""', "plain"),
        ("🙂", "written_in-signs"),
        ("€", "written_in-signs"),
        ('"C++"', "written_in-signs"),
        ('"C"', "written_in-signs letters"),
        ("written -C++", "letters"),
        ("written -C#", "letters"),
        ("written -g++", "written_in-signs letters"),
        ('written name:"in signs"', "written_in-signs"),
        ("written name:written-in", "written_in-signs"),
        ("written -name:written_in_signs", "letters"),
    ],
)
def test_what_is_found_by_keyword(catalog: Catalog, query: str, names: str) -> None:
    assert found(catalog, query) == set(names.split())


def test_the_likeliest_stems_are_read_first(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_READ_FOR_BEGINNINGS", 2)
    assert found(catalog, "regulati*") == {"plain"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("C++", "written_in-signs"),
        ("☎ 🙂", "written_in-signs"),
        ("€ ☂", ""),
        ("written c++", ""),
        ("regul*", "plain other"),
        ("май*", "may"),
        ("fy201*", "plain school"),
        ("regul* happiness", ""),
        ("regul* happ*", "plain"),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_what_matches_exactly(catalog: Catalog, mode: Mode, query: str, names: str) -> None:
    hits = Retriever(catalog, RealEncoder(catalog)).retrieve(query, 50, mode)
    exact = {hit.document.name.removesuffix(".txt") for hit in hits if hit.is_exact}
    assert exact == set(names.split())


def test_a_phrase_that_ends_within_a_run_is_exact(catalog: Catalog) -> None:
    hit = Retriever(catalog, RealEncoder(catalog)).retrieve('"第3章"', 1)[0]
    assert hit.is_exact and hit.document.name == "chapter.txt"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_a_beginning_finds_is_what_it_marks(catalog: Catalog, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([text for pages in DOCUMENTS.values() for text in pages]))
    word = data.draw(st.sampled_from([word.strip(";,.。") for word in text.split()]))
    query = word[: data.draw(st.integers(1, len(word)))] + "*"
    matcher = Matcher(catalog)
    corpus = matcher.corpus()
    parsed = queries.parse(query, corpus.names.languages)
    if not parsed.prefixes and not parsed.openings:
        return
    rows = matcher.match(parsed, corpus).text > 0
    chunks = catalog.chunks.by_ids(corpus.view.ids.tolist())
    languages = {one.id: one.language for one in catalog.documents.list()}
    marked = [bool(queries.marks(query, chunk.text, languages[chunk.document_id])) for chunk in chunks]
    assert rows.tolist() == marked, query


@pytest.mark.parametrize("most", [1_000, 0])
@pytest.mark.parametrize(
    ("quoted", "holding"),
    [
        ("storms and strikes at 10-K. The south quay", [0, 1]),
        ("10-K. The", [0, 1, 2]),
        ("strikes at 10-K. The north", []),
        ("in the spring. Repairs cost 3.2 million", [0, 1, 2]),
        (SENTENCE.format("south") + " The east", [1, 2]),
        ("at 10-K. " + SENTENCE.format("south") + " The east quay", [0, 1, 2]),
    ],
)
def test_a_quotation_may_go_on_in_the_next_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quoted: str, holding: list[int], most: int
) -> None:
    monkeypatch.setattr(matching, "_READ", most)
    text = " ".join(SENTENCE.format(place) for place in ("north", "south", "east"))
    with fill(tmp_path, {"quays.txt": (text,), "none.txt": ("The south quay.",)}) as catalog:
        ids = [chunk.id for chunk in catalog.chunks.of_document(id_of(catalog, "quays.txt"))]
        assert len(ids) == 3
        retriever = Retriever(catalog, RealEncoder(catalog))
        hits = retriever.retrieve(f'"{quoted}"', 9, "keyword")
        assert sorted(hit.chunk.id for hit in hits) == [ids[row] for row in holding]
        assert {h.chunk.id for h in retriever.retrieve(f'"{quoted}"', 9) if h.is_exact} == {
            h.chunk.id for h in hits
        }
