"""A question about a year → questions about its parts, for tables that have no more."""

from __future__ import annotations

import re

from explorer.chat.tabled.asked import AskedTable
from explorer.figures.periods import Period, periods_in

_PARTS = (
    "fourth quarter", "third quarter", "second quarter", "first quarter", "first nine months",
    "first six months",
)  # fmt: skip


_PART = re.compile(
    r"\bquarters?\b|\b[1-4]Q\b|\bQ[1-4]\b|\b(?:three|six|nine|3|6|9) months\b|\b\w+ weeks\b", re.IGNORECASE
)


def has_parts_of(table: AskedTable, year: int) -> bool:
    """Whether the heads of a table name parts of years, and this year."""
    heads = " ".join(cell for row in table.rows[: table.header_rows] for cell in row)
    said = f"{table.title or ''} {heads}"
    return str(year) in said and _PART.search(said) is not None


def in_parts(asked: str) -> list[tuple[str, int, str]]:
    """What each part of the one year is called that a question names, with that year and the question about
    that part; [] where it names another period or several."""
    named = periods_in(asked)
    if len(named) != 1 or named[0].period != Period(named[0].period.year) or not named[0].period.year:
        return []
    before, year, after = asked[: named[0].start], asked[named[0].start : named[0].end], asked[named[0].end :]
    lead = before.rstrip()
    for word in ("fiscal year", "fiscal", "the year"):
        lead = lead[: -len(word)].rstrip() if lead.lower().endswith(word) else lead
    number = named[0].period.year
    return [(part, number, f"{lead} the {part} of {year}{after}") for part in _PARTS]
