"""What a question asks about, once its operation and its periods are taken out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from explorer.figures.operations import Operation
from explorer.figures.wordings import LEAD

_RATIOS = (
    re.compile(r"\bratio of\s+(?P<a>.+?)\s+(?:to|over|against)\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"\bratio of\s+(?P<a>.+?)\s+and\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"(?P<a>.+?)\s+as a ratio (?:of|to)\s+(?P<b>.+)", re.IGNORECASE),
)
_PART = r"(?:percentage|percent|proportion|share|%|portion)"
_SHARES = (
    re.compile(rf"(?P<a>.+?)\s*,?\s+as a {_PART} (?:of|over|to|in)\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(
        rf"{_PART}\s+of\s+(?P<b>.+?)(?:\s+(?:in|for))?\s+(?:comes?|came|stems?|stemmed|arises?|arose|(?:(?:is|was|are|were)\s+)?"
        r"(?:derived|generated))\s+(?:from|by)\s+(?P<a>.+)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_PART}\s+of\s+(?P<b>total\s.+?|.+?)\s+(?:was|were|is|are|did|does|do)\s+(?P<a>.+)", re.IGNORECASE
    ),
    re.compile(
        rf"{_PART}\s+(?:of|that)\s+(?P<a>.+?)\s+(?:as a (?:percentage|percent|proportion) of|over|in|to|"
        r"among|out of|against|from|constitut\w*|forms?|accounts? for)\s+"
        r"(?P<b>(?:the )?(?:total|overall|gross|net|sum|whole|all|company|aggregate)?.+)",
        re.IGNORECASE,
    ),
)
_SUM_OF = re.compile(
    r"\b(?:sum|total|combined \w+) of\s+(?:the\s+|both\s+)?(?P<a>.+?)\s+and\s+(?P<b>.+)", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"\bdifference\b.*?\bbetween\s+(?P<a>.+?)\s+(?:and|versus|vs\.?)\s+(?P<b>.+)", re.IGNORECASE
)
_DIFFERENCE_IN = re.compile(r"\bdifference\s+(?:in|of)\s+(?P<what>.+?)\s+between\b", re.IGNORECASE)
_APART = re.compile(r"\bdifference\b(?:\s+(?:in|of|between)\b)?", re.IGNORECASE)
_MORE_THAN = re.compile(
    r"how much (?:more|less|higher|lower|larger|greater)\s+(?P<what>.*?)\s*(?P<a>\S.*?)\s+"
    r"(?:than|as compared to|compared to|compared with|versus)\s+(?P<b>.+)",
    re.IGNORECASE,
)


def parts(operation: Operation, bare: str, pattern: re.Pattern[str] | None) -> tuple[str, ...]:
    """What is asked about, in words and in order; () where an operation on two does not name both.

    `bare`: the question without its periods; `pattern`: the words of the operation, left out where one thing
    is asked about. A sum of two has all that is asked about first: a table may have that as a total.
    """
    rest = bare.rstrip("? ")
    if operation in _OF_TWO:
        return _OF_TWO[operation](rest)
    return (_lead(rest if pattern is None else pattern.sub(" ", rest, count=1)),)


def _ratio(rest: str) -> tuple[str, ...]:
    found = _first(_RATIOS, rest)
    return (_lead(found["a"]), found["b"]) if found else ()


def _sum(rest: str) -> tuple[str, ...]:
    both = _SUM_OF.search(rest)
    return (_lead(rest), both["a"], both["b"]) if both else (_lead(rest),)


def _difference(rest: str) -> tuple[str, ...]:
    between = _BETWEEN.search(rest)
    if between:
        head = _DIFFERENCE_IN.search(rest)
        what = f"{head['what']} " if head else ""
        return (what + between["a"], what + between["b"])
    more = _MORE_THAN.search(rest)
    return (
        (f"{more['what']} {more['a']}", f"{more['what']} {more['b']}")
        if more
        else (_lead(_APART.sub(" ", rest)),)
    )


def _share(rest: str) -> tuple[str, ...]:
    """(part, whole)."""
    found = _first(_SHARES, rest)
    return (_lead(found["a"]), found["b"]) if found else ()


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.search(text))), None)


def _lead(text: str) -> str:
    return LEAD.sub("", text, count=1)


_OF_TWO: dict[Operation, Callable[[str], tuple[str, ...]]] = {
    Operation.RATIO: _ratio,
    Operation.SHARE: _share,
    Operation.SUM: _sum,
    Operation.DIFFERENCE: _difference,
}
