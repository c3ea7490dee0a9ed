"""What a claim is compared by (`explorer.claims.parts`, `.wording`), what holds it (`.evidence`) and what
speaks against it (`.conflicts`)."""

from __future__ import annotations

import pytest

from explorer.claims.conflicts import conflicts
from explorer.claims.evidence import Evidence, gather, paired, windows
from explorer.claims.parts import parts_of, sentences
from explorer.claims.wording import base_forms, poles, quantifiers
from explorer.words.stemming import stem


def evidence(claim: str, passage: str) -> Evidence:
    return gather(parts_of(claim), "", sentences(0, passage), [passage])


def test_parts_have_kinds() -> None:
    found = {part.term: part.kind for part in parts_of("the plant of Smith did not sell 7 engines")}
    expected = {"plant": "word", "smith": "name", "¬": "negation", "sell": "word", "number": "figure"}
    assert {term: kind for term, kind in found.items() if kind != "stop"} == {**expected, "engin": "word"}
    assert all(part.kind != "negation" for part in parts_of("not only cash but non-cash items, see No. 5"))
    assert [p.kind for p in parts_of("Der Umsatz ist im Jahr gestiegen und die Kosten sind es")].count(
        "name"
    ) == 0


def test_sentences_end_where_they_end() -> None:
    text = (
        "Mr. Smith came from the U.S. in May. "
        "He was for many years one of the directors of\nAmazon in Luxemburg. "
        "He left.\n\nNet sales | 5\nCosts | 4"
    )
    found = [text[one.start : one.end] for one in sentences(0, text)]
    assert found == [
        "Mr. Smith came from the U.S. in May.",
        "He was for many years one of the directors of\nAmazon in Luxemburg.",
        "He left.",
        "Net sales | 5",
        "Costs | 4",
    ]


def test_words_that_mean_the_same_or_the_opposite() -> None:
    assert base_forms()[stem("paid")] == stem("pay")
    assert poles()[stem("rose")] == poles()[stem("increased")] == (0, 0)
    assert poles()[stem("fell")] == (0, 1)
    assert (quantifiers()[stem("all")], quantifiers()[stem("some")]) == (0, 1)


def test_the_best_window_holds_most_of_the_claim() -> None:
    held = evidence(
        "Rivers rise in spring.", "Cats sleep.\n\nRivers rise.\n\nIt is so in spring.\n\nDogs bark."
    )
    best = windows(held)[0]
    assert (best.first, best.last) == (1, 2)
    assert best.share == pytest.approx(held.share(held.found))
    assert 0 < paired(held) < 1


@pytest.mark.parametrize(
    ("claim", "passage", "kinds"),
    [
        ("The plant made 5 engines.", "The plant made 6 engines.", {"figure"}),
        ("The plant of Smith made engines.", "The plant of Miller made engines.", {"name"}),
        ("The plant made no engines.", "The plant made engines.", {"negation"}),
        ("The plant made engines.", "The plant never made engines.", {"negation"}),
        ("All plants made engines.", "Some plants made engines.", {"quantifier"}),
        ("The plant will make engines.", "The plant may make engines.", {"hedge"}),
        ("The plant made engines.", "The plant made engines in 1990.", set()),
    ],
)
def test_what_speaks_against_a_claim(claim: str, passage: str, kinds: set[str]) -> None:
    held = evidence(claim, passage)
    found = {one.kind for one in conflicts(held, windows(held)[0])}
    assert found <= kinds
    assert bool(found) == bool(kinds)
