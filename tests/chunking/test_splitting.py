from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer import embedding
from explorer.chunking.splitting import Span, split
from explorer.chunking.units import units_of
from explorer.embedding import EmbeddingModel
from explorer.types import Page


@dataclass(frozen=True)
class Heading:
    start: int
    level: int
    text: str


@functools.cache
def model() -> EmbeddingModel:
    return embedding.load()


@dataclass(frozen=True)
class Table:
    start: int
    end: int
    header: str


def words(texts: Sequence[str]) -> list[int]:
    """Any tokenizer will do: here, words."""
    return [len(text.split()) for text in texts]


def one_page(text: str) -> list[Page]:
    return [Page(1, 0, len(text))]


def cut(text: str, headings: Sequence[Heading] = (), target: int = 20, most: int = 40) -> list[Span]:
    return split(text, one_page(text), headings, count=words, target_tokens=target, max_tokens=most)


def texts_of(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def sentences(line: str) -> list[str]:
    return [line[unit.start : unit.end] for unit in units_of(line, 0, len(line))]


def assert_sound(text: str, pages: Sequence[Page], spans: Sequence[Span]) -> None:
    """Ordered, apart, stripped, inside one page, and every visible character in exactly one."""
    covered = 0
    for before, span in itertools.pairwise([Span(0, 0, 1, 1), *spans]):
        assert before.end <= span.start < span.end
        assert not text[before.end : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert span.page == span.end_page
        page = pages[span.page - 1]
        assert page.start <= span.start and span.end <= page.end
        covered = span.end
    assert not text[covered:].strip()


LETTERS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="ab .。!?\n\t\r\x0c\u2028", max_size=80),
    st.sampled_from(
        ["\n\n", ". ", "word ", "Dr. Who", "。", "x" * 300, "| a | b |\n", "👩‍👩‍👧", "e\u0301" * 30, "\ud800"]
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Page], list[Heading]]:
    parts = ["".join(draw(st.lists(LETTERS, max_size=25))) for _ in range(draw(st.integers(1, 4)))]
    ends = list(itertools.accumulate(map(len, parts)))
    pages = [Page(i + 1, end - len(part), end) for i, (part, end) in enumerate(zip(parts, ends, strict=True))]
    text = "".join(parts)
    starts = draw(st.lists(st.integers(0, len(text)), max_size=5))
    return text, pages, [Heading(start, draw(st.integers(1, 4)), f"H{start}") for start in starts]


@given(documents(), st.integers(8, 60), st.integers(8, 190))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_visible_character_is_in_one_chunk_that_the_model_reads(
    document: tuple[str, list[Page], list[Heading]], target: int, most: int
) -> None:
    text, pages, headings = document
    spans = split(text, pages, headings, count=model().count_tokens, target_tokens=target, max_tokens=most)
    assert_sound(text, pages, spans)
    assert all(tokens <= min(most, target * 1.4) for tokens in model().count_tokens(texts_of(text, spans)))


@st.composite
def stretches(draw: st.DrawFn, length: int) -> list[tuple[int, int]]:
    """Spans of a text that lie apart from each other, by rising start."""
    cuts = sorted(draw(st.lists(st.integers(0, length), max_size=12)))
    return [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False) if start < end]


@st.composite
def structured(draw: st.DrawFn) -> tuple[str, list[Page], list[Table], list[tuple[int, int]]]:
    text, pages, _ = draw(documents())
    tables = [Table(*span, header=draw(LETTERS)) for span in draw(stretches(len(text)))]
    return text, pages, tables, draw(stretches(len(text)))


@given(structured())
@settings(max_examples=150, deadline=None)
def test_tables_and_asides_lose_nothing_but_what_was_said_before(
    document: tuple[str, list[Page], list[Table], list[tuple[int, int]]],
) -> None:
    text, pages, tables, asides = document
    spans = split(text, pages, [], count=words, target_tokens=10, max_tokens=14, tables=tables, asides=asides)
    aside = [any(start <= place < end for start, end in asides) for place in range(len(text))]
    kept = [False] * len(text)
    for before, span in itertools.pairwise([Span(0, 0, 1, 1), *spans]):
        assert before.end <= span.start < span.end
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        page = pages[span.page - 1]
        assert page.start <= span.start and span.end <= page.end
        visible = [place for place in range(span.start, span.end) if not text[place].isspace()]
        assert len({aside[place] for place in visible}) == 1
        for place in visible:
            kept[place] = True
    lost = [place for place, mark in enumerate(text) if not kept[place] and not mark.isspace()]
    assert all(aside[place] for place in lost)
    assert spans or not text.strip()


