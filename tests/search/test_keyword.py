"""Keyword search on small catalogues: what a query's words, beginnings and quotations find and mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import Catalog
from explorer.search import highlights, keyword
from explorer.search.corpus import CorpusFollower
from explorer.search.keyword import KeywordMatcher
from explorer.search.query import parse_query
from explorer.search.retriever import Retriever
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
    "wrapped.txt": ("税法规定城市维\n护建设税的缴纳。",),
    "gas.txt": ("Less CO₂ over 8 m² of land near Łódź.",),
    "gases.txt": ("CO2, Abs. 2, m. ISBN 978-3-16-148410-0.",),
    "book.txt": ("قرأت المقالة والكتاب",),
    "hosts.txt": ("Hosts 192.168.1.7, v1.2.3 of snake_case: co-operation of the self-employed. ZX-9981.",),
    "power.txt": ("Erneuerbare Energien und Bienen.",),
    "energy.txt": ("Energy for honey bees, because we may.",),
    "energies.txt": ("Energies of honey at € 3.",),
    "energie.txt": ("Die Energie der Sonne.",),
}
LANGUAGES = {
    "wrapped.txt": "zh", "book.txt": "ar", "power.txt": "de", "energie.txt": "de",
    "energy.txt": "en", "energies.txt": "en",
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
    hits = Retriever(catalog, RealEncoder(catalog)).search(query, 50, "keyword")
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
        ("€", "written_in-signs energies"),
        ('"C++"', "written_in-signs"),
        ('"C"', "written_in-signs letters"),
        ("written -C++", "letters"),
        ("written -C#", "letters"),
        ("written -g++", "written_in-signs letters"),
        ('written name:"in signs"', "written_in-signs"),
        ("written name:written-in", "written_in-signs"),
        ("written -name:written_in_signs", "letters"),
        ("维护", "wrapped"),
        ("CO2", "gas gases hosts other"),
        ("CO₂", "gas gases hosts other"),
        ("Lodz", "gas"),
        ("9783161484100", "gases"),
        ("كتاب", "book"),
        ("المقاله", "book"),
        ("192.168*", "hosts"),
        ("192.168.*", "hosts"),
        ("192.169*", ""),
        ("ZX-99*", "hosts"),
        ("v1.2*", "hosts"),
        ("snake_ca*", "hosts"),
        ("co-op*", "hosts"),
        ("co-operati*", "hosts"),
        ("self-employe*", "hosts"),
        ("self-emplox*", ""),
        ("honey -be*", "energies"),
        ("honey -energie*", "energy"),
        ("honey -b-e*", "energy energies"),
        ("written -snake_ca*", "written_in-signs letters"),
        ('written -"€"', "letters"),
        ('written -"🙂"', "letters"),
        ("written -€", "letters"),
        ('honey -"€ 3"', "energy"),
        ("honey -Energien", "energy energies"),
        ('"Energien"', "power energie"),
        ('"Energie"', "power energie energy energies"),
        ('"energy"', "energy energies"),
        ("-name:s -honey", "plain other may korea tea moon chapter wrapped book power energie"),
    ],
)
def test_what_is_found_by_keyword(catalog: Catalog, query: str, names: str) -> None:
    assert found(catalog, query) == set(names.split())


def test_the_likeliest_stems_are_read_first(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyword, "_READ_FOR_BEGINNINGS", 2)
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
        ("m²", "gas"),
        ("CO2", "gas gases"),
        ("CO₂", "gas gases"),
        ("Lodz", "gas"),
        ("城市维护建设税", "wrapped"),
        ('"城市维护建设税"', "wrapped"),
        ("الكتاب", "book"),
        ("Energien", "power energie"),
        ("Energie", "energie"),
        ('"Énergie"', "energie"),
        ('"Energie" "Sonne"', "energie"),
        ("ENERGIES", "energies"),
        ("energy", "energy energies"),
        ("192.168*", "hosts"),
        ("co-operati*", "hosts"),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_what_matches_exactly(catalog: Catalog, mode: Mode, query: str, names: str) -> None:
    hits = Retriever(catalog, RealEncoder(catalog)).search(query, 50, mode)
    exact = {hit.document.name.removesuffix(".txt") for hit in hits if hit.is_exact}
    assert exact == set(names.split())


def test_a_phrase_that_ends_within_a_run_is_exact(catalog: Catalog) -> None:
    hit = Retriever(catalog, RealEncoder(catalog)).search('"第3章"', 1)[0]
    assert hit.is_exact and hit.document.name == "chapter.txt"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_a_beginning_finds_is_what_it_marks(catalog: Catalog, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([text for pages in DOCUMENTS.values() for text in pages]))
    word = data.draw(st.sampled_from([word.strip(";,.。") for word in text.split()]))
    check_beginning(catalog, word[: data.draw(st.integers(1, len(word)))] + "*")


def test_a_beginning_with_a_code_in_it_marks_what_it_finds(catalog: Catalog) -> None:
    check_beginning(catalog, "がくせいがある。FY2018*")


def check_beginning(catalog: Catalog, query: str) -> None:
    matcher = KeywordMatcher(catalog)
    corpus = CorpusFollower(catalog).now()
    parsed = parse_query(query, corpus.names.languages)
    if not parsed.prefixes and not parsed.openings:
        return
    rows = matcher.match(parsed, corpus).text > 0
    chunks = catalog.chunks.by_ids(corpus.view.ids.tolist())
    languages = {one.id: one.language for one in catalog.documents.list()}
    marked = [bool(highlights.marks(query, chunk.text, languages[chunk.document_id])) for chunk in chunks]
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
    monkeypatch.setattr(keyword, "_READ", most)
    text = " ".join(SENTENCE.format(place) for place in ("north", "south", "east"))
    with fill(tmp_path, {"quays.txt": (text,), "none.txt": ("The south quay.",)}) as catalog:
        ids = [chunk.id for chunk in catalog.chunks.of_document(id_of(catalog, "quays.txt"))]
        assert len(ids) == 3
        retriever = Retriever(catalog, RealEncoder(catalog))
        hits = retriever.search(f'"{quoted}"', 9, "keyword")
        assert sorted(hit.chunk.id for hit in hits) == [ids[row] for row in holding]
        assert {h.chunk.id for h in retriever.search(f'"{quoted}"', 9) if h.is_exact} == {
            h.chunk.id for h in hits
        }


@pytest.fixture
def quays(tmp_path: Path) -> Iterator[Catalog]:
    """Three sentences that differ in a word, a chunk each."""
    text = " ".join(SENTENCE.format(place) for place in ("north", "south", "east"))
    with fill(tmp_path, {"quays.txt": (text,), "none.txt": ("The south quay.",)}) as catalog:
        yield catalog


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
@pytest.mark.parametrize(
    ("pasted", "holding"),
    [
        (SENTENCE.format("south"), [1]),
        (SENTENCE.format("south").upper() + " The east quay", [1, 2]),
        (" ".join(SENTENCE.format(place) for place in ("north", "south", "east")), [0, 1, 2]),
        (SENTENCE.format("west"), []),
        (SENTENCE.format("south") + " The north quay", []),
    ],
)
def test_a_pasted_paragraph_puts_first_where_it_stands(
    quays: Catalog, mode: Mode, pasted: str, holding: list[int]
) -> None:
    assert len(pasted.split()) > 30
    ids = [chunk.id for chunk in quays.chunks.of_document(id_of(quays, "quays.txt"))]
    hits = Retriever(quays, RealEncoder(quays)).search(pasted, 9, mode)
    assert sorted(ids.index(hit.chunk.id) for hit in hits if hit.is_exact) == holding


def test_borders_that_look_alike_do_not_hide_the_one_that_is_quoted(
    quays: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyword, "_BORDERS", 1)
    hits = Retriever(quays, RealEncoder(quays)).search('"10-K. The east quay was"', 9, "keyword")
    ids = [chunk.id for chunk in quays.chunks.of_document(id_of(quays, "quays.txt"))]
    assert sorted(ids.index(hit.chunk.id) for hit in hits) == [1, 2]


def test_a_phrase_over_a_border_stays_exact_beside_another_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_library, "LANGUAGES", {"a.txt": "en", "b.txt": "de"})
    border = (
        "Im Winter steht der grosse alte Kran am Hafen und ruht sich bis Ostern aus vor dem Portal\n\n"
        "Hotel das neu ist, liegt am Hafen und ist im Sommer voll von Leuten aus der Stadt."
    )
    with fill(tmp_path, {"a.txt": ("The Portal Hotel is old.",), "b.txt": (border,)}, tokens=30) as catalog:
        hits = Retriever(catalog, RealEncoder(catalog)).search('"Portal Hotel"', 9)
        assert len(catalog.chunks.of_document(id_of(catalog, "b.txt"))) == 2
        assert [hit.is_exact for hit in hits] == [True, True, True]


@pytest.mark.parametrize("text", ["مستشفى كبير", "1. مستشفى كبير", "«مستشفى» كبير"])
def test_letters_are_folded_wherever_they_stand_in_a_text(text: str) -> None:
    is_written = highlights.as_written(["مستشفى"])
    assert is_written is not None and is_written(text)
    assert highlights.beginnings("مستشفي", text) == 1
