"""One section of an Excel number format, and the text that it makes of a number: digits, fractions, times.

The marks are those that Excel documents ("0", "#", "?", ".", ",", "%", "E+", "/", "h", "[h]", "AM/PM" …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<gap>_.)|(?P<filler>\*.)'
    r"|\[(?P<elapsed>h+|m+|s+)\]|\[\$(?P<currency>[^\]-]*)[^\]]*\]?|(?P<bracket>\[[^\]]*\]?)"
    r"|(?P<general>general)|(?P<half>am/pm|a/p)|(?P<day>[yd]+)|(?P<clock>h+|s+)|(?P<month>m+)"
    r"|(?P<exponent>e[+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<slash>/)"
    r"|(?P<text>@)|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_WRITTEN = frozenset(["quoted", "escaped", "currency", "literal"])
_SILENT = frozenset(["bracket", "filler"])
_CONTEXT = Context(prec=80, rounding=ROUND_HALF_UP)
"""Spreadsheets round 2.5 to 3."""
_MOST_DECIMALS = 30
_MOST_DENOMINATOR = 10_000


class FormatMark(NamedTuple):
    """One mark of a format. `kind` is "literal" for what is shown as it stands."""

    kind: str
    held: str


def tokens(code: str) -> list[FormatMark]:
    """The marks of a section without colours, conditions and fillers; an "m" beside hours is minutes."""
    found: list[FormatMark] = []
    for each in _TOKEN.finditer(code):
        kind = each.lastgroup or "literal"
        held = each[kind]
        if kind == "gap":
            found.append(FormatMark("literal", " "))
        elif kind in _WRITTEN:
            found.append(FormatMark("literal", held))
        elif kind not in _SILENT:
            found.append(FormatMark(kind, held))
    return [
        FormatMark("clock", each.held) if each.kind == "month" and _is_minutes(found, place) else each
        for place, each in enumerate(found)
    ]


def _is_minutes(found: Sequence[FormatMark], place: int) -> bool:
    """Whether an "m" stands behind hours or before seconds."""
    timed = ("clock", "elapsed")
    before = next((each for each in reversed(found[:place]) if each.kind in (*timed, "day", "month")), None)
    after = next((each for each in found[place + 1 :] if each.kind in (*timed, "day", "month")), None)
    is_after_hours = before is not None and before.kind in timed and before.held[0] in "hH"
    return is_after_hours or (after is not None and after.kind in timed and after.held[0] in "sS")


def kind_of(marks: Sequence[FormatMark]) -> str:
    """What a section makes of a number: "general", "day", "moment", "time", "number", or "literal" words."""
    kinds = {each.kind for each in marks}
    has_time = not kinds.isdisjoint(("clock", "elapsed", "half"))
    if not kinds.isdisjoint(("general", "text")):
        return "general"
    if not kinds.isdisjoint(("day", "month")):
        return "moment" if has_time else "day"
    if has_time:
        return "time"
    return "number" if "digit" in kinds else "literal"


def shown_time(marks: Sequence[FormatMark], days: float) -> str:
    """A time of day or a duration."""
    decimals = sum(each.kind == "digit" for each in marks)
    scale = 10 ** min(decimals, 6)
    total, rest = divmod(int(abs(days) * 86_400 * scale + 0.5), scale)
    is_halved = any(each.kind == "half" for each in marks)
    behind = iter(f"{rest:0{min(decimals, 6)}d}" if decimals else "")
    pieces = ["-" if days < 0 and total + rest else ""]
    for kind, held in marks:
        name = held[:1].lower()
        if kind == "elapsed":
            pieces.append(f"{total // {'h': 3600, 'm': 60, 's': 1}[name]:0{len(held)}d}")
        elif kind == "clock":
            hours = total // 3600 % 24
            hours = (hours % 12 or 12) if is_halved else hours
            pieces.append(f"{ {'h': hours, 'm': total // 60 % 60, 's': total % 60}[name]:0{len(held)}d}")
        elif kind == "half":
            pieces.append(("PM" if total % 86_400 >= 43_200 else "AM")[: 2 if "m" in held.lower() else 1])
        else:
            pieces.append(next(behind, "") if kind == "digit" else held)
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where the digits of a number go."""

    whole: tuple[FormatMark, ...]
    """The marks before the point."""
    decimals: tuple[FormatMark, ...]
    """The point, and the marks behind it."""
    is_grouped: bool
    scale: int
    """How often the number is divided by a thousand."""
    percents: int

    @property
    def places(self) -> int:
        return min(sum(each.kind == "digit" for each in self.decimals), _MOST_DECIMALS)


