"""What a person typed as what is looked for, and what of a text it marks."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search.highlights import beginnings, marks
from explorer.search.query import (
    MOST_CHARACTERS,
    Prefix,
    Query,
    Unwanted,
    parse_query,
    without_filters,
    without_quotes,
)
from explorer.words.folding import fold
from explorer.words.terms import row


@pytest.mark.parametrize(
    ("document", "language", "query"),
    [
        ("Die Verträge wurden gekündigt", "de", "vertrag"),
        ("Die Verträge wurden gekündigt", "de", "Kündigung Verträgen"),
        ("Все договоры подписаны", "ru", "договором"),
        ("وقعت الشركات العقود", "ar", "شركة"),
        ("وقعت الشركات العقود", "ar", "العقود"),
        ("国家税务总局发布公告", "zh", "税务"),
        ("国家税务总局发布公告", "zh", "总局发布"),
        ("東京都の条例", "ja", "条例"),
        ("한국은행이 금리를 발표했다", "ko", "금리"),
        ("ธนาคารแห่งประเทศไทย", "th", "ประเทศ"),
        ("हिन्दी भाषा", "hi", "भाषा"),
        ("operating expenses rose", "en", "operate expense"),
        ("les sociétés étrangères", "fr", "societe"),
    ],
)
def test_a_query_meets_its_row_in_many_languages(document: str, language: str, query: str) -> None:
    terms = {term for word in parse_query(query, [language]).words for term in word}
    assert terms & set(row(document, language))
    assert marks(query, document, language)


def test_function_words_are_dropped_unless_nothing_else_is_there() -> None:
    assert parse_query("what is the ratio").words == (("ratio",),)
    assert parse_query("to be or").words == (("to",), ("be",), ("or",))
    assert parse_query('who said "to be or not to be"').phrases == ((("to", "be", "or", "not", "to", "be"),),)


def test_function_words_are_those_of_the_language_that_most_words_speak_for() -> None:
    german = parse_query("Wann darf der Vermieter die Miete erhöhen", ["de"])
    assert [word[0] for word in german.words] == ["wann", "darf", "vermiet", "miet", "erhohen"]
    assert ("die",) in parse_query("how many die of it", ["en", "de"]).words


def test_a_word_stands_for_its_stems_in_all_languages_of_the_library() -> None:
    assert parse_query("Kosten", ["de", "fr"]).words == (("kosten", "kost"),)


@pytest.mark.parametrize("quoted", ['"net sales"', "“net sales”", "„net sales“", "«net sales»"])
def test_every_kind_of_closed_quotation_mark_makes_a_phrase(quoted: str) -> None:
    parsed = parse_query(f"growth of {quoted}")
    assert parsed.phrases == ((("net", "sale"),),)
    assert parsed.text == "growth of net sales"
    assert parse_query('an open " mark').phrases == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("profit -draft", {"text": "profit", "without": (Unwanted((("draft",),), ()),)}),
        (
            'profit -"first half"',
            {"text": "profit", "without": (Unwanted((("first", "half"),), ()),)},
        ),
        ("name:Report profit", {"text": "profit", "names": ("report",)}),
        ('tag:"Annual Tax" profit', {"text": "profit", "tags": ("annual tax",)}),
        (
            "-name:draft -tag:old profit",
            {"text": "profit", "without_names": ("draft",), "without_tags": ("old",)},
        ),
        ("Name: Smith", {"text": "Name: Smith", "names": ()}),
        ("well-known growth of -5 percent", {"text": "well-known growth of -5 percent"}),
        ("a - b", {"text": "a - b"}),
        ("regul* law", {"text": "regul law", "prefixes": (Prefix("regul"),), "words": (("law",),)}),
        ("Май*", {"prefixes": (Prefix("май"),)}),
        ("company*", {"prefixes": (Prefix("company", ("compani",)),)}),
        ("FY20*", {"prefixes": (), "openings": ((("fy", "20"),),)}),
        ("한국어*", {"prefixes": (), "openings": ((("한국", "국어"),),)}),
        ('name:"" tag:"" -name:"" -tag:" " -"" profit', {"text": "profit", "has_filters": False}),
        ("2 * 3", {"prefixes": ()}),
        ("税", {"prefixes": (Prefix("税"),), "words": ()}),
        ("東京 大学", {"words": (("東京",), ("大学",)), "prefixes": ()}),
        ('"東京 大学"', {"phrases": ((("東京", "京大", "大学"),),)}),
        ("192.168*", {"prefixes": (Prefix("192.168"),), "openings": ()}),
        ("co-op*", {"text": "co-op", "prefixes": (), "openings": ((("co", "op"),),)}),
        ("honey -be*", {"text": "honey", "without": (), "without_prefixes": (Prefix("be"),)}),
        ('honey -"be*"', {"without": (Unwanted((("be",),), ()),), "without_prefixes": ()}),
        ("honey -v1.2*", {"without_openings": ((("v", "1.2"),),)}),
        ("written -€", {"text": "written", "without": (Unwanted((), ("·€",)),)}),
        ("a loss of -€5", {"text": "a loss of -€5", "without": ()}),
    ],
)
def test_operators(query: str, expected: dict[str, object]) -> None:
    parsed = parse_query(query)
    assert {key: getattr(parsed, key) for key in expected} == expected


def test_codes_are_looked_for_whole_and_in_parts() -> None:
    assert parse_query("10-K").words == (("10",), ("k",), ("·10k",))
    assert parse_query("§ 12.3").words == (("12.3",), ("·§12.3",))


def test_what_would_leave_nothing_is_taken_as_words() -> None:
    assert parse_query("-profit").words == (("profit",),)
    assert parse_query("-profi*").prefixes == (Prefix("profi"),)
    assert parse_query("-€").words == (("·€",),)
    assert parse_query("") == Query()
    assert not parse_query("?!")
    assert fold("Übersicht") == "ubersicht"


@pytest.mark.parametrize("query", ["-tag:old -honey", "-name:old -honey", 'tag:old -"wild honey"'])
def test_nothing_that_is_left_out_is_looked_for_where_documents_are_named(query: str) -> None:
    parsed = parse_query(query)
    assert not parsed and not parsed.text
    assert parsed.without
    assert bool(parsed.tags) == (query[0] != "-") and parsed.names == ()


def test_a_query_without_its_quotes_or_its_filters() -> None:
    query = '“net sales” «up» -"first half" name:"annual report" -draft regul* €'
    assert without_quotes(query) == 'net sales up -"first half" name:"annual report" -draft regul* €'
    assert without_filters(query) == "“net sales” «up» regul* €"
    assert without_quotes("net  sales") == without_filters("net sales") == "net sales"
    assert without_filters("name:x -y") == ""


def test_marks_cover_inflected_forms_phrases_and_nothing_else() -> None:
    text = "The net sales grew; growth is in the sales of 2,022 stores."
    assert [text[a:b] for a, b in marks("growing sale", text)] == ["sales", "sales"]
    assert [text[a:b] for a, b in marks('"the net sales"', text)] == ["The net sales"]
    assert [text[a:b] for a, b in marks('"the net sales" sale', text)] == ["The net sales", "sales"]
    assert [text[a:b] for a, b in marks('"net profit of sales"', text)] == ["net", "sales", "sales"]
    assert [text[a:b] for a, b in marks("2022", text)] == ["2,022"]
    assert [text[a:b] for a, b in marks("gr*", text)] == ["grew", "growth"]
    assert [text[a:b] for a, b in marks("growt* sto*", text)] == ["growth", "stores"]
    assert marks('"第3章"', "この第3章では") == marks("第3章*", "この第3章では") == [(2, 5)]
    assert marks("FY20*", "In FY2018, FY 1999") == [(3, 9)]
    assert marks("한국어*", "우리 한국어는") == [(3, 6)]
    assert marks("ма*", "мама и мой май") == [(0, 4), (11, 14)]
    assert marks("税", "国税は税務") == [(1, 2), (3, 4)]
    assert marks("net -sales name:x", text) == [(4, 7)]
    assert marks("维护", "城市维\n护税") == [(2, 5)]
    assert marks("维*", "城市维\n护税") == [(2, 3)]
    assert marks('"城市维护"', "城市维\n护税") == [(0, 5)]
    assert marks("CO2", "CO₂") == [(0, 3)]
    assert marks("co-operati*", "a co-operation, co-op") == [(2, 14)]
    assert marks("C++ €", "In C++, €5; C") == [(3, 6), (8, 9), (12, 13)]
    assert marks("the of in", "") == []


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("HbA1c", "Page 1\nThe HbA1c was 7.1 %; group 1c, vitamin C", ["HbA1c"]),
        ("HbA1c", "Page 1", []),
        ("HbA1c in type 1", "Type 1, HbA1c", ["Type", "1", "HbA1c"]),
        ("10-K", "In 10 days the 10-K and the 10K, K", ["10-K", "10K"]),
        ("COVID-19", "Covid on page 19: COVID-19", ["Covid", "COVID-19"]),
        ("3M net sales", "3M sold 3 m of it", ["3M", "3 m"]),
        ("F-16", "an F 16, f, 16", ["F 16", "f, 16"]),
    ],
)
def test_a_short_part_of_a_code_is_marked_only_where_the_code_stands(
    query: str, text: str, marked: list[str]
) -> None:
    assert [text[a:b] for a, b in marks(query, text, "en")] == marked


@given(st.text() | st.text(alphabet='"-:*nametg“”„« ab1税', max_size=30), st.text())
def test_marks_are_sorted_and_disjoint_for_any_query(query: str, text: str) -> None:
    last = 0
    for start, end in marks(query, text):
        assert last <= start < end <= len(text)
        last = end


@pytest.mark.parametrize(
    ("start", "text", "times"),
    [
        ("regulati", "Regulations; no regulator, one (regulation)", 2),
        ("май", "Майский май, маис", 2),
        ("cooperat", "co\u00adoperation", 1),
        ("societ", "les sociétés", 1),
        ("الشر", "وقعت الشركات", 1),
    ],
)
def test_beginnings_are_counted_in_the_words_as_written(start: str, text: str, times: int) -> None:
    assert beginnings(start, text) == times


@given(st.text(), st.text())
def test_what_a_beginning_counts_is_marked(word: str, text: str) -> None:
    for prefix in parse_query(f"{word}*").prefixes:
        assert beginnings(prefix.start, text) <= len(text)
        if beginnings(prefix.start, text):
            assert marks(f"{word}*", text)


@pytest.mark.parametrize(
    "piece",
    [
        "«",
        "“",
        "„",
        '"',
        "-« ",
        "name:« ",
        '" ',
        "a-1",
        "x* ",
        "-abcd ",
        "„a ",
        "§1",
        "税",
        "*",
        '-"a b" ',
        "a-",
        "a-b* ",
        "-a* ",
        "-€ ",
        "₂",
        "税 ",
        "1'000",
    ],
)
def test_any_string_is_parsed_at_once(piece: str) -> None:
    chance = random.Random(piece)
    mixed = "".join(chance.choice([piece, *'abc «»„“”":*-']) for _ in range(20_000))
    for query in (piece * 20_000, mixed):
        started = time.thread_time()
        parsed = parse_query(query, ["en", "de", "fr"])
        assert time.thread_time() - started < 1  # .04 where nothing else runs; seconds when it was quadratic
        assert len(parsed.text) <= MOST_CHARACTERS
