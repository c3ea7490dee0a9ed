"""PDFs that came out wrong: `cases/README.md` in the data tells them.

By `explorer.readers.pdf.layout.grids`, `explorer.readers.pdf.layout.arranged`,
`explorer.readers.pdf.layout.turned`, `explorer.readers.pdf.layout.spacing`,
`explorer.readers.pdf.layout.overdrawn`, `explorer.readers.pdf.layout.glyphs` and
`explorer.readers.pdf.notes`.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from tests.readers.cases.conftest import Opened
from tests.readers.conftest import Read, Write
from tests.readers.pdf.pdfs import make_pdf, turned
from tests.readers.pdf.test_extras import drawn

Cell = tuple[float, float, str]


def shown(cells: Sequence[Cell], size: int = 10) -> str:
    """A content stream that draws each cell at its place, in this order."""
    return "".join(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n" for x, y, words in cells)


def by_columns(table: Sequence[Sequence[str]], step: float = 16, wide: float = 130) -> list[Cell]:
    return [
        (40 + wide * column, 700 - step * place, row[column])
        for column in range(len(table[0]))
        for place, row in enumerate(table)
    ]


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


# Tables drawn column by column, or in any order

TREES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel"]
TOWNS = ["Monterey", "Oakland", "Fresno", "Eureka", "Napa", "Chico", "Vallejo", "Sonoma"]
NOTICES = [[f"07/0{number}/2015", tree, town, ("Open", "Closed")[number % 2]]
           for number, (tree, town) in enumerate(zip(TREES, TOWNS, strict=True), 1)]  # fmt: skip


@pytest.mark.parametrize("name", ["d02_table_drawn_by_columns.pdf", "d02b_first_column_then_rows.pdf"])
def test_d02_a_table_drawn_by_columns(cases: Path, opened: Opened, name: str) -> None:
    reading, _ = opened(cases / name)
    rows = lines(reading.text)
    assert rows[0] == "Notices"
    assert rows[1] == "07/01/2015 Company Alder Inc. Monterey 40 Closure Permanent"
    assert rows[16] == "07/16/2015 Company Pine Inc. Ojai 145 Layoff Temporary"
    assert len(rows) == 17


@pytest.mark.parametrize("order", ["columns", "columns backwards", "columns and rows upwards"])
@pytest.mark.parametrize("names", [False, True])
def test_a_table_drawn_by_columns(write: Write, read: Read, order: str, names: bool) -> None:
    table = [["Day", "Company", "Town", "State"], *NOTICES] if names else NOTICES
    cells = by_columns(table)
    if order == "columns backwards":
        cells = [cell for column in range(3, -1, -1) for cell in cells[column * len(table) :][: len(table)]]
    elif order != "columns":
        cells.reverse()
    assert lines(read(write("a.pdf", drawn(shown(cells)))).text) == [" ".join(row) for row in table]


def test_a_table_of_words_drawn_by_columns(write: Write, read: Read) -> None:
    table = [list(row) for row in zip(TREES, TOWNS, ["Open", "Closed"] * 4, strict=True)]
    assert lines(read(write("a.pdf", drawn(shown(by_columns(table))))).text) == [
        " ".join(row) for row in table
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_table_drawn_in_any_order(write: Write, read: Read, seed: int) -> None:
    cells = [cell for cell in by_columns(NOTICES) if cell[2]]
    random.Random(seed).shuffle(cells)
    found = lines(read(write("a.pdf", drawn(shown(cells)))).text)
    assert [sorted(row.split()) for row in found] == [sorted(row) for row in NOTICES]


def test_a_column_of_single_digits(write: Write, read: Read) -> None:
    table = [[tree, str(number), "Open"] for number, tree in enumerate(TREES, 2)]
    assert lines(read(write("a.pdf", drawn(shown(by_columns(table))))).text) == [
        " ".join(row) for row in table
    ]


def test_cells_of_several_lines_stay_whole(write: Write, read: Read) -> None:
    cells = [
        *[(40, 700 - 40 * place, f"07/0{place + 1}/2015") for place in range(4)],
        *[(180, 700 - 40 * place - 12 * part, words) for place in range(4)
          for part, words in enumerate(("Inspection of the gates and", "sluices of the lock"))],
        *[(400, 700 - 40 * place, ("Open", "Closed")[place % 2]) for place in range(4)],
    ]  # fmt: skip
    text = " ".join(read(write("a.pdf", drawn(shown(cells)))).text.split())
    assert text.count("Inspection of the gates and sluices of the lock") == 4


PROSE = [
    "The keeper opens the sluice at six and",
    "waits until the water has reached the",
    "mark on the wall. Then he walks over to",
    "the mill, where the miller gives him the",
    "letters of the day and a loaf of bread.",
    "In winter the lock stays closed, and",
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PROSE, [line.replace("the", "that") for line in PROSE]),
        (["Apples", "Bread", "Corn", "Dates"], ["Eggs", "Flour", "Grapes", "Honey"]),
        (["1. Open", "2. Close", "3. Wait", "4. Walk"], ["5. Read", "6. Write", "7. Count", "8. Rest"]),
    ],
)
def test_columns_that_are_no_table_are_read_one_after_the_other(
    write: Write, read: Read, one: list[str], other: list[str]
) -> None:
    cells = by_columns([list(row) for row in zip(one, other, strict=True)], step=13, wide=280)
    assert lines(read(write("a.pdf", drawn(shown(cells)))).text) == [*one, *other]


# Turned text

LEVELS = [
    ["Station", "River", "Level cm", "Flow"],
    ["Otterbury", "Lune", "142", "12.5"],
    ["Millrace", "Wye", "98", "7.1"],
    ["Kestrel Weir", "Severn", "201", "33.0"],
]
SENTENCE = "Levels were read every morning at eight by the lock keeper and his son."


def test_d03_a_sideways_table(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d03_sideways_table_90.pdf")
    assert lines(reading.text) == [
        "Appendix B: measured water levels (landscape table below)",
        *(" ".join(row) for row in LEVELS),
        SENTENCE,
    ]


@pytest.mark.parametrize("matrix", ["0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
@pytest.mark.parametrize("order", ["rows", "columns"])
def test_a_turned_table_between_level_words(write: Write, read: Read, matrix: str, order: str) -> None:
    cells = [(120 * column - 250, 60 - 18 * place, words)
             for place, row in enumerate(LEVELS) for column, words in enumerate(row)]  # fmt: skip
    if order == "columns":
        cells.sort(key=lambda cell: cell[0])
    sideways = f"q {matrix} 300 400 cm\n{shown([*cells, (-250, -60, SENTENCE)])}Q\n"
    content = shown([(60, 760, "Appendix B upright")]) + sideways + shown([(60, 30, "Footer upright")])
    reading = read(write("a.pdf", drawn(content)))
    found = ["Appendix B upright", *(" ".join(row) for row in LEVELS), SENTENCE, "Footer upright"]
    assert lines(reading.text) == found


@pytest.mark.parametrize("matrix", ["0 1 -1 0", "0 -1 1 0"])
def test_turned_words_beside_text_come_after_it(write: Write, read: Read, matrix: str) -> None:
    stamp = f"q {matrix} 30 300 cm\n{shown([(0, 0, 'Received in May')])}Q\n"
    text = shown([(90, 700 - 14 * place, line) for place, line in enumerate(PROSE * 5)])
    assert lines(read(write("a.pdf", drawn(stamp + text))).text) == [*PROSE * 5, "Received in May"]


@pytest.mark.parametrize(("rotation", "matrix"), [(90, "0 1 -1 0"), (270, "0 -1 1 0"), (180, "-1 0 0 -1")])
def test_a_page_that_is_turned_as_its_text_is(write: Write, read: Read, rotation: int, matrix: str) -> None:
    cells = [(120 * column - 250, 60 - 18 * place, words)
             for place, row in enumerate(LEVELS) for column, words in enumerate(row)]  # fmt: skip
    data = turned(drawn(f"q {matrix} 300 400 cm\n{shown(cells)}Q\n"), rotation)
    assert lines(read(write("a.pdf", data)).text) == [" ".join(row) for row in LEVELS]


# Letter-spaced words


def test_d15_spaced_letters_in_pieces(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d15_spaced_letters_in_pieces.pdf")
    assert lines(reading.text) == [
        "The Metropolis Tower",
        "Letter spaced heading in one string",
        "Annual Report of the Council",
        "Annual Report of the Council",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("3 Tc (Ann) Tj (ual Re) Tj (port) Tj ( of the) Tj", "Annual Report of the"),
        ("4 Tc " + " ".join(f"({letter}) Tj" for letter in "Harbour Master"), "Harbour Master"),
        ("2 Tc 80 Tz (Ha) Tj (rbou) Tj (r Ma) Tj (ster) Tj", "Harbour Master"),
    ],
)
def test_words_with_spaced_letters(write: Write, read: Read, content: str, words: str) -> None:
    page = drawn(f"BT /F1 12 Tf 1 0 0 1 72 700 Tm {content} ET")
    assert lines(read(write("a.pdf", page)).text) == [words]


def test_letters_that_were_placed_one_by_one(write: Write, read: Read) -> None:
    words = "ANNUAL REPORT COUNCIL"
    cells = [(72 + 12 * place, 700, letter) for place, letter in enumerate(words) if letter != " "]
    assert lines(read(write("a.pdf", drawn(shown(cells, 12)))).text) == [words]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[(A) -300 (B) -300 (C) -300 (D) -300 (E)] TJ", "A B C D E"),
        ("[(Plain) -300 (words) -300 (by) -300 (a) -300 (kern)] TJ", "Plain words by a kern"),
        ("1 Tc [(Plain) -300 (words) -300 (by) -300 (a) -300 (kern)] TJ", "Plain words by a kern"),
    ],
)
def test_spaces_between_words_stay(write: Write, read: Read, content: str, words: str) -> None:
    page = drawn(f"BT /F1 12 Tf 1 0 0 1 72 700 Tm {content} ET")
    assert lines(read(write("a.pdf", page)).text) == [words]


# Words drawn twice


def test_d16_a_label_with_a_shadow(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d16_map_label_shadow.pdf")
    assert lines(reading.text) == ["Municipality of Morin-Heights"] * 4


@pytest.mark.parametrize("off", [0.3, 0.6, 1.0, 1.5])
@pytest.mark.parametrize("pieces", ["whole", "words"])
def test_a_shadow_is_read_once(write: Write, read: Read, off: float, pieces: str) -> None:
    label = [(72, 700, "Upper lock of Morin")]
    if pieces == "words":
        label = [(72 + 60 * place, 700, word) for place, word in enumerate(label[0][2].split())]
    shadow = [(x + off, y - off, words) for x, y, words in label]
    assert lines(read(write("a.pdf", drawn(shown([*shadow, *label])))).text) == ["Upper lock of Morin"]


def test_double_letters_and_repeated_rows_stay(write: Write, read: Read) -> None:
    cells = [(72, 700, "aabb bookkeeper bonbon"), (72, 680, "Nothing"), (72, 660, "Nothing")]
    assert lines(read(write("a.pdf", drawn(shown(cells)))).text) == [words for _, _, words in cells]


# Fields without a form


def with_widget(*, shows: str = "", **entries: object) -> bytes:
    """A page cut out of its form: "Name of agency:", with a field that no form knows."""
    writer = PdfWriter(io.BytesIO(make_pdf(["Name of agency:"])))
    look = DecodedStreamObject()
    look.set_data(f"/Tx BMC BT /F1 10 Tf 2 4 Td ({shows}) Tj ET EMC".encode())
    look.update({
        NameObject("/Type"): NameObject("/XObject"),
        NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): ArrayObject(map(FloatObject, (0, 0, 270, 17))),
    })  # fmt: skip
    field = {
        "Type": NameObject("/Annot"),
        "Subtype": NameObject("/Widget"),
        "F": NumberObject(4),
        "Rect": ArrayObject(map(FloatObject, (180, 695, 450, 712))),
        "AP": DictionaryObject({NameObject("/N"): writer._add_object(look)}),
        **entries,
    }
    widget = DictionaryObject({NameObject(f"/{name}"): value for name, value in field.items()})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(widget)])
    out = io.BytesIO()
    writer.write(out)
    assert "/AcroForm" not in PdfReader(out).trailer["/Root"]
    return out.getvalue()


TEXT_FIELD, BUTTON = NameObject("/Tx"), NameObject("/Btn")


def test_d22_a_field_without_a_form(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d22_field_without_acroform.pdf")
    assert lines(reading.text) == ["10. Name of agency: Department of Inland Waterways"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (with_widget(FT=TEXT_FIELD, V=TextStringObject("Inland Waterways")), " Inland Waterways"),
        (with_widget(FT=TEXT_FIELD, shows=r"Inland \(Waterways\)"), " Inland (Waterways)"),
        (with_widget(shows="Its name stands above"), " Its name stands above"),
        (with_widget(FT=BUTTON, AS=NameObject("/Yes")), " [x]"),
        (with_widget(FT=BUTTON, AS=NameObject("/Off")), ""),
        (with_widget(FT=TEXT_FIELD, Ff=NumberObject(1 << 13), V=TextStringObject("secret")), ""),
        (with_widget(FT=TEXT_FIELD, F=NumberObject(2), V=TextStringObject("hidden")), ""),
    ],
)
def test_fields_without_a_form(write: Write, read: Read, data: bytes, words: str) -> None:
    assert lines(read(write("a.pdf", data)).text) == [f"Name of agency:{words}"]
