"""`ui.chat.export`: a conversation as Markdown and as a page, with its sources and no markup of anybody's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from explorer.types import Message
from ui import rich
from ui.chat import export

HOSTILE = "<script>alert(1)</script> ![x](http://evil.test/x.png) [l](http://evil.test)"


def message(question: str) -> Message:
    return Message(
        id=1,
        conversation_id="c",
        question=question,
        text="",
        kind="model",
        state="done",
        found=True,
        error=None,
        model=None,
        scope=None,
        forgotten=False,
        created_at=datetime(2026, 11, 30, 12, 0, tzinfo=UTC),
    )


def source(number: int, tip: str = "", nodes: list[rich.Node] | None = None) -> dict[str, Any]:
    return {"number": number, "title": f"a_{number}.pdf", "place": "page 4", "tip": tip, "nodes": nodes or []}


def described(text: str, *, quotes: bool = False) -> export.Described:
    data: dict[str, Any] = {
        "question": f"What? {HOSTILE}",
        "note": "",
        "error": "",
        "quotes": [],
        "sources": [],
    }
    if quotes:
        data |= {"blocks": [], "quotes": [source(1, nodes=rich.plain(text))]}
    else:
        data |= {
            "blocks": rich.markdown(text, {1, 2}),
            "sources": [source(1, "Its own <b>words</b>"), source(2)],
        }
    return [(message(data["question"]), data)]


ANSWER = (
    "It **fell** to 5 % [1], then `a[1] < b` and $x_1$.\n\n- one [2]\n- two\n\n"
    "| a | b |\n|---|--:|\n| x | 1 |\n\n"
    f"```\nreturn a[1]\n```\n\n{HOSTILE}"
)


class Parsed(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


def test_text_is_no_link_in_markdown_either() -> None:
    told = export.escaped("See https://evil.example, www.evil.example and a&amp;b.")
    assert told == "See https\\://evil.example, www\\.evil.example and a\\&amp;b."
    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark").render(told)
    assert shown == "<p>See https://evil.example, www.evil.example and a&amp;amp;b.</p>\n"


def test_a_page_holds_the_answer_and_its_sources_and_asks_for_nothing() -> None:
    parsed = Parsed(export.as_page("My & talk", described(ANSWER)))
    tags = [tag for tag, _ in parsed.tags]
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(tags)
    addresses = [
        value for _, values in parsed.tags for name, value in values.items() if name in ("href", "src")
    ]
    assert addresses == ["#s1-1", "#s1-2"]
    assert {values["id"] for tag, values in parsed.tags if tag == "li" and "id" in values} == {"s1-1", "s1-2"}
    assert any("default-src 'none'" in str(values.get("content")) for _, values in parsed.tags)
    for words in (
        "My & talk",
        "a[1] < b",
        "return a[1]",
        "a_1.pdf, page 4",
        "Its own <b>words</b>",
        HOSTILE[:25],
    ):
        assert words in parsed.said
    assert ("td", {"class": "right"}) in parsed.tags


def test_markdown_reads_back_as_the_same_answer() -> None:
    told = export.as_markdown("My *talk*", described(ANSWER))
    assert told.startswith("# My \\*talk\\*\n\n## What? \\<script")
    answer = re.split(r"\*Nov 30, 2026.*\*\n\n", told, maxsplit=1)[1].rsplit("\n\n1. ", 1)[0]
    assert rich.markdown(answer, {1, 2}) == rich.markdown(ANSWER, {1, 2})
    assert "1. a\\_1.pdf, page 4: “Its own \\<b\\>words\\</b\\>”" in told


def test_nothing_of_a_document_is_markup_in_markdown() -> None:
    from markdown_it import MarkdownIt

    for text, quotes in ((ANSWER, False), (HOSTILE, True)):
        made = MarkdownIt("commonmark").render(export.as_markdown(HOSTILE, described(text, quotes=quotes)))
        assert not re.search(r"<(?:script|img|a)\b", made)


def test_quotes_stand_with_their_places() -> None:
    told = export.as_markdown("t", described("The lamp\nflashes.", quotes=True))
    assert "> The lamp\n> flashes.\n>\n> — a\\_1.pdf, page 4" in told


def test_a_file_is_named_after_its_conversation() -> None:
    assert export.file_name("What were A/B's sales?", "md") == "What were ABs sales.md"
    assert export.file_name("???", "html") == "conversation.html"