class Digits:
    """A section that shows a number by its digits."""

    def __init__(self, marks: Sequence[FormatMark]) -> None:
        power = next((place for place, each in enumerate(marks) if each.kind == "exponent"), None)
        self._power = list(marks[power:]) if power is not None else []
        self._slash = _fraction_at(marks) if power is None else None
        self._marks = list(marks[:power])
        self._shape = _shape(self._marks)
        is_usual = self._slash is None and not self._power
        self._usual = _usual(self._shape) if is_usual else ""
        """A pattern of Python's own, ten times as fast, for the formats that nearly all numbers have."""

    def shown(self, value: Decimal) -> str:
        """The number as the cell shows it, with a minus before it if it is below zero."""
        shift = 2 * self._shape.percents - 3 * self._shape.scale
        scaled = _CONTEXT.scaleb(abs(value), shift) if shift else abs(value)
        if self._usual:
            text = self._usual.format(_rounded(scaled, self._shape.places))
        elif self._slash is not None:
            text = self._fraction(scaled, self._slash)
        elif self._power:
            text = self._scientific(scaled)
        else:
            text = _laid_out(self._shape, _rounded(scaled, self._shape.places))
        is_zero = not any(mark in "123456789" for mark in text)
        return text if value >= 0 or is_zero else f"-{text.lstrip()}"

    def _scientific(self, value: Decimal) -> str:
        width = max(sum(each.kind == "digit" for each in self._shape.whole), 1)
        power = value.adjusted() if value else 0
        power = power // width * width
        front = _rounded(_CONTEXT.scaleb(value, -power), self._shape.places)
        if front >= 10**width:
            power += width
            front = _rounded(_CONTEXT.scaleb(value, -power), self._shape.places)
        sign = "-" if power < 0 else "+" if self._power[0].held.endswith("+") else ""
        digits = sum(each.kind == "digit" for each in self._power)
        rest = "".join(each.held for each in self._power[1:] if each.kind != "digit")
        return f"{_laid_out(self._shape, front)}E{sign}{abs(power):0{digits}d}{rest}"

    def _fraction(self, value: Decimal, slash: int) -> str:
        """ "1 1/2": the fraction whose lower part has as many digits as the format, or the one it states."""
        start = slash
        while start and self._marks[start - 1].kind == "digit":
            start -= 1
        ahead = self._marks[:start]
        has_whole = any(each.kind == "digit" for each in ahead)
        below, end = _denominator(self._marks, slash + 1)
        whole = int(value) if has_whole else 0
        rest = Fraction(value) - whole
        if below:
            upper, lower = int(rest * below + Fraction(1, 2)), below
        else:
            nearest = rest.limit_denominator(10 ** min(end - slash - 1, 4) - 1)
            upper, lower = nearest.numerator, nearest.denominator
        if has_whole and upper == lower:
            whole, upper = whole + 1, 0
        parts = [str(whole)] if has_whole and (whole or not upper) else []
        if upper or not has_whole:
            parts.append(f"{upper}/{lower}")
        before = "".join(each.held for each in ahead if each.kind == "literal")
        after = "".join(each.held for each in self._marks[end:] if each.kind == "literal")
        return f"{before.rstrip()}{' '.join(parts)}{after}"