@given(structured())
@settings(max_examples=100, deadline=None)
def test_a_chunk_from_within_a_table_names_its_columns(
    document: tuple[str, list[Page], list[Table], list[tuple[int, int]]],
) -> None:
    text, pages, tables, _ = document
    for span in split(text, pages, [], count=words, target_tokens=10, max_tokens=14, tables=tables):
        within = [table for table in tables if table.start < span.start < table.end]
        body = " ".join(text[span.start : span.end].split())
        names = [header for table in within if (header := " ".join(table.header.split())) not in body]
        assert span.headings == tuple(name[:300].rstrip() for name in names)


@given(documents())
@settings(max_examples=25, deadline=None)
def test_the_same_text_is_cut_the_same_way(document: tuple[str, list[Page], list[Heading]]) -> None:
    text, pages, headings = document
    first, second = (
        split(text, pages, headings, count=words, target_tokens=10, max_tokens=20) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\n", "\u3000\u2028"])
def test_blank_text_has_no_chunks(text: str) -> None:
    assert cut(text) == []


def test_a_limit_too_small_for_any_text_is_refused() -> None:
    with pytest.raises(ValueError, match="8 tokens"):
        split("text", one_page("text"), [], count=words, target_tokens=5, max_tokens=5)


@pytest.mark.parametrize(
    "line",
    [
        "He met Dr. Brown of Acme Inc. yesterday",
        "See Fig. 3, e.g. the U.S. figures (approx. 4.5 million), by J. R. Smith",
        "3. Third item of a list",
        "Das gilt z.B. Für alle",
        "version 2.0 of example.com is out",
        "Wait... what is this",
    ],
)
def test_not_every_full_stop_ends_a_sentence(line: str) -> None:
    assert sentences(line) == [line]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ('"Stop!" She left. (He did not.) End.', ['"Stop!"', "She left.", "(He did not.)", "End."]),
        ("今天下雨。我们回家！好吗？好。", ["今天下雨。", "我们回家！", "好吗？", "好。"]),
        ("「行こう。」彼は言った。", ["「行こう。」", "彼は言った。"]),
        ("यह एक है। वह दो है।", ["यह एक है।", "वह दो है।"]),
        ("هل هذا سؤال؟ نعم.", ["هل هذا سؤال؟", "نعم."]),
    ],
)
def test_sentences_end_in_many_scripts(line: str, expected: list[str]) -> None:
    assert sentences(line) == expected


def test_chunks_end_between_paragraphs_rather_than_inside_them() -> None:
    paragraphs = [
        f"Paragraph {n} has a first sentence here. And it has a second sentence of ten words."
        for n in "abcdef"
    ]
    text = "\n\n".join(paragraphs)
    assert texts_of(text, cut(text, target=17)) == paragraphs


def test_a_heading_stays_with_what_follows_and_names_its_chunks() -> None:
    body = "Some words that say nothing much at all. " * 4
    text = f"Intro\n{body}\nFirst part\n{body}\nSecond part\n{body}"
    headings = [
        Heading(text.index("Second part"), 2, "Second part"),
        Heading(0, 1, "Intro"),
        Heading(text.index("First part"), 2, "First part"),
    ]
    spans = cut(text, headings, target=34, most=60)
    assert [span.headings for span in spans] == [
        ("Intro",),
        ("Intro", "First part"),
        ("Intro", "Second part"),
    ]
    assert [chunk.split("\n")[0] for chunk in texts_of(text, spans)] == ["Intro", "First part", "Second part"]


def test_a_chunk_over_two_sections_names_what_both_share() -> None:
    text = "Manual\nSetup\nPlug it in.\nUse\nPress the button.\n"
    headings = [Heading(0, 1, "Manual"), Heading(7, 2, "Setup"), Heading(text.index("Use"), 2, "Use")]
    (span,) = cut(text, headings)
    assert span.headings == ("Manual",)


