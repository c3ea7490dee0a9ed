"""Tokenising: what a row holds, what a query asks for, and which characters are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.terms import Query, marks, parse, terms, tokens


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
    ("document", "query"),
    [
        ("Die Verträge wurden gekündigt", "vertrage"),
        ("Все договоры подписаны", "договор"),
        ("وقعت الشركات العقود", "العقود"),
        ("国家税务总局发布公告", "税务"),
        ("国家税务总局发布公告", "总局发布"),
        ("東京都の条例", "条例"),
        ("한국은행이 금리를 발표했다", "금리"),
        ("ธนาคารแห่งประเทศไทย", "ประเทศ"),
        ("हिन्दी भाषा", "भाषा"),
        ("operating expenses rose", "operate expense"),
    ],
)
def test_a_query_meets_its_row_in_many_scripts(document: str, query: str) -> None:
    row = set(terms(document))
    assert set(parse(query).words) & row
    assert marks(query, document)


def test_queries_drop_stop_words_unless_nothing_else_is_there() -> None:
    assert parse("what is the ratio").words == ("ratio",)
    assert parse("to be or").words == ("to", "be", "or")
    assert parse('who said "to be or not to be"').phrases == (("to", "be", "or", "not", "to", "be"),)


def test_every_kind_of_closed_quotation_mark_makes_a_phrase() -> None:
    for quoted in ('"net sales"', "“net sales”", "„net sales“", "«net sales»"):
        assert parse(f"growth of {quoted}").phrases == (("net", "sale"),)
    assert parse('an open " mark').phrases == ()


def test_one_character_of_a_spaceless_script_is_a_prefix() -> None:
    assert parse("税") == Query(prefixes=("税",))
    assert marks("税", "国税は税務") == [(1, 2), (3, 4)]


def test_marks_cover_inflected_forms_phrases_and_nothing_else() -> None:
    text = "The net sales grew; growth is in the sales of 2,022 stores."
    assert [text[a:b] for a, b in marks("growing sale", text)] == ["sales", "sales"]
    assert [text[a:b] for a, b in marks('"the net sales"', text)] == ["The net sales", "sales"]
    assert [text[a:b] for a, b in marks("2022", text)] == ["2,022"]
    assert marks("the of in", "") == []


@given(st.text())
def test_any_text_has_terms_with_true_places(text: str) -> None:
    found = list(tokens(text))
    assert [token.term for token in found] == terms(text)
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
        assert token.term and not set(token.term) & set(' "\n')


@given(st.text(), st.text())
def test_marks_are_sorted_and_disjoint_for_any_query(query: str, text: str) -> None:
    last = 0
    for start, end in marks(query, text):
        assert last <= start < end <= len(text)
        last = end
