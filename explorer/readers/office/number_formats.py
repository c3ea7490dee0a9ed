"""Values of cells as text, and what Excel's number formats make of a number: a date, a time, a share."""

from __future__ import annotations

import math
import re
from datetime import datetime, time, timedelta

_BUILT_IN = {
    **dict.fromkeys((9, 10), "share"),
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), "moment"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), "time"),
    46: "duration",
}
_SILENT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hmsHMS]{1,3}\])[^\]]*\]')
_MOST_CHARACTERS = 1000
_LAST_DAY = 2_958_466
"""The day after 9999-12-31."""


def kind_of(number: int, code: str | None) -> str:
    """The kind of value that a format makes of a number: "plain", "share", "moment", "time" or "duration".

    `number` is the format's id, `code` its pattern where the file states one ("dd/mm/yyyy").
    """
    if code is None:
        return _BUILT_IN.get(number, "plain")
    bare = _SILENT.sub("", code[:_MOST_CHARACTERS]).split(";")[0].lower()
    bare = bare.replace("am/pm", "").replace("a/p", "")
    if re.search(r"\[[hms]{1,3}\]", bare):
        return "duration"
    if "general" in bare:
        return "plain"
    if "y" in bare or "d" in bare or ("m" in bare and not ("h" in bare or "s" in bare)):
        return "moment"
    if "h" in bare or "s" in bare:
        return "time"
    return "share" if "%" in bare else "plain"


def shown_as(kind: str, value: float, since_1904: bool) -> str:
    """A number in the kind of its format: 45292 → "2024-01-01" (moment), .25 → "25%" (share)."""
    if kind == "share":
        return f"{shown_number(float(f'{value * 100:.12g}'))}%"
    if kind == "duration" or (kind == "time" and 0 <= value < 1):
        duration = timedelta(days=value) if abs(value) < _LAST_DAY else None
        return shown_number(value) if duration is None else shown_duration(duration)
    if kind in ("moment", "time") and 0 <= value < _LAST_DAY - 1462:
        return shown_moment(_moment(value, since_1904))
    return shown_number(value)


def _moment(value: float, since_1904: bool) -> datetime:
    if since_1904:
        return datetime(1904, 1, 1) + timedelta(days=value)
    # Excel counts a 29 February 1900 that never was
    return datetime(1899, 12, 30) + timedelta(days=value if value >= 60 else value + 1)


def shown_value(value: object) -> tuple[str, bool]:
    """(a value as text, whether it was text). A moment without a time of day is a day; 3.0 is 3."""
    if isinstance(value, str):
        return value, True
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, float):
        return shown_number(value), False
    if isinstance(value, timedelta):
        return shown_duration(value), False
    return shown_moment(value) if isinstance(value, datetime) else str(value), False


def shown_number(value: float) -> str:
    """A number with the 15 digits that spreadsheets keep."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def shown_moment(value: datetime) -> str:
    """A date, with the time of day unless that is midnight."""
    rounded = value + timedelta(microseconds=500_000) if value.microsecond else value
    rounded = rounded.replace(microsecond=0)
    return rounded.date().isoformat() if rounded.time() == time() else rounded.isoformat(" ")


def shown_duration(value: timedelta) -> str:
    """A duration as hours:minutes:seconds."""
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
