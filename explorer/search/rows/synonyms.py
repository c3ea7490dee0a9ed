"""What the rows of statements are called elsewhere: "revenue" for "net sales", "stocks" for "inventories".

The same row has other names under other rules of accounting. Listed are the captions that these rules
themselves give to one thing: Regulation S-X of the U.S. Securities and Exchange Commission (17 CFR 210.5-02
and 5-03), IAS 1 (paragraphs 54 and 82) and IAS 7, and the formats of British companies' accounts (SI
2008/410, schedule 1; FRS 102).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from explorer.search.rows.asked import RowQuery
from explorer.words import terms
from explorer.words.stop_words import STOP_WORDS

_CAPTIONS = (
    ("revenue", "net sales", "sales", "turnover"),
    ("cost of sales", "cost of goods sold", "cost of revenue"),
    ("gross profit", "gross margin"),
    ("operating income", "operating profit"),
    ("net income", "net earnings", "net profit", "profit for the year"),
    ("income taxes", "tax on profit"),
    ("interest expense", "interest payable", "finance costs"),
    ("inventories", "stocks"),
    ("accounts receivable", "trade receivables", "trade debtors"),
    ("accounts payable", "trade payables", "trade creditors"),
    ("property, plant and equipment", "tangible assets", "fixed assets"),
    ("stockholders' equity", "shareholders' equity", "shareholders' funds"),
    ("capital expenditures", "purchases of property, plant and equipment"),
)
_Terms = tuple[str, ...]


def in_other_words(wanted: RowQuery) -> Iterator[RowQuery]:
    """What a query asks for, with the longest caption in it as other rules have it, each in turn."""
    said = [set(word) for word in wanted.words]
    for caption in sorted(_others(), key=len, reverse=True):
        at = _place(caption, said)
        if at is None:
            continue
        end = at + len(caption)
        tells = sum(wanted.weights[at:end]) / len(caption)
        for other in _others()[caption]:
            words = (*wanted.words[:at], *((term,) for term in other), *wanted.words[end:])
            weights = (*wanted.weights[:at], *(tells for _ in other), *wanted.weights[end:])
            yield RowQuery(words, weights, wanted.years)
        return


def _place(caption: _Terms, said: Sequence[set[str]]) -> int | None:
    """Where the words of a caption stand in a query, beside each other; None where they don't."""
    ends = len(said) - len(caption) + 1
    return next((at for at in range(ends) if all(map(set.__contains__, said[at:], caption))), None)


@cache
def _others() -> dict[_Terms, tuple[_Terms, ...]]:
    """Each caption with the others for the same thing, as terms."""
    found: dict[_Terms, tuple[_Terms, ...]] = {}
    for captions in _CAPTIONS:
        cut = [_cut(caption) for caption in captions]
        found |= {one: tuple(other for other in cut if other != one) for one in cut}
    return found


def _cut(caption: str) -> _Terms:
    return tuple(term for term in terms.row(caption, "en") if term not in STOP_WORDS)
