"""Passages that hold a word, a few lines around it each; a click opens them beside the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import rich, viewer
from ui.component import asset, sent
from ui.wording import figure

if TYPE_CHECKING:
    from explorer.types import Hit

AROUND = 140
"""Characters before and behind the word, up to a space."""


def show(key: str, word: str, hits: Iterable[Hit]) -> None:
    """Draws the passages, the best first."""
    _component(
        key=key,
        data=sent({"rows": [_row(word, hit) for hit in hits]}),
        on_open_change=partial(viewer.open_from, key),
    )


def _row(word: str, hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    text, marks = excerpt(" ".join(hit.passage.text.split()), word)
    return {
        "document": hit.document.id,
        "title": hit.document.name,
        "language": hit.document.language,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "place": f"page {figure(chunk.page)}" if hit.document.pages > 1 else "",
        "nodes": rich.plain(text, marks),
    }


def excerpt(text: str, word: str) -> tuple[str, list[rich.Range]]:
    """The part of a text around the first time that it holds a word, and where the word stands in it."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    first = pattern.search(text)
    at, after = (first.start(), first.end()) if first else (0, 0)
    start = 0 if at <= AROUND else text.find(" ", at - AROUND, at) + 1 or at
    end = text.rfind(" ", after, after + AROUND) if after + AROUND < len(text) else len(text)
    cut = f"{'… ' if start else ''}{text[start : max(end, after)]}{' …' if end < len(text) else ''}"
    return cut, [(found.start(), found.end()) for found in pattern.finditer(cut)]


_component = st.components.v2.component(
    "explorer_words_uses",
    js=asset("rich.js", "words_uses.js"),
    css=asset("rich.css", "words.css"),
    isolate_styles=False,
)
