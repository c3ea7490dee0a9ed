"""Tokenising: what a row holds, what a query asks for, and which characters are marked."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.words.terms import codes, phrase, row, terms, tokens


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
        ("城市维\n护税", ["城市", "市维", "维护", "护税", "税"]),
        ("城市维 护税", ["城市", "市维", "维护", "护税", "税"]),
        ("北京\n\n上海  天", ["北京", "京", "上海", "海", "天"]),
        ("กร\nทพ กร", ["กร", "รท", "ทพ", "พ", "กร", "ร"]),
        ("한국 은\n금리", ["한국", "국", "은", "금리", "리"]),
        ("CO₂, H₂O", ["co", "2", "h", "2", "o"]),
        ("8 m² or km³; see revenue² and (¹)", ["8", "m", "2", "or", "km", "3", "see", "revenu", "and"]),
        ("1'000'000 or 2’500, 7'12", ["1000000", "or", "2500", "7", "12"]),
        ("Łódź Tromsø Ærø Đà œuvre", ["lodz", "tromso", "aero", "da", "oeuvr"]),
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
        ("Łódź Lodz", "pl", ["lodz", "lodz"]),
        ("Tromsø Tromso", "no", ["tromso", "tromso"]),
        ("كتاب الكتاب والكتاب وبالكتاب وللكتاب", "ar", ["كتاب"] * 5),
        ("المدرسة المدرسه مدرسة مدرسه والمدرسة", "ar", ["مدرس"] * 5),
        ("مستشفى المستشفي أحمد احمد", "ar", ["مستشف", "مستشف", "احمد", "احمد"]),
        ("وجه الوجه والدة", "ar", ["وجه", "وجه", "والد"]),
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
        ("CO₂ and m² and 10⁶", ["·co2", "·m2"]),
        ("978-3-16-148410-0", ["·978·3·16·148410·0", "·9783161484100"]),
    ],
)
def test_codes_stand_whole_at_the_end_of_a_row(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
    assert row(text) == terms(text) + expected


@example("Aก\n一²")
@example("\U00016d70")
@example("\ufc5e")
@given(st.text() | st.text(alphabet="税務가กa1₂² \t\n\u3099"))
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