def test_headings_alone_keep_their_own_path() -> None:
    text = "Manual\nSetup"
    (span,) = cut(text, [Heading(0, 1, "Manual"), Heading(7, 2, "Setup")])
    assert span.headings == ("Manual",)


def test_a_chunk_never_crosses_a_page() -> None:
    text = "A page that stops in the middle of " + "a sentence that goes on here."
    pages = [Page(1, 0, 35), Page(2, 35, len(text))]
    spans = split(text, pages, [], count=words, target_tokens=20, max_tokens=40)
    assert [(span.start, span.end, span.page, span.end_page) for span in spans] == [
        (0, 34, 1, 1),
        (35, len(text), 2, 2),
    ]


def test_rows_of_a_table_stay_whole() -> None:
    rows = [f"| item {n} | {n} pieces | {n * 3} euro |" for n in range(60)]
    text = "\n".join(rows)
    chunks = texts_of(text, cut(text, target=40, most=80))
    assert len(chunks) > 5
    assert [row for chunk in chunks for row in chunk.split("\n")] == rows


def test_a_long_table_names_its_columns_in_every_chunk() -> None:
    rows = [f"Firm no. {n}. Ltd. | {n} | {n * 3}" for n in range(60)]
    header = "Name | Shares | Votes"
    table = "\n".join([header, *rows])
    text = f"Owners\nThey hold this.\n\n{table}\n\nNothing else was said about any of the owners."
    start = text.index(header)
    spans = split(
        text,
        one_page(text),
        [Heading(0, 1, "Owners")],
        count=words,
        target_tokens=40,
        max_tokens=80,
        tables=[Table(start, start + len(table), header)],
    )
    chunks = texts_of(text, spans)
    assert len(chunks) > 5
    assert header in chunks[0]
    assert spans[0].headings == ("Owners",)
    assert all(span.headings == ("Owners", header) for span in spans[1:-1])
    assert all(line in text.split("\n") for chunk in chunks for line in chunk.split("\n")), "a row was cut"


def test_a_table_without_column_names_keeps_its_rows_whole() -> None:
    text = "\n".join(f"Mr. No. {n}. Is in row {n}. And stays there." for n in range(40))
    spans = split(
        text,
        one_page(text),
        [],
        count=words,
        target_tokens=12,
        max_tokens=24,
        tables=[Table(0, len(text), "")],
    )
    assert all(chunk.endswith("there.") and chunk.startswith("Mr.") for chunk in texts_of(text, spans))
    assert {span.headings for span in spans} == {()}


def test_asides_have_chunks_of_their_own_and_no_headings() -> None:
    text = "Title\nSome words here.\nHome About Contact\nMore words there.\nImprint"
    start = text.index("Home")
    asides = [(start, start + 18), (text.index("Imprint"), len(text))]
    spans = split(
        text,
        one_page(text),
        [Heading(0, 1, "Title")],
        count=words,
        target_tokens=40,
        max_tokens=80,
        asides=asides,
    )
    assert texts_of(text, spans) == [
        "Title\nSome words here.",
        "Home About Contact",
        "More words there.",
        "Imprint",
    ]
    assert [span.headings for span in spans] == [("Title",), (), ("Title",), ()]


def test_a_running_header_is_one_chunk_in_the_whole_document() -> None:
    pages, asides, text = [], [], ""
    for number in range(1, 51):
        start = len(text)
        text += f"ACME  Annual Report {number}\nThis is what page {number} says.\n{number} of 50\n"
        asides += [(start, text.index("\n", start)), (text.rindex("\n", 0, -1) + 1, len(text))]
        pages.append(Page(number, start, len(text)))
    spans = split(text, pages, [], count=words, target_tokens=40, max_tokens=80, asides=asides)
    chunks = texts_of(text, spans)
    assert [chunk for chunk in chunks if not chunk.startswith("This is")] == [
        "ACME  Annual Report 1",
        "1 of 50",
    ]
    assert len(chunks) == 52


def chunks_of_pages(asides: Sequence[str]) -> list[str]:
    """The chunks of pages that hold nothing but an aside each."""
    pages, spans, text = [], [], ""
    for number, aside in enumerate(asides, start=1):
        start = len(text)
        text += f"{aside}\n"
        spans.append((start, len(text)))
        pages.append(Page(number, start, len(text)))
    return texts_of(text, split(text, pages, [], count=words, target_tokens=40, max_tokens=80, asides=spans))


