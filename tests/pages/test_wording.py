"""Foreign text stays text, and figures read well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ui.wording import ago, count, plain, size, time_left

JOINER = "\u2060"


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
    assert ago(datetime(2026, 1, 5, 12), now) == "5 January 2026"
