"""Text for people: Markdown escaping for native widgets; numbers, sizes, days and times as they write them.

The words are English, and so are the relative times made of them. Figures and days are written as the
browser's language writes them, and times of day are the browser's, in the session that is being drawn.
Outside a session it is English and the time of this machine. Other modules format nothing themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from streamlit.runtime.scriptrunner import get_script_run_ctx

# Everything that Markdown, GitHub's autolinks, LaTeX, directives (`:red[…]`) and HTML give a meaning to.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@=&/^\"'])")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
# What the page recognises in the finished text, after escapes are gone: links, mail addresses, icons,
# emoji and arrows. An invisible word joiner inside keeps them letters.
_LATE = re.compile(
    r"(?i)(?:https?|ftp|mailto)(?=:)|www(?=\.)|@(?=\w)|:(?=[\w+\-/]+:)|(?<!\S)(?:<-|-|<|>|~)(?=[->=]+(?!\S))"
)
_JOINER = "\u2060"
_Key = TypeVar("_Key")
_STEP = 1000
_SOON, _MINUTE, _HOUR, _DAY = 5, 60, 3600, 86400


def plain(text: str, limit: int | None = None) -> str:
    """Text of a document, a file's name or a label, so that a native widget shows it letter by letter.

    Every character with a meaning in Streamlit's Markdown is escaped; line breaks, control characters
    and the marks that reverse the direction of writing become a space. Text longer than `limit` is cut, with
    an ellipsis.
    """
    return _SPECIAL.sub(r"\\\1", _LATE.sub(lambda match: match[0] + _JOINER, flat(text, limit)))


def flat(text: str, limit: int | None = None) -> str:
    """The same for what shows no Markdown, such as the options of a list: one line, cut, not escaped."""
    line = " ".join(_BREAKS.sub(" ", text).split())
    if limit is not None and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return line


def distinct(keys: Iterable[_Key], *ways: Callable[[_Key], str]) -> dict[_Key, str]:
    """A label for each key, none twice: the browser tells the options of a list apart by their labels alone.

    Each is called in the first of `ways`, from short to long, in which it is like no other that is still
    without a label; what is alike in all of them gets a number.
    """
    said: dict[_Key, str] = {}
    left, taken = list(keys), set[str]()
    order = list(left)
    for way in ways:
        made = {key: way(key) for key in left}
        often = Counter(made.values())
        said |= {key: text for key, text in made.items() if often[text] == 1 and text not in taken}
        taken.update(said.values())
        left = [key for key in left if key not in said]
    for key in left:
        number, text = 2, ways[-1](key)
        while f"{text} ({number})" in taken:
            number += 1
        said[key] = f"{text} ({number})"
        taken.add(said[key])
    return {key: said[key] for key in order}


def figure(value: float, decimals: int = 0) -> str:
    """A number with separators: 1234.5 with one decimal is "1,234.5" in English, "1.234,5" in German."""
    return _decimal(value, decimals, _locale())


def percent(part: float, decimals: int = 0) -> str:
    """A share of 1 in hundredths: "12%" in English, "12 %" in German."""
    locale = _locale()
    pattern = str(locale.percent_formats[None].pattern)  # where the sign stands, and with what space
    if decimals:
        pattern = pattern.replace("##0", f"##0.{'0' * decimals}")
    return str(format_percent(part, pattern, locale=locale))


def count(amount: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `count(1366, "page")` is "1,366 pages"."""
    return f"{figure(amount)} {noun if amount == 1 else plural or noun + 's'}"


def size(octets: int) -> str:
    """Bytes as "812 bytes", "48 kB", "3.4 MB": powers of 1000, as file managers show them."""
    return _size(octets, _locale())


def time_left(seconds: float | None) -> str:
    """How long it will still take: "less than a minute left", "3 min left", "2 h 10 min left"."""
    if seconds is None:
        return "working out the time left"
    if seconds < _MINUTE:
        return "less than a minute left"
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min left"
    return f"{hours} h {rest} min left" if rest else f"{hours} h left"


