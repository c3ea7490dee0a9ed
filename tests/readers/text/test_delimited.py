"""Tables of text, however they are written: `explorer.readers.text.delimited`."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from explorer.readers.detection.text_sniffing import delimiter
from tests.readers.conftest import Read, Write


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found(write: Write, read: Read, mark: str, encoding: str) -> None:
    rows = [["Straße", "Größe, in m", "Preis"], ["Hauptstraße", '5,5 "etwa"', "1.200"], ["Weg", "", "7"]] * 9
    file = io.StringIO()
    csv.writer(file, delimiter=mark).writerows(rows)
    reading = read(write("a.csv", file.getvalue().encode(encoding)))
    assert reading.kind == "csv"
    assert reading.text.split("\n")[:3] == [
        "Straße | Größe, in m | Preis",
        'Hauptstraße | 5,5 "etwa" | 1.200',
        "Weg |  | 7",
    ]
    (table,) = reading.tables
    assert (table.start, table.end, table.header) == (
        0,
        len(reading.text),
        "Straße | Größe, in m | Preis",
    )


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,0;2,0;3,0\n", ";"),
        ("a,b\n1;2,3\n", ","),
        ("sep=|\na,b|c,d\n", "|"),
        ("one\ntwo\nthree\n", ","),
        ("x\ty, z\n1\t2, 3\n", "\t"),
        ("a|b, c|d\n1|2, 3|4\n", "|"),
    ],
)
def test_the_mark_that_gives_whole_cells(text: str, mark: str) -> None:
    assert delimiter(text) == mark


def test_a_cell_of_several_lines_stays_on_its_row(write: Write, read: Read) -> None:
    assert read(write("a.csv", 'a,b\n"one\n\ntwo",3\n')).text == "a | b\none two | 3"


def test_a_title_above_the_table(write: Write, read: Read) -> None:
    reading = read(write("a.csv", "Report for 2024,,\n,,\nName,Sum,Share\nx,1,2\ny,3,4\n\nz,5,6\n"))
    assert reading.text == "Report for 2024\n\nName | Sum | Share\nx | 1 | 2\ny | 3 | 4\nz | 5 | 6"
    (table,) = reading.tables
    assert reading.text[table.start : table.end].startswith("Name")
    assert table.header == "Name | Sum | Share"


def test_rows_of_nothing_but_numbers_name_no_columns(write: Write, read: Read) -> None:
    assert read(write("a.csv", "1,2\n3,4\n5,6\n")).tables[0].header == ""
    assert read(write("a.csv", "2023,2024\nx,4\n")).tables[0].header == "2023 | 2024"


def test_an_open_quotation_mark_swallows_nothing(write: Write, read: Read) -> None:
    rows = "".join(f"{number},x\n" for number in range(2_000))
    reading = read(write("a.csv", f'a,b\n"open,y\n{rows}'))
    assert len(reading.text.split("\n")) == 2_002
    assert reading.warnings == ("A quotation mark is never closed; quotation marks were read as they stand.",)


OPEN = ("A quotation mark is never closed; quotation marks were read as they stand.",)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", 'a,b\n1,"open\n2,3\n4,5\n', 'a | b\n1 | "open\n2 | 3\n4 | 5'),
        ("a.tsv", 'a\tb\n"quote in tsv\tx\nz\ty\n', 'a | b\n"quote in tsv | x\nz | y'),
        (
            "a.csv",
            'a,b\n"x, y",1\n2,"open\n3,"w, z"\n"two\nlines",4',
            'a | b\nx, y | 1\n2 | "open\n3 | w, z\ntwo lines | 4',
        ),
    ],
)
def test_an_open_quotation_mark_costs_its_own_row_only(
    write: Write, read: Read, name: str, text: str, expected: str
) -> None:
    reading = read(write(name, text))
    assert (reading.text, reading.warnings) == (expected, OPEN)


def test_quotation_marks_that_are_odd_but_closed(write: Write, read: Read) -> None:
    reading = read(
        write("a.csv", 'item,size\nscrew,5" long\n"a" b,"3"" long"\n"Smith, J" ,7\n"one\ntwo",2\n8,"last')
    )
    assert reading.text == 'item | size\nscrew | 5" long\na b | 3" long\nSmith, J | 7\none two | 2\n8 | last'
    assert reading.warnings == ()


def test_many_open_quotation_marks_take_no_time(write: Write, read: Read) -> None:
    started = time.process_time()
    reading = read(write("a.csv", "a,b\n" + 'x","y\n' * 100_000))
    assert reading.text.count("\n") == 100_000
    assert time.process_time() - started < 15


def test_a_million_empty_columns(write: Write, read: Read) -> None:
    started = time.process_time()
    row = "a" + "," * 1_000_000 + "\n"
    reading = read(write("a.csv", f"x,y\n{row}{row}" + "," * 1_000_000))
    assert reading.text == "x | y\na\na"
    assert time.process_time() - started < 10


def test_too_many_cells(write: Write, read: Read) -> None:
    with pytest.raises(
        ReadError,
        match=r"^a\.csv has more than 100 table cells, the limit\. Split it, or raise EXPLORER_MAX_CELLS\.$",
    ):
        read(write("a.csv", "a,b\n" * 51), cells=100)


def test_nothing_but_delimiters(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match=r"^a\.csv has no text"):
        read(write("a.csv", ",,,\n,,,\n"))


CELLS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=8)


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_word_of_any_table_is_lost(rows: list[list[str]], write: Write, read: Read) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    try:
        reading = read(write("any.csv", file.getvalue()))
    except ReadError:
        return
    assert all(0 <= table.start < table.end <= len(reading.text) for table in reading.tables)
    if delimiter(file.getvalue()) == "," and not reading.warnings:
        letters = "".join(mark for row in rows for cell in row for mark in cell if mark.isascii())
        found = "".join(mark for mark in reading.text.replace(" | ", "") if mark.isascii())
        if "|" not in letters and '"' not in letters:
            assert sorted(found.replace("\n", "").replace(" ", "").replace("|", "")) == sorted(letters)


@pytest.mark.data
def test_every_row_of_the_zoo_has_its_columns(zoo: Path, read: Read) -> None:
    for path in sorted((zoo / "docling/csv").glob("*.csv")):
        reading = read(path)
        assert reading.kind == "csv"
        assert len(reading.text.split("\n")) == len(path.read_text().strip().split("\n"))
        assert reading.tables[0].header == reading.text.split("\n")[0]
