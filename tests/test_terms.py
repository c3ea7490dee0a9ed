"""Tokenising: what a row holds, what a query asks for, and which characters are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.terms import codes, phrase, row, terms, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FY2022", ["fy", "2022"]),
        ("10-K", ["10", "k"]),
        ("BESTBUY_2024Q2_10Q.pdf", ["bestbuy", "2024", "q", "2", "10", "q", "pdf"]),
        ("$1,234,567.50", ["1234567.50"]),
        ("1,23 and 1,2345", ["1", "23", "and", "1", "2345"]),
        ("§ 12.3.", ["12.3"]),
        ("the company's ratios", ["the", "compani", "ratio"]),
        ("don’t", ["don"]),
        ("naïve Straße ﬁnance", ["naiv", "strass", "financ"]),
        ("co\u00adoperation", ["cooper"]),
        ("налоговые отчёты", ["налогов", "отчет"]),
        ("国税庁", ["国税", "税庁", "庁"]),
        ("abc漢字def", ["abc", "漢字", "字", "def"]),
        ("٣ ١٢", ["3", "12"]),
        ("", []),
        ('"*():^-', []),
    ],
)
def test_terms_of_a_row(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Die Verträge wurden gekündigt", "de", ["die", "vertrag", "wurd", "gekundigt"]),
        ("налоговые отчёты", "ru", ["налогов", "отчет"]),
        ("les sociétés étrangères", "fr", ["le", "societ", "etranger"]),
        ("The running company's", "en", ["the", "run", "compani"]),
        ("налоги in the report", "de", ["налог", "in", "the", "report"]),
        ("running", "xx", ["run"]),
    ],
)
def test_words_are_stemmed_by_the_language_of_their_document(
    text: str, language: str, expected: list[str]
) -> None:
    assert terms(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FY2018", ["·fy2018"]),
        ("the 10-K, 10K and 10–K", ["·10k"]),
        ("§ 12.3 and §12.4", ["·§12.3", "·§12.4"]),
        ("ZX-9981-B", ["·zx9981b"]),
        ("BESTBUY_2024Q2_10Q", ["·bestbuy2024q2·10q", "·2024q2", "·10q"]),
        ("COVID-19 in 2021 cost 1,234.50 (12.3%)", ["·covid19"]),
        ("no code, well-known 42", []),
        ("FY2018の業績は3割、第3章", ["·fy2018"]),
        ("10-12, 101-2 and 12/31/2018", ["·10·12", "·101·2", "·12·31·2018"]),
        ("x" * 50 + "1", []),
    ],
)
def test_codes_stand_whole_at_the_end_of_a_row(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
    assert row(text) == terms(text) + expected


@given(st.text())
def test_any_text_has_terms_with_true_places(text: str) -> None:
    found = list(tokens(text))
    assert [token.term for token in found] == terms(text)
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
        assert token.term and not set(token.term) & set(' "\n')


@given(
    st.text(alphabet="ab1-.,税国務 \u304c\u0e01", min_size=1),
    st.text(alphabet="ab 1税国"),
    st.text(alphabet="ab 1税国"),
)
def test_a_phrase_stands_in_the_row_of_a_text_that_holds_it(text: str, before: str, after: str) -> None:
    found = phrase(text)
    wanted = terms(f"{before} {text}{after if found and ord(found[-1][-1]) > 0x3000 else ' ' + after}")
    size = len(found)
    windows = [wanted[at : at + size] for at in range(len(wanted) - size + 1)]
    assert not found or any(
        window[:-1] == list(found[:-1]) and window[-1].startswith(found[-1]) for window in windows
    )