@pytest.mark.parametrize(
    "asides",
    [
        ["Total: 1200 EUR", "Total: 350 EUR", "Total: 990 EUR"],
        ["Change 300 to 400", "Change 30 to 40", "Change 3 to 4"],
        ["1200", "350", "990"],
        ["Invoice 1", "Invoice 2", "Invoice 3", "Invoice 4"],
        ["Power and Water Company Invoice 1001", "Power and Water Company Invoice 1002"] * 2,
        [f"Reading of the main meter {n}" for n in (4711, 4709, 12, 3)],
    ],
)
def test_asides_that_differ_in_a_number_are_all_kept(asides: list[str]) -> None:
    assert chunks_of_pages(asides) == list(dict.fromkeys(asides))


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "- {} -",
        "Page {} of 9",
        "Seite {}",
        "{} The Firm Annual Report",
        "Report of 2022 on Form 10-K {}",
    ],
)
def test_asides_that_differ_in_the_number_of_the_page_are_one_chunk(form: str) -> None:
    assert chunks_of_pages([form.format(n + 3) for n in range(6)]) == [form.format(3)]


def test_an_aside_may_go_on_over_pages() -> None:
    text = "one two three four five six"
    pages = [Page(1, 0, 8), Page(2, 8, 19), Page(3, 19, len(text))]
    spans = split(text, pages, [], count=words, target_tokens=40, max_tokens=80, asides=[(4, 23)])
    assert [(text[span.start : span.end], span.page) for span in spans] == [
        ("one", 1),
        ("two", 1),
        ("three four", 2),
        ("five", 3),
        ("six", 3),
    ]


def test_letters_keep_their_marks_where_a_word_is_cut() -> None:
    text = "e\u0301" * 500
    spans = split(text, one_page(text), [], count=model().count_tokens, target_tokens=20, max_tokens=30)
    assert len(spans) > 3
    assert all(text[span.start] == "e" for span in spans)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200_000,
        "x" * 1_000_000,
        "汉字" * 500_000,
        "a\n" * 150_000,
        "." * 1_000_000,
        ". " * 150_000,
        "A. " * 330_000,
        "\n" * 500_000 + "end",
    ],
    ids=["words", "one word", "no spaces", "tiny lines", "dots", "spaced dots", "initials", "blank"],
)
def test_a_megabyte_of_anything_takes_seconds(text: str) -> None:
    started = time.process_time()
    spans = split(text, one_page(text), [], count=model().count_tokens, target_tokens=115, max_tokens=190)
    assert time.process_time() - started < 30
    assert_sound(text, one_page(text), spans)
    assert max(span.end - span.start for span in spans) < 4_000
    assert max(model().count_tokens(texts_of(text, spans))) <= 161


def test_a_line_of_a_million_cells_is_not_counted_as_a_whole() -> None:
    text = " | ".join(map(str, range(200_000)))
    longest = 0

    def count(texts: Sequence[str]) -> list[int]:
        nonlocal longest
        longest = max(longest, *map(len, texts), 0, 0)
        return words(texts)

    spans = split(text, one_page(text), [], count=count, target_tokens=20, max_tokens=40)
    assert_sound(text, one_page(text), spans)
    assert longest < 1_000


def test_chunks_come_near_their_target(shared_data: Path) -> None:
    text = (shared_data / "chunking" / "state_of_the_union.md").read_text(encoding="utf-8")
    spans = split(text, one_page(text), [], count=model().count_tokens, target_tokens=115, max_tokens=190)
    lengths = sorted(model().count_tokens(texts_of(text, spans)))
    assert 100 < lengths[len(lengths) // 2] < 130
    assert lengths[len(lengths) // 20] > 70


def test_what_is_left_out_lies_in_no_chunk() -> None:
    text = "The subject of it all. More of it.\n\nhttp://a.example/x http://b.example/y\n\nThe rest."
    start, end = text.index("http"), text.index("\n\nThe rest")
    room = {"target_tokens": 40, "max_tokens": 80}
    spans = split(text, one_page(text), [], count=words, left_out=[(start, end)], **room)
    assert [text[span.start : span.end] for span in spans] == [
        "The subject of it all. More of it.",
        "The rest.",
    ]