def so_far(since: datetime | None, now: datetime | None = None) -> str:
    """How long something takes already: "12 s", "1 min 20 s", "1 h 5 min"; empty in the first seconds."""
    seconds = 0 if since is None else int(((now or datetime.now(UTC)) - aware(since)).total_seconds())
    if seconds < _SOON:
        return ""
    if seconds < _MINUTE:
        return f"{figure(seconds)} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{figure(minutes)} min {figure(rest)} s"
    return f"{figure(minutes // 60)} h {figure(minutes % 60)} min"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in words: "just now", "2 minutes ago", "yesterday", else the day."""
    seconds = ((now or datetime.now(UTC)) - aware(moment)).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{count(int(seconds // _MINUTE), 'minute')} ago"
    if seconds < _DAY:
        return f"{count(int(seconds // _HOUR), 'hour')} ago"
    if seconds < 2 * _DAY:
        return "yesterday"
    if seconds < 30 * _DAY:
        return f"{int(seconds // _DAY)} days ago"
    return day(_there(moment).date())


def day(when: date) -> str:
    """A day: "Nov 30, 2026" in American English, "30.11.2026" in German."""
    return _day(when, _locale())


def month(when: date) -> str:
    """A month: "Nov 2026" in English, "Nov. 2026" in German."""
    return str(format_skeleton("yMMM", when, locale=_locale()))


def until(moment: datetime, now: datetime | None = None) -> str:
    """How long something lasts, in words: "for 7 days", "for 5 hours", "for less than an hour"."""
    seconds = (aware(moment) - (now or datetime.now(UTC))).total_seconds()
    if seconds < _HOUR:
        return "for less than an hour"
    if seconds < _DAY:
        return f"for {count(round(seconds / _HOUR), 'hour')}"
    return f"for {count(round(seconds / _DAY), 'day')}"


def exact(moment: datetime) -> str:
    """A moment to the minute, where the browser is: "Nov 30, 2026, 2:05 PM" or "30.11.2026, 14:05"."""
    locale, there = _locale(), _there(moment)
    pattern = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    time = format_time(there.timetz(), "short", locale=locale)
    return pattern.replace("{0}", time).replace("{1}", _day(there.date(), locale))


def aware(moment: datetime) -> datetime:
    """The moment with a time zone; one without is in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _there(moment: datetime) -> datetime:
    """The moment in the browser's time zone; in this machine's where there is none or it is not known."""
    return aware(moment).astimezone(_zone(st.context.timezone if _in_session() else None))


@lru_cache(maxsize=64)
def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):  # ValueError: a browser can send any text
        return None


def _locale() -> Locale:
    return _known((st.context.locale if _in_session() else None) or "en")


def _in_session() -> bool:
    """Whether a page is being drawn for a browser; elsewhere Streamlit would warn at each question."""
    return get_script_run_ctx(suppress_warning=True) is not None


@lru_cache(maxsize=64)
def _known(tag: str) -> Locale:
    """The locale for a browser's language, such as "de-AT"; else the one for "de"; else English."""
    for name in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


# Kept, since a table of thousands of documents says most of its figures more than once.
@lru_cache(maxsize=8192)
def _decimal(value: float, decimals: int, locale: Locale) -> str:
    whole = str(locale.decimal_formats[None].pattern).partition(".")[0]  # how it groups, as in "#,##,##0"
    return str(format_decimal(value, f"{whole}.{'0' * decimals}" if decimals else whole, locale=locale))


@lru_cache(maxsize=8192)
def _size(octets: int, locale: Locale) -> str:
    if octets < _STEP:
        return str(format_unit(octets, "digital-byte", "long", locale=locale))
    value, units = octets / _STEP, ["kilobyte", "megabyte", "gigabyte", "terabyte"]
    while round(value) >= _STEP and len(units) > 1:
        value, units = value / _STEP, units[1:]
    amount = _decimal(value, 1 if value < 10 else 0, locale)
    return str(format_unit(amount, f"digital-{units[0]}", "short", locale=locale))


@lru_cache(maxsize=2048)
def _day(when: date, locale: Locale) -> str:
    return str(format_date(when, "medium", locale=locale))
