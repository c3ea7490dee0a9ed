"""Foreign text stays text, and figures read well, in the browser's language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ui import wording
from ui.wording import ago, count, day, exact, figure, percent, plain, size, so_far, time_left

JOINER = "\u2060"
MOMENT = datetime(2026, 11, 30, 13, 5, 9, tzinfo=UTC)


def speak(
    monkeypatch: pytest.MonkeyPatch, locale: str | None, timezone: str | None = "Europe/Berlin"
) -> None:
    """As in the session of a browser with this language and time zone."""
    monkeypatch.setattr(wording, "_in_session", lambda: True)
    monkeypatch.setattr(wording.st, "context", SimpleNamespace(locale=locale, timezone=timezone))


def spaced(text: str) -> str:
    """The text with every kind of space as a plain one."""
    return " ".join(text.split())


def shown(markdown: str) -> str:
    """What a reader of CommonMark sees of escaped text: every backslash before punctuation goes."""
    from markdown_it import MarkdownIt

    (block,) = [token for token in MarkdownIt("commonmark").parse(markdown) if token.type == "inline"]
    assert {child.type for child in block.children or ()} == {"text"}
    return "".join(child.content for child in block.children or ()).replace(JOINER, "")


@pytest.mark.parametrize(
    "text",
    [
        "3M_2022_10K.pdf",
        "![x](https://evil.example/a.png)",
        "[a]: https://evil.example",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt; :red[x] $a^2$ ~~s~~ `c` **b** # - + 1. > |",
        "www.example.com a@b.example :material/home: :smile: a -> b <- c -- d",
    ],
)
def test_plain_shows_every_letter(text: str) -> None:
    assert shown(f"x {plain(text)}")[2:] == text


def test_plain_leaves_nothing_that_the_page_recognises_later() -> None:
    for late in ("https://a.example", "www.a.example", "a@b.example", ":smile:", ":material/home:"):
        assert JOINER in plain(late)


def test_plain_flattens_and_cuts() -> None:
    assert plain("a\n\n# b\tc\u202egnp.exe") == "a \\# b c gnp\\.exe"
    assert plain("abcdefghij", 5) == "abcd…"


def test_count() -> None:
    assert [count(1, "page"), count(1366, "page"), count(2, "entry", "entries")] == [
        "1 page",
        "1,366 pages",
        "2 entries",
    ]


@pytest.mark.parametrize(
    ("octets", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (812, "812 bytes"), (48_200, "48 kB"), (3_400_000, "3.4 MB"),
     (999_950, "1.0 MB"), (2_147_483_648, "2.1 GB"), (5_000_000_000_000_000, "5,000 TB")],
)  # fmt: skip
def test_size(octets: int, words: str) -> None:
    assert size(octets) == words


def test_time_left() -> None:
    words = [time_left(seconds) for seconds in (None, 12, 61, 200, 3600, 7800)]
    assert words == [
        "working out the time left", "less than a minute left", "1 min left", "3 min left", "1 h left",
        "2 h 10 min left",
    ]  # fmt: skip


def test_ago() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    past = [
        timedelta(seconds=5),
        timedelta(minutes=2),
        timedelta(hours=1),
        timedelta(hours=30),
        timedelta(days=9),
    ]
    words = [ago(now - gone, now) for gone in past]
    assert words == ["just now", "2 minutes ago", "1 hour ago", "yesterday", "9 days ago"]
    assert ago(datetime(2026, 1, 5, 12), now) == "Jan 5, 2026"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-US", ["1,234,567", "1,234.5", "12.3%", "3.4 MB", "812 bytes", "Nov 30, 2026, 2:05 PM"]),
        ("en-GB", ["1,234,567", "1,234.5", "12.3%", "3.4 MB", "812 bytes", "30 Nov 2026, 14:05"]),
        ("de-DE", ["1.234.567", "1.234,5", "12,3 %", "3,4 MB", "812 Byte", "30.11.2026, 14:05"]),
        ("fr-FR", ["1 234 567", "1 234,5", "12,3 %", "3,4 Mo", "812 octets", "30 nov. 2026, 14:05"]),
        ("ja-JP", ["1,234,567", "1,234.5", "12.3%", "3.4 MB", "812 バイト", "2026/11/30 14:05"]),
        ("hi-IN", ["12,34,567", "1,234.5", "12.3%", "3.4 MB", "812 बाइट", "30 नव॰ 2026, 2:05 pm"]),
    ],
)
def test_figures_and_dates_are_written_as_the_browser_writes_them(
    monkeypatch: pytest.MonkeyPatch, locale: str, words: list[str]
) -> None:
    speak(monkeypatch, locale)
    written = [
        figure(1234567), figure(1234.5, 1), percent(0.123, 1), size(3_400_000), size(812), exact(MOMENT),
    ]  # fmt: skip
    assert [spaced(text) for text in written] == words


def test_the_words_stay_english_and_so_do_relative_times(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "de-DE")
    assert count(1366, "page") == "1.366 pages"
    assert ago(MOMENT - timedelta(minutes=2), MOMENT) == "2 minutes ago"
    assert ago(datetime(2026, 1, 5, 12), MOMENT) == day(date(2026, 1, 5)) == "05.01.2026"


def test_a_day_is_that_of_the_browser_not_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    speak(monkeypatch, "de-DE", "Asia/Tokyo")
    assert (ago(late, MOMENT), exact(late)) == ("06.01.2026", "06.01.2026, 08:30")
    speak(monkeypatch, "de-DE", "America/New_York")
    assert exact(late) == "05.01.2026, 18:30"


@pytest.mark.parametrize("locale", [None, "", "xx-YY", "../../etc/passwd", "\0", "de_DE.UTF-8" * 99])
def test_a_language_that_is_not_known_is_english(monkeypatch: pytest.MonkeyPatch, locale: str | None) -> None:
    speak(monkeypatch, locale, "Nowhere/At all")
    assert (figure(1234.5, 1), day(date(2026, 11, 30))) == ("1,234.5", "Nov 30, 2026")
    assert exact(MOMENT)


def test_a_region_that_is_not_known_has_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "de-XX")
    assert figure(1234.5, 1) == "1.234,5"


def test_no_other_module_formats_figures_itself() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in Path(wording.__file__).parent.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r":,\}|:,?\.\d[f%]\}|strftime|\.isoformat\(", line)
    ]
    assert found == []


def test_how_long_something_takes_already() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    for seconds, words in ((3, ""), (12, "12 s"), (80, "1 min 20 s"), (3900, "1 h 5 min")):
        assert so_far(now - timedelta(seconds=seconds), now) == words
    assert not so_far(None)
