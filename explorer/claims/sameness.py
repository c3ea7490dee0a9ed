"""Whether two figures say the same: value by printed precision, scale and unit."""

from __future__ import annotations

from collections.abc import Set
from decimal import Decimal
from typing import Literal

from explorer.claims.quantities import NumberReading, Quantity

Sameness = Literal["same", "unsure", "different"]
"""Unsure: the digits are the same, and one of the two does not say its scale or that it is a percentage."""
_SHARES = frozenset(("%", "points", "bp"))
_ONE = Decimal(1)


def compare(
    claimed: Quantity, stated: Quantity, asked: Set[Decimal | str], around: Set[Decimal | str]
) -> Sameness:
    """Whether what is `stated` in a passage bears out what is `claimed`.

    `asked` holds scales and units that the question names, `around` those that the passage names beside
    its figures ("in millions"): both count for figures that have none of their own.
    """
    if claimed.kind != "number" or stated.kind != "number":
        return "same" if _same_term(claimed, stated) else "different"
    unit = _unit(claimed.unit, stated.unit, asked, around)
    if unit == "different":
        return unit
    scales = [claimed.scale] if claimed.scale else [_ONE, *_scales(asked)]
    theirs = [stated.scale] if stated.scale else [_ONE, *_scales(around)]
    if any(_equal(claimed, mine, stated, other) for mine in scales for other in theirs):
        return unit
    lacks_one = (claimed.scale is None) != (stated.scale is None)
    return "unsure" if lacks_one and _equal(claimed, _ONE, stated, _ONE) else "different"


def _same_term(claimed: Quantity, stated: Quantity) -> bool:
    if claimed.kind == "month" and stated.kind == "day":
        return stated.term.partition("-")[0] == claimed.term
    return claimed.kind == stated.kind and claimed.term == stated.term


def _unit(mine: str, other: str, asked: Set[Decimal | str], around: Set[Decimal | str]) -> Sameness:
    if mine == other:
        return "same"
    if mine and other:
        return "different"
    lone, known = (mine, around) if mine else (other, asked)
    return "unsure" if lone in _SHARES and lone not in known else "same"


def _scales(named: Set[Decimal | str]) -> list[Decimal]:
    return [one for one in named if isinstance(one, Decimal)]


def _equal(claimed: Quantity, mine: Decimal, stated: Quantity, other: Decimal) -> bool:
    first, second = claimed.readings[0], stated.readings[0]
    value, wanted = first.value * mine, second.value * other
    if abs(value - wanted) <= _slack(claimed, first, mine, second.step * other):
        return True
    if mine != other or len(claimed.readings) == len(stated.readings) == 1:
        return False
    return any(
        one.value * mine == another.value * other for one in claimed.readings for another in stated.readings
    )


def _slack(claimed: Quantity, reading: NumberReading, scale: Decimal, their_step: Decimal) -> Decimal:
    """How far off the claim may be: half of its last printed place, where the source prints finer ones."""
    step = reading.step * scale
    if claimed.about and reading.step >= 1:
        digits = str(int(reading.value))
        step = step.scaleb(len(digits) - len(digits.rstrip("0") or digits))
    return step / 2 if step > their_step else Decimal(0)
