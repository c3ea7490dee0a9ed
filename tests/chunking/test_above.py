"""What stands above a chunk: its headings (explorer.types.headings) and its table's columns."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.chunking.above import ColumnsAbove, HeadingsAbove
from explorer.chunking.units import Unit


@dataclass(frozen=True)
class Heading:
    start: int
    level: int
    text: str


@dataclass(frozen=True)
class Table:
    start: int
    end: int
    header: str


HEADINGS = [Heading(50, 2, "Second"), Heading(0, 1, "All"), Heading(10, 2, "First"), Heading(90, 1, "End")]


def unit(start: int, end: int, heading: bool = False) -> Unit:
    return Unit(start, end, 0.0, heading=heading)


def test_a_deeper_heading_stands_under_the_one_before_it() -> None:
    found = HeadingsAbove(HEADINGS)
    assert found.above([unit(20, 30)]) == ("All", "First")
    assert found.above([unit(60, 70)]) == ("All", "Second")
    assert found.above([unit(95, 99)]) == ("End",)


def test_a_chunk_over_sections_has_what_they_share_and_heading_lines_do_not_count() -> None:
    found = HeadingsAbove(HEADINGS)
    assert found.above([unit(20, 30), unit(60, 70)]) == ("All",)
    assert found.above([unit(60, 70), unit(95, 99)]) == ()
    assert found.above([unit(20, 30), unit(50, 56, heading=True)]) == ("All", "First")
    assert HeadingsAbove([]).above([unit(0, 9)]) == ()


def test_columns_are_named_where_a_chunk_begins_within_a_table_without_them() -> None:
    text = "Name Sum\na 1\nb 2\nName Sum again"
    found = ColumnsAbove(text, [Table(0, 17, "Name\nSum"), Table(17, 31, "")])
    assert found.rows == [(0, 17), (17, 31)]
    assert found.above(9, 12) == ("Name Sum",)
    assert found.above(0, 12) == (), "it stands there"
    assert found.above(13, 31) == (), "it stands there again"
    assert found.above(20, 25) == (), "the table names none"


def test_a_row_of_a_million_names_is_gone_through_once() -> None:
    class Header(str):
        times = 0

        def split(self, *_: object) -> list[str]:
            Header.times += 1
            return str.split(self)

    header = Header("name " * 1_000)
    found = ColumnsAbove("a b " * 1_000, [Table(0, 4_000, header)])
    above = {found.above(start, start + 3) for start in range(4, 4_000, 4)}
    assert above == {(("name " * 60).rstrip(),)}
    assert Header.times == 1