def _shape(marks: Sequence[FormatMark]) -> _Shape:
    point = next((place for place, each in enumerate(marks) if each.kind == "point"), len(marks))
    digits = [place for place, each in enumerate(marks[:point]) if each.kind == "digit"]
    last = digits[-1] if digits else -1
    commas = [place for place, each in enumerate(marks[:point]) if each.kind == "comma"]
    scale = sum(place > last for place in commas)
    if not scale and point < len(marks):  # "0.0,," divides as well
        behind = [each.kind for each in marks[point:] if each.kind in ("digit", "comma")]
        scale = next((n for n, kind in enumerate(reversed(behind)) if kind != "comma"), 0)
    return _Shape(
        whole=tuple(each for each in marks[:point] if each.kind != "comma"),
        decimals=tuple(each for each in marks[point:] if each.kind != "comma"),
        is_grouped=any(digits and digits[0] < place < last for place in commas),
        scale=scale,
        percents=sum(each.kind == "percent" for each in marks),
    )


def _usual(shape: _Shape) -> str:
    """The pattern for "0", "#,##0.00" and the like, with what stands around them; "" for other formats."""
    marks = (*shape.whole, *shape.decimals)
    places = [place for place, each in enumerate(marks) if each.kind in ("digit", "point")]
    if not places or places[-1] - places[0] + 1 != len(places):
        return ""
    whole = "".join(each.held for each in shape.whole if each.kind == "digit")
    behind = "".join(each.held for each in shape.decimals if each.kind == "digit")
    if whole.lstrip("#") != "0" or behind.strip("0"):
        return ""
    if shape.decimals and shape.decimals[0].kind == "point" and not behind:
        return ""
    before, after = (
        "".join(each.held for each in part).replace("{", "{{").replace("}", "}}")
        for part in (marks[: places[0]], marks[places[-1] + 1 :])
    )
    return f"{before}{{:{',' if shape.is_grouped else ''}.{shape.places}f}}{after}"


def _rounded(value: Decimal, places: int) -> Decimal:
    return _CONTEXT.quantize(value, Decimal((0, (1,), -places)))


def _laid_out(shape: _Shape, value: Decimal) -> str:
    """The digits of a rounded number in their places."""
    whole, _, behind = f"{value:f}".partition(".")
    whole = whole.lstrip("0")
    front = "".join(reversed(list(_whole(shape, whole))))
    if whole and not any(each.kind == "digit" for each in shape.whole):
        front += whole
    return front + "".join(_decimals(shape, behind))


def _whole(shape: _Shape, digits: str) -> Iterator[str]:
    """The part before the point from its end on: Excel fills it from the right."""
    first = next((place for place, each in enumerate(shape.whole) if each.kind == "digit"), -1)
    left, written = digits, 0
    for place in range(len(shape.whole) - 1, -1, -1):
        kind, held = shape.whole[place]
        if kind != "digit":
            yield held
            continue
        taken = 1 if place != first else max(len(left), 1)
        for digit in reversed(left[-taken:] or {"0": "0", "?": " "}.get(held, "")):
            if shape.is_grouped and written and written % 3 == 0 and digit != " ":
                yield ","
            yield digit
            written += 1
        left = left[:-taken]


def _decimals(shape: _Shape, digits: str) -> Iterator[str]:
    at = 0
    for kind, held in shape.decimals:
        if kind != "digit":
            yield held
            continue
        digit = digits[at : at + 1]
        if held == "0" or digits[at:].strip("0"):
            yield digit
        elif held == "?":
            yield " "
        at += 1


def _fraction_at(marks: Sequence[FormatMark]) -> int | None:
    """The place of the "/" of a fraction; None where it parts something else, or is a mere mark."""
    for place, each in enumerate(marks):
        if each.kind == "slash" and 0 < place < len(marks) - 1 and marks[place - 1].kind == "digit":
            return place if _denominator(marks, place + 1)[1] > place + 1 else None
    return None


def _denominator(marks: Sequence[FormatMark], start: int) -> tuple[int, int]:
    """(the lower part that a format states, or 0, where the marks of it end)."""
    end, stated = start, ""
    while end < len(marks) and (marks[end].kind == "digit" or marks[end].held.isdecimal()):
        stated += marks[end].held
        end += 1
    is_stated = stated.isdecimal() and 0 < int(stated) <= _MOST_DENOMINATOR
    return (int(stated) if is_stated else 0), end
