"""Lines → text, on lines made by hand: no PDF here."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.readers.pdf.clean_text import keep_hyphen, words, write
from explorer.readers.pdf.offset_map import char_ranges, encode
from explorer.readers.pdf.pdfium import HYPHEN, Line, PdfPage


def page(*lines: tuple[str, float, float] | tuple[str, float, float, float]) -> PdfPage:
    """A page of lines (text, left, baseline[, height of the font]), 5 points a character."""
    characters = ""
    placed = []
    for text, left, baseline, *height in lines:
        first = len(characters)
        characters += text + ("" if text.endswith(HYPHEN) else "\r\n")
        high = height[0] if height else 10.0
        right = left + 5 * len(text)
        top, bottom = baseline - 0.7 * high, baseline
        placed.append(Line(first, first + len(text), left, top, right, bottom, baseline, high))
    return PdfPage(characters, placed)


def text(made: PdfPage, known: str = "") -> str:
    held = words(known or made.characters)
    return write(made, lambda head, tail: keep_hyphen(held, head, tail)).text


def test_cells_side_by_side_become_one_row() -> None:
    made = page(("Net sales", 50, 100), ("34,229", 300, 100), ("35,355", 400, 100.4), ("Cost", 50, 112))
    assert text(made) == "Net sales 34,229 35,355\nCost"


def test_a_footnote_mark_joins_its_line() -> None:
    assert (
        text(page(("Goodwill", 50, 100), ("1", 92, 97, 6), ("is tested", 100, 100))) == "Goodwill 1 is tested"
    )


def test_columns_are_read_one_after_the_other() -> None:
    made = page(
        ("left one", 50, 100), ("left two", 50, 112), ("Right one", 300, 100), ("right two", 300, 112)
    )
    assert text(made) == "left one\nleft two\n\nRight one\nright two"


def test_a_sentence_goes_on_in_the_next_column() -> None:
    made = page(
        ("left one", 50, 100), ("left two and", 50, 112), ("right one", 300, 100), ("right two", 300, 112)
    )
    assert text(made) == "left one\nleft two and\nright one\nright two"


def test_a_title_drawn_last_is_read_first() -> None:
    made = page(
        ("left one", 50, 100),
        ("left two", 50, 112),
        ("Right one", 300, 100),
        ("A title over both", 50, 60, 20),
    )
    assert text(made) == "A title over both\n\nleft one\nleft two\n\nRight one"


def test_a_column_with_a_gap_keeps_its_end() -> None:
    made = page(
        ("left one", 50, 100), ("left two", 50, 300), ("Right one", 300, 100), ("right two", 300, 112)
    )
    assert text(made) == "left one\n\nleft two\n\nRight one\nright two"


def test_a_raised_digit_is_no_part_of_its_word() -> None:
    made = page(("Goodwill1 is tested", 50, 100))
    made = PdfPage(made.characters, made.lines, raised=frozenset((8,)))
    assert text(made) == "Goodwill 1 is tested"


def test_a_wider_step_separates_paragraphs() -> None:
    made = page(("a", 50, 100), ("b", 50, 112), ("c", 50, 130), ("d", 50, 142))
    assert text(made) == "a\nb\n\nc\nd"


def test_evenly_spaced_rows_stay_together() -> None:
    made = page(*[(f"row {number}", 50, 100 + 20 * number) for number in range(5)])
    assert "\n\n" not in text(made)


def test_a_heading_in_a_larger_font_stands_alone() -> None:
    made = page(("Heading", 50, 100, 16), ("a", 50, 116), ("b", 50, 128))
    assert text(made) == "Heading\n\na\nb"


def test_an_indented_row_begins_a_paragraph() -> None:
    made = page(("one", 50, 100), ("two.", 50, 112), ("Three", 65, 124), ("four", 50, 136))
    assert text(made) == "one\ntwo.\n\nThree\nfour"


def test_a_broken_word_is_joined_and_the_line_ends_after_it() -> None:
    made = page((f"the docu{HYPHEN}", 50, 100), ("ment is here", 50, 112))
    assert text(made) == "the document\nis here"


def test_the_last_word_of_a_row_broken_takes_the_whole_next_row() -> None:
    made = page((f"inter{HYPHEN}", 50, 100), (f"nation{HYPHEN}", 50, 112), ("al law", 50, 124))
    assert text(made, known="international") in (
        "international law",
        "internation\nal law",
        "international\nlaw",
    )


def test_a_compound_keeps_its_hyphen() -> None:
    made = page((f"our forward{HYPHEN}", 50, 100), ("looking statements", 50, 112))
    assert text(made, known="a forward-looking view") == "our forward-looking\nstatements"
    assert text(made, known="looking forward to it") == "our forward-looking\nstatements"
    assert text(page((f"COVID{HYPHEN}", 50, 100), ("related", 50, 112))) == "COVID-related"
    assert text(page((f"mid{HYPHEN}", 50, 100), ("2023", 50, 112))) == "mid-2023"


def test_a_hyphen_before_a_new_paragraph_stays() -> None:
    assert text(page((f"a docu{HYPHEN}", 50, 100), ("Title", 50, 150, 20))) == "a docu-\n\nTitle"


def test_ligatures_accents_and_spaces_are_cleaned_and_mapped() -> None:
    made = page(("e\ufb03cient u\u0308ber\u00a0\u00a0m\u00b2\u200b \u00adx", 50, 100))
    written = write(made, lambda head, tail: True)
    assert written.text == "efficient über m² x"
    stored = encode(written.runs)
    for wanted, source in (("ffi", "\ufb03"), ("ü", "u\u0308"), ("m²", "m\u00b2")):
        start = written.text.index(wanted)
        ranges = char_ranges(stored, start, start + len(wanted))
        assert "".join(made.characters[first:last] for first, last in ranges) == source


def test_arabic_presentation_forms_become_letters() -> None:
    assert text(page(("\ufefb\ufee3", 50, 100))) == "\u0644\u0627\u0645"


def test_surrogate_pairs_become_one_character() -> None:
    assert text(page(("a\ud83d\ude00b", 50, 100))) == "a\U0001f600b"
    assert text(page(("a\ud83d b", 50, 100))) == "a\ufffd b"


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12), st.integers(0, 400), st.integers(0, 700)), max_size=12
    )
)
def test_every_run_lies_within_its_text_and_its_page(lines: list[tuple[str, int, int]]) -> None:
    made = page(*[line for line in lines if line[0].strip()])
    written = write(made, lambda head, tail: keep_hyphen(set(), head, tail))
    end = 0
    for run in written.runs:
        assert run.start >= end
        end = run.start + run.length
        assert run.char >= 0 and run.char + run.chars <= len(made.characters)
        there = made.characters[run.char : run.char + run.chars]
        assert written.text[run.start : end] == there or not there.isascii() or not there.isprintable()
    assert end <= len(written.text) == written.length
