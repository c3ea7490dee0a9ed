"""What a question names that a table is not about: another currency, another company."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.figures.grid import TableGrid
from explorer.figures.labels import words_of
from explorer.figures.periods import periods_in

_CURRENCIES = {
    "$": re.compile(r"\$|\bdollars?\b|\bUSD\b", re.IGNORECASE),
    "€": re.compile(r"€|\beuros?\b|\bEUR\b", re.IGNORECASE),
    "£": re.compile(r"£|\bpounds?\b|\bsterling\b|\bGBP\b", re.IGNORECASE),
    "¥": re.compile(r"¥|\byen\b|\bJPY\b|\bRMB\b|\brenminbi\b|\byuan\b", re.IGNORECASE),
    "CHF": re.compile(r"\bCHF\b|\bSwiss francs?\b", re.IGNORECASE),
    "₹": re.compile(r"₹|\brupees?\b|\bINR\b", re.IGNORECASE),
}
_NAME = re.compile(r"(?<![.?!]\s)(?<=[\s(])[A-Z][\w’'&-]+")
_NO_NAMES = frozenset(
    words_of(
        "Group Company Year Fiscal Period Quarter Total Financial Consolidated Statement Statements Table "
        "Report Annual CellAmount Net Gross Inc Ltd LLC Board US U.S UK I"
    )
)


def is_strange(question: str, grid: TableGrid, around: Sequence[str]) -> bool:
    """Whether a question names a currency other than the one that the table has, or a name, told by its
    capital letter, that stands neither in the table nor in the text around it."""
    return _other_currency(question, grid) or _other_name(question, grid, around)


def _other_currency(question: str, grid: TableGrid) -> bool:
    asked = {sign for sign, pattern in _CURRENCIES.items() if pattern.search(question)}
    printed = " ".join(cell for row in grid.rows for cell in row)
    known = {sign for sign, pattern in _CURRENCIES.items() if pattern.search(printed)} if asked else set()
    return bool(asked and known) and not asked & known


def _other_name(question: str, grid: TableGrid, around: Sequence[str]) -> bool:
    for one in reversed(periods_in(question)):
        question = f"{question[: one.start]} 0 {question[one.end :]}"
    names = {word for found in _NAME.findall(question) for word in words_of(found)} - _NO_NAMES
    if not names:
        return False
    known = {word for row in grid.rows for cell in row for word in words_of(cell)}
    return not names <= known | {word for text in around for word in words_of(text[:20_000])}
