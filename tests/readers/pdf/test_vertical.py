"""Pages written downwards: the right column first, each from the top down."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.readers.pdf import reader, rendering
from explorer.readers.pdf.layout import downwards, vertical
from explorer.readers.pdf.offset_map import char_ranges
from explorer.readers.reading import Source
from tests.readers.pdf.vertical_pages import HEIGHT, Show, pdf, stacked

COLUMNS = (
    "吾輩は猫である。名前はまだ無い。どこで生れ",
    "たかとんと見当がつかぬ。何でも薄暗いじめじ",
    "めした所でニャーニャー泣いていた事だけは記",
    "憶している。吾輩はここで始めて人間というも",
    "のを見た。しかもあとで聞くとそれは書生とい",
)
TEXT = "\n".join(COLUMNS)


def text_of(tmp_path: Path, shows: list[Show], **size: int) -> str:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(shows, **size))
    return reader.read(Source(path, path.name)).text


def columns(texts: tuple[str, ...] = COLUMNS, *, right: float = 500, top: float = 760) -> list[Show]:
    return [("V", 12, right - 22 * place, top, each) for place, each in enumerate(texts)]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_columns_of_a_vertical_font_are_read_from_the_right_in_whatever_order_they_were_drawn(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    drawn = columns()
    assert text_of(tmp_path, [drawn[each] for each in order]) == TEXT


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (2, 0, 4, 1, 3)])
def test_characters_that_were_set_one_below_the_other_are_columns(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    drawn = [stacked(12, 500 - 22 * place, 760, each, 1.1) for place, each in enumerate(COLUMNS)]
    assert text_of(tmp_path, [show for each in order for show in drawn[each]]) == TEXT


def test_a_heading_stands_before_and_a_page_number_behind(tmp_path: Path) -> None:
    number: Show = ("L", 10, 290, 40, "17")
    heading: Show = ("H", 16, 60, 790, "吾輩は猫である")
    assert text_of(tmp_path, [number, *columns(), heading]) == f"吾輩は猫である\n\n{TEXT}\n\n17"


def test_two_tiers_are_read_one_after_the_other(tmp_path: Path) -> None:
    upper, lower = columns(COLUMNS, top=780), columns(COLUMNS[::-1], top=420, right=506)
    found = text_of(tmp_path, [each for pair in zip(upper, lower, strict=True) for each in pair])
    assert found.split() == [*COLUMNS, *COLUMNS[::-1]]


def test_a_title_beside_two_tiers_comes_first(tmp_path: Path) -> None:
    title: Show = ("V", 24, 540, 780, "夏目漱石の猫と人間をめぐる長い話")
    drawn = [*columns(top=780), *columns(COLUMNS[::-1], top=420), title]
    assert text_of(tmp_path, drawn).split() == [title[-1], *COLUMNS, *COLUMNS[::-1]]


def test_how_characters_are_read_stands_behind_and_not_between_them(tmp_path: Path) -> None:
    ruby: list[Show] = [("V", 6, 513, 760, "わがはい"), ("V", 6, 513, 724, "ねこ")]
    found = text_of(tmp_path, [*columns()[:1], *ruby, *columns()[1:]])
    assert found == f"{TEXT}\n\nわがはい ねこ"


def test_numbers_and_words_within_a_column_stand_where_they_belong(tmp_path: Path) -> None:
    drawn: list[Show] = [
        ("V", 12, 500, 760, "昭和"),
        ("L", 10, 495, 726, "12"),
        ("V", 12, 500, 724, "年の春に"),
        ("T", 10, 497, 675, "Tokyo"),
        ("V", 12, 500, 645, "へ行った。"),
        *columns(COLUMNS[1:], right=478),
    ]
    expected = "\n".join(("昭和12年の春にTokyoへ行った。", *COLUMNS[1:]))
    assert text_of(tmp_path, drawn) == expected
    assert text_of(tmp_path, sorted(drawn, key=lambda show: show[0])) == expected


def test_a_column_of_one_character_and_a_gap_within_a_column(tmp_path: Path) -> None:
    texts = (*COLUMNS[:2], "た", *COLUMNS[2:])
    assert text_of(tmp_path, columns(texts)) == "\n".join(texts)
    drawn: list[Show] = [*columns(), ("V", 12, 390, 760, "会長"), ("V", 12, 390, 676, "山田太郎")]
    assert text_of(tmp_path, drawn) == f"{TEXT}\n会長 山田太郎"


def test_an_indent_begins_a_paragraph(tmp_path: Path) -> None:
    drawn = [
        *columns(COLUMNS[:2]),
        ("V", 12.0, 456.0, 748.0, "名前は無い。"),
        *columns(COLUMNS[3:], right=434),
    ]
    assert text_of(tmp_path, drawn).startswith(f"{COLUMNS[0]}\n{COLUMNS[1]}\n\n名前は無い。\n{COLUMNS[3]}")


def test_a_passage_is_marked_on_its_column(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(columns()))
    source = Source(path, path.name)
    (page,) = reader.read(source).text_pages
    start = page.text.index("薄暗い")
    ranges = char_ranges(page.runs, start, start + 3)
    boxes = rendering.draw(source, 1, ranges, 800).boxes
    left, right = min(box.left for box in boxes) * 595, max(box.right for box in boxes) * 595
    top = HEIGHT * (1 - min(box.top for box in boxes))
    bottom = HEIGHT * (1 - max(box.bottom for box in boxes))
    assert 470 < left < right < 486  # the second column
    place = COLUMNS[1].index("薄暗い")
    assert abs(top - (760 - 12 * place)) < 4 and abs(bottom - (760 - 12 * (place + 3))) < 4


LEVEL = [("H", 12.0, 60.0, 760.0 - 18 * row, each) for row, each in enumerate(COLUMNS)]


def test_level_text_stays_as_it_is(tmp_path: Path) -> None:
    assert text_of(tmp_path, LEVEL) == TEXT


def test_narrow_columns_of_single_characters_are_no_text_that_runs_down(tmp_path: Path) -> None:
    marks = [show for column in range(3) for show in stacked(10, 300 + 60 * column, 640, "有無有有無有", 1.3)]
    days = stacked(10, 240, 640, "月火水木金土", 1.3)
    found = text_of(tmp_path, [*LEVEL, *days, *marks])
    assert found.startswith(TEXT) and downwards.TURN == 3
    lines = found[len(TEXT) :].split()
    assert "".join(lines) in (
        "月火水木金土" + "有無有有無有" * 3,
        "月有有有火無無無水有有有木有有有金無無無土有有有",
    )
    alone = text_of(tmp_path, marks)
    assert alone.replace("\n", "").replace(" ", "") in (
        "有無有有無有" * 3,
        "有有有無無無有有有有有有無無無有有有",
    )


def test_turned_latin_words_stay_as_they_are(tmp_path: Path) -> None:
    drawn: list[Show] = [("L", 12, 60, 760 - 16 * row, f"Line {row} of the page") for row in range(6)]
    drawn.append(("T", 12, 500, 700, "turned words"))
    assert text_of(tmp_path, drawn).endswith("Line 5 of the page\n\nturned words")


def test_presentation_forms_are_their_characters(tmp_path: Path) -> None:
    texts = ("﹁吾輩は猫である﹂と言った", *COLUMNS[1:])
    assert text_of(tmp_path, columns(texts)).startswith("「吾輩は猫である」と言った\n")


def test_pages_with_too_many_characters_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downwards, "MOST", 20)
    monkeypatch.setattr(vertical, "_rows", None)
    assert set(text_of(tmp_path, columns()).split()) == set(COLUMNS)
