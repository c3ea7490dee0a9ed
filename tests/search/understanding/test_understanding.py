"""Words as people type them, on small catalogues with the real model: slips, spellings, compounds, quotations
and words that are meant as they stand.

Runs explorer.search.understanding.mending, explorer.search.understanding.variants,
explorer.search.understanding.lexicon, explorer.search.understanding.quotations and
explorer.search.understanding.literal.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import Catalog
from explorer.search.retrieved import Retrieved
from explorer.search.retriever import Retriever
from explorer.search.understanding.literal import plain
from explorer.search.understanding.mending import Mending
from explorer.types import Mode, Scope
from tests import small_library
from tests.small_library import RealEncoder, fill, id_of

DOCUMENTS = {
    "filing.txt": (
        "The item is the submission of matters to a vote of security holders. Net sales rose. Materials were "
        "bought, and the masters of the ships were paid by the statement of cash flows.",
    ),
    "water.txt": ("Der Grundwasserspiegel sank im Sommer, und mit ihm der Spiegel der Brunnen.",),
    "budget.txt": ("Der Haushalt der Stadt wurde beschlossen.",),
    "house.txt": ("Das Haus in der Stadt ist alt. Herr Müller wohnt dort mit Frau Schroeder.",),
    "cafe.txt": ("The café serves coffee. Résumé and resume are two words. Form 10-K of 3M, net of sales.",),
}
LANGUAGES = {"filing.txt": "en", "water.txt": "de", "budget.txt": "de", "house.txt": "de", "cafe.txt": "en"}
SUBMISSION = "submission of matters to a vote"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_library, "LANGUAGES", LANGUAGES)
        with fill(tmp_path_factory.mktemp("typed"), DOCUMENTS) as catalog:
            yield catalog


@pytest.fixture(scope="module")
def retriever(catalog: Catalog) -> Retriever:
    return Retriever(catalog, RealEncoder(catalog))


def names(found: Retrieved) -> list[str]:
    return [hit.document.name for hit in found.hits]


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_slips_are_mended_and_said(retriever: Retriever, mode: Mode) -> None:
    found = retriever.retrieve("submision of maters to a vot", 3, mode)
    assert names(found)[0] == "filing.txt"
    assert found.searched == SUBMISSION
    assert found.mendings == (
        Mending("submision", "submission"), Mending("maters", "matters"), Mending("vot", "vote")
    )  # fmt: skip
    assert found.notices == (f"Showing results for “{SUBMISSION}”.",)


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("netsales", "net sales"),
        ("stat ement", "statement"),
        ("Submision", "Submission"),
        ("SUBMISION OF MATERS", "SUBMISSION OF MATTERS"),
        ("sbumission, name:filing", "submission, name:filing"),
        ("Grundwaserspiegel", "Grundwasserspiegel"),
    ],
)
def test_other_slips(retriever: Retriever, typed: str, searched: str) -> None:
    assert retriever.retrieve(typed, 3, "keyword").searched == searched


@pytest.mark.parametrize(
    "query",
    [
        SUBMISSION, '"submision of maters"', "-submision", "name:submision", "submis*", "FY2O18", "SUBM",
        "xy", "1O-K", "a@submision.com", "submision/maters", "zebra", "Grundwasser", "Mueller", "Schröder",
        "cafe", "materials", "国家税务", "", "“",
    ],
)  # fmt: skip
def test_what_is_kept_as_it_was_typed(retriever: Retriever, query: str) -> None:
    found = retriever.retrieve(query, 3, "keyword")
    assert found.mendings == ()
    assert not any("results for" in notice for notice in found.notices)


@pytest.mark.parametrize("query", ["farm", "Rome", "result", "wire", "salts"])
def test_a_frequent_word_that_the_library_lacks_is_no_slip(retriever: Retriever, query: str) -> None:
    """Though "form", "rose", "resume", "were" and "sales" are near, and were once searched in their place."""
    assert retriever.retrieve(query, 3, "keyword").mendings == ()


def test_a_query_in_a_language_the_library_does_not_have_is_kept(retriever: Retriever) -> None:
    assert retriever.retrieve("quels sont les maters de la societe", 3, "keyword").mendings == ()


def test_search_as_typed_finds_nothing_else(retriever: Retriever) -> None:
    found = retriever.retrieve("submision", 3, "keyword", mend=False)
    assert (names(found), found.mendings, found.searched) == ([], (), "submision")


def test_a_mended_word_counts_less_than_a_typed_one(retriever: Retriever) -> None:
    typed = retriever.retrieve("submission", 1, "keyword").hits[0]
    mended = retriever.retrieve("submision", 1, "keyword").hits[0]
    assert typed.chunk == mended.chunk
    assert mended.score < typed.score


def test_a_word_is_found_in_compounds_and_marked_there(retriever: Retriever) -> None:
    found = retriever.retrieve("Grundwasser", 3, "keyword")
    assert names(found) == ["water.txt"]
    text = found.hits[0].chunk.text
    assert [text[start:end] for start, end in found.marks(text, "de")] == ["Grundwasserspiegel"]


def test_a_compound_finds_its_parts(retriever: Retriever) -> None:
    assert names(retriever.retrieve("Brunnenspiegel", 3, "keyword")) == ["water.txt"]


def test_a_short_word_finds_no_longer_one_by_chance(retriever: Retriever) -> None:
    assert names(retriever.retrieve("Haus", 5, "keyword")) == ["house.txt"]
    assert names(retriever.retrieve("Haus", 5))[0] == "house.txt"


@pytest.mark.parametrize("query", ["Mueller", "MUELLER", "Müller", "Muller", "Schröder", "Schroeder"])
def test_umlauts_may_be_written_out(retriever: Retriever, query: str) -> None:
    assert names(retriever.retrieve(query, 5, "keyword")) == ["house.txt"]


def test_a_quotation_that_stands_nowhere_says_so_and_what_comes_near_is_shown(retriever: Retriever) -> None:
    found = retriever.retrieve('"submission of sales"', 3)
    assert found.missing == ("submission of sales",)
    assert found.notices == (
        "“submission of sales” stands nowhere in these documents; showing what comes near.",
    )
    assert names(found)[0] == "filing.txt"
    assert not any(hit.is_exact for hit in found.hits)
    assert max(hit.score for hit in found.hits) < 0.5


def test_by_words_alone_a_quotation_stays_a_condition(retriever: Retriever) -> None:
    found = retriever.retrieve('"submission of sales"', 3, "keyword")
    assert (names(found), found.notices) == (
        [], ("“submission of sales” stands nowhere in these documents.",)
    )  # fmt: skip


def test_a_quotation_outside_the_scope_stands_nowhere(retriever: Retriever, catalog: Catalog) -> None:
    scope = Scope(documents=[id_of(catalog, "cafe.txt")])
    assert retriever.retrieve('"net sales"', 3, "keyword").missing == ()
    assert retriever.retrieve('"net sales"', 3, "keyword", scope).missing == ("net sales",)


def test_quotations_that_never_meet_say_so(retriever: Retriever) -> None:
    found = retriever.retrieve('"net sales" "Das Haus"', 3)
    assert found.missing == ("net sales", "Das Haus")
    assert "do not stand together anywhere" in found.notices[0]
    assert {"filing.txt", "house.txt"} <= set(names(found))


def test_of_two_quotations_the_missing_one_is_named(retriever: Retriever) -> None:
    found = retriever.retrieve('"net sales" "gross sales"', 3)
    assert (found.missing, names(found)[0]) == (("gross sales",), "filing.txt")


def test_a_sentence_that_quotes_something_wishes_and_does_not_demand(retriever: Retriever) -> None:
    sentence = 'which of the documents say something on "serves coffee" or on statement and cash flows'
    found = retriever.retrieve(sentence, 5, "keyword")
    assert {"filing.txt", "cafe.txt"} <= set(names(found))
    assert not any(hit.is_exact for hit in found.hits)


@pytest.mark.parametrize(
    "query",
    ['"net sales"', "“net sales”", "„net sales“", "„net sales”", "«net sales»", "»net sales«", "”net sales”",
     '“net sales"', '"net sales”', "「net sales」"],
)  # fmt: skip
def test_quotation_marks_of_all_kinds(retriever: Retriever, query: str) -> None:
    found = retriever.retrieve(query, 3, "keyword")
    assert (found.query.quoted, names(found)) == (("net sales",), ["filing.txt"])


@pytest.mark.parametrize("query", ['"net sales', 'net sales"', "“net sales", 'net 5" sales 6" rose'])
def test_marks_that_enclose_nothing_are_none(retriever: Retriever, query: str) -> None:
    found = retriever.retrieve(query, 3, "keyword")
    assert (found.query.quoted, found.missing) == ((), ())
    assert names(found)[0] == "filing.txt"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("net sales", {"filing.txt", "cafe.txt"}),
        ("SALES net", {"filing.txt", "cafe.txt"}),
        ('"net sales"', {"filing.txt"}),
        ("sale", set()),
        ("submision", set()),
        ("Grundwasser", set()),
        ("Mueller", set()),
        ("10-K", {"cafe.txt"}),
        ("10K", set()),
        ("the of", {"filing.txt", "cafe.txt"}),
        ("sales -coffee", {"filing.txt"}),
        ("net name:cafe", {"cafe.txt"}),
        ("résumé", {"cafe.txt"}),
        ("...", set()),
        ("", set()),
    ],
)
def test_exact_words_only(retriever: Retriever, query: str, expected: set[str]) -> None:
    found = retriever.retrieve(query, 10, exact=True)
    assert set(names(found)) == expected
    assert all(hit.is_exact and hit.score > 0.5 for hit in found.hits)
    assert all(found.marks(hit.chunk.text) for hit in found.hits)


@pytest.mark.parametrize(
    ("query", "missing", "meant"),
    [
        ("submision", ("submision",), "submission"),
        ("submision of maters", ("submision", "maters"), "submission of matters"),
        ('submision "of matters"', ("submision",), 'submission "of matters"'),
        ('"submision of matters"', ("submision of matters",), ""),  # what is quoted is meant as it stands
        ("sale", ("sale",), ""),  # another form of it is there: no slip
        ("submision coffee", ("submision",), ""),  # nor is the mended one anywhere
        ("submission coffee", (), ""),  # each stands somewhere
    ],
)
def test_exact_words_that_stand_nowhere_say_so_and_what_was_meant(
    retriever: Retriever, query: str, missing: tuple[str, ...], meant: str
) -> None:
    found = retriever.retrieve(query, 3, exact=True)
    assert (names(found), found.searched, found.missing, found.meant) == ([], query, missing, meant)
    assert all(f"“{word}”" in found.notices[0] for word in missing)
    assert (f"Did you mean “{meant}”?" in found.notices) is bool(meant)
    if meant:
        assert names(retriever.retrieve(meant, 3, exact=True)) == ["filing.txt"]
    assert retriever.retrieve(query, 3, exact=True, mend=False).meant == ""


def test_in_a_scope_what_stands_nowhere_there_is_said(retriever: Retriever, catalog: Catalog) -> None:
    cafe = Scope(documents=[id_of(catalog, "cafe.txt")])
    found = retriever.retrieve("submision", 3, exact=True, scope=cafe)
    assert (found.missing, found.meant) == (("submision",), "")
    assert retriever.retrieve("coffee", 3, exact=True, scope=cafe).notices == ()


@given(st.text(max_size=30), st.sampled_from(["hybrid", "keyword"]), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_string_is_a_query(retriever: Retriever, query: str, mode: Mode, exact: bool) -> None:
    found = retriever.retrieve(query, 3, mode, exact=exact)
    for hit in found.hits:
        found.marks(hit.chunk.text)
        assert 0 <= hit.score <= 1


@given(st.sampled_from([word for texts in DOCUMENTS.values() for word in texts[0].split()]))
def test_every_word_of_a_text_is_found_exactly(retriever: Retriever, word: str) -> None:
    hits = retriever.retrieve(word, 10, exact=True).hits
    bare = plain(word.strip(".,"))
    assert hits
    assert all(bare in plain(hit.chunk.text) for hit in hits)
