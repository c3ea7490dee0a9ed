"""Text for people: Markdown escaping for native widgets, and numbers, sizes and times in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Everything that Markdown, GitHub's autolinks, LaTeX, directives (`:red[…]`) and HTML give a meaning to.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@=&/^\"'])")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
# What the page recognises in the finished text, after escapes are gone: links, mail addresses, icons,
# emoji and arrows. An invisible word joiner inside keeps them letters.
_LATE = re.compile(
    r"(?i)(?:https?|ftp|mailto)(?=:)|www(?=\.)|@(?=\w)|:(?=[\w+\-/]+:)|(?<!\S)(?:<-|-|<|>|~)(?=[->=]+(?!\S))"
)
_JOINER = "\u2060"
_STEP = 1000
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def plain(text: str, limit: int | None = None) -> str:
    """Text of a document, a file's name or a label, so that a native widget shows it letter by letter.

    Every character with a meaning in Streamlit's Markdown is escaped; line breaks, control characters
    and the marks that reverse the direction of writing become a space. Text longer than `limit` is cut, with
    an ellipsis.
    """
    flat = " ".join(_BREAKS.sub(" ", text).split())
    if limit is not None and len(flat) > limit:
        flat = flat[: limit - 1].rstrip() + "…"
    return _SPECIAL.sub(r"\\\1", _LATE.sub(lambda match: match[0] + _JOINER, flat))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `count(1366, "page")` is "1,366 pages"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(octets: int) -> str:
    """Bytes as "812 bytes", "48 kB", "3.4 MB": powers of 1000, as file managers show them."""
    if octets < _STEP:
        return count(octets, "byte")
    value, units = octets / _STEP, ["kB", "MB", "GB", "TB"]
    while round(value) >= _STEP and len(units) > 1:
        value, units = value / _STEP, units[1:]
    return f"{value:,.1f} {units[0]}" if value < 10 else f"{value:,.0f} {units[0]}"


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
    local = aware(moment).astimezone()
    return f"{local.day} {local:%B %Y}"


def until(moment: datetime, now: datetime | None = None) -> str:
    """How long something lasts, in words: "for 7 days", "for 5 hours", "for less than an hour"."""
    seconds = (aware(moment) - (now or datetime.now(UTC))).total_seconds()
    if seconds < _HOUR:
        return "for less than an hour"
    if seconds < _DAY:
        return f"for {count(round(seconds / _HOUR), 'hour')}"
    return f"for {count(round(seconds / _DAY), 'day')}"


def exact(moment: datetime) -> str:
    """The moment in local time, to the second."""
    return aware(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def aware(moment: datetime) -> datetime:
    """The moment with a time zone; one without is in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
