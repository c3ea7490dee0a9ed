"""Search results as a page shows them: where each passage stands, how relevant it is, its words marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import streamlit as st

from explorer.search import Retrieved
from explorer.types import Hit, Scope
from ui import markup, pictures, rich, scope, state, viewer
from ui.component import asset, sent
from ui.search import excerpt, question, why
from ui.wording import count, figure

KEY = "hits"
NAMED = 3
"""Places of near-duplicates that are named."""
FAR = 0.2
"""The score below which a hit that has no word of the question is far from it. The best hits of 155 questions
asked of their own documents score .36 to .62 (the 5th to the 75th percentile of each set); those of questions
asked of other documents score .1 to .2."""


def show(found: Retrieved, *, fold: bool = False) -> None:
    """Shows hits, best first, each with those that say nearly the same under it, closed.

    With `fold`, those of one document stand under its first one."""
    groups = []
    for hits, label in _by_document(found.hits) if fold else map(_with_also, found.hits):
        first, *rest = (describe(hit, found) for hit in hits)
        groups.append([first | {"more": label}, *rest])
    draw(_component, KEY, groups)


def draw(component: Callable[..., Any], key: str, groups: list[list[dict[str, Any]]]) -> None:
    """Draws groups of described hits with one of the `registered` components, each group's others closed."""
    component(
        key=key,
        data=sent({"groups": groups}),
        on_open_change=partial(viewer.open_from, key),
        on_narrow_change=partial(_narrowed, key),
        on_like_change=partial(_liked, key),
    )


def describe(hit: Hit, found: Retrieved) -> dict[str, Any]:
    """One hit as the component draws it."""
    chunk, document = hit.chunk, hit.document
    place = f"page {figure(chunk.page)}" if document.pages > 1 else ""
    if chunk.end_page > chunk.page:
        place = f"pages {figure(chunk.page)}–{figure(chunk.end_page)}"
    source = _readable(hit, found)
    shown = excerpt.of(source)
    return {
        "rank": hit.rank,
        "document": document.id,
        "chunk": chunk.id,
        "title": document.name,
        "language": document.language,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "place": place,
        "headings": " › ".join(
            markup.read(rich.clean(heading), document.kind).replace(" | ", " · ")  # the head of a table
            for heading in hit.chunk.headings
        ),
        "match": match(hit, found),
        "score": figure(hit.score, 3),
        "why": why.of(hit, source.text, source.marks),
        "nodes": rich.plain(shown.text, shown.marks),
        "pictures": pictures.beside(state.library(), hit),
        "copy": f"“{chunk.text.strip()}”\n— {document.name}" + (f", {place}" if place else ""),
    }


def _readable(hit: Hit, found: Retrieved) -> excerpt.FoundText:
    """The text of a hit's passage as it can be read, with the spans in it that hold words of the query."""
    passage, language = hit.passage, hit.document.language
    text = passage.text
    spans = [
        _moved([(hit.chunk.start, hit.chunk.end)], -passage.start),
        found.marks(text, language),
        _moved(passage.tables, -passage.start),
    ]
    if hit.document.kind == "markdown":
        signs = list(markup.signs(text))
        spans = [markup.moved(signs, each) for each in spans]
        text = markup.without(signs, text)
    (chunk,), marks, tables = spans
    return excerpt.FoundText(text, chunk, marks, tables, hit.chunk.page if hit.document.pages > 1 else 0)


def _moved(spans: Sequence[rich.Range], by: int) -> list[rich.Range]:
    return [(start + by, end + by) for start, end in spans]


def match(hit: Hit, found: Retrieved) -> str:
    """How a hit fits the question, in a few words: "all 3 words", "2 of 3 words", "by meaning".

    The document's name and the headings above count, as they do where hits are found.
    """
    if found.is_literal:
        return ""  # each has all of them, as they were typed
    texts = (hit.document.name, *hit.chunk.headings, hit.passage.text)
    held, asked = found.held(texts, hit.document.language)
    if not asked:
        return ""
    if not held:
        return "by meaning" if hit.score >= FAR else "by meaning, distant"
    if held < asked:
        return f"{figure(held)} of {figure(asked)} words"
    return {1: "has the word", 2: "both words"}.get(asked, f"all {figure(asked)} words")


def summary(found: Retrieved, milliseconds: float) -> str:
    """What was found and where was looked, in words: "10 passages in 3 documents · 38 ms"."""
    documents = len({hit.document.id for hit in found.hits})
    where = f" in {count(documents, 'document')}" if found.hits else ""
    parts = [f"{count(len(found.hits), 'passage')}{where}", *why.left_out(found.extent)]
    return " · ".join([*parts, f"{figure(milliseconds)} ms"])


def chunks(found: Sequence[Hit]) -> list[int]:
    """The chunks of hits and of those that say nearly the same."""
    return [one.chunk.id for hit in found for one in (hit, *hit.also)]


def have_words(found: Retrieved) -> bool:
    """Whether a passage, or the name of its document, has a word of the query."""
    return any(
        found.marks(text, hit.document.language)
        for hit in found.hits
        for text in (hit.document.name, hit.passage.text)
    )


def _by_document(hits: Sequence[Hit]) -> Iterator[tuple[list[Hit], str]]:
    groups: dict[str, list[Hit]] = {}
    for first in hits:
        for hit in (first, *first.also):
            groups.setdefault(hit.document.id, []).append(hit)
    for group in groups.values():
        yield group, f"{figure(len(group) - 1)} more from this document"


def _with_also(hit: Hit) -> tuple[list[Hit], str]:
    """A hit with those that say nearly the same, and where they stand."""
    places = list(dict.fromkeys(_place(one) for one in hit.also))
    left = len(places) - NAMED
    listed = ", ".join(places[:NAMED]) + (f" and {count(left, 'other place')}" if left > 0 else "")
    return [hit, *hit.also], f"Nearly the same in {listed}"


def _place(hit: Hit) -> str:
    page = f", page {figure(hit.chunk.page)}" if hit.document.pages > 1 else ""
    return f"{rich.clean(hit.document.name)}{page}"


def _narrowed(key: str) -> None:
    """Limits the scope to the document whose "Search in this document" was clicked."""
    value = (st.session_state.get(key) or {}).get("narrow")
    if isinstance(value, dict) and isinstance(value.get("document"), str):
        scope.set_scope(Scope(documents=[value["document"]]))


def _liked(key: str) -> None:
    """Looks for passages like the one whose "More like this" was clicked."""
    value = (st.session_state.get(key) or {}).get("like")
    if isinstance(value, dict) and isinstance(value.get("chunk"), int):
        question.look_like(value["chunk"])


_component = st.components.v2.component(
    "explorer_hits", js=asset("rich.js", "hits.js"), css=asset("rich.css", "hits.css"), isolate_styles=False
)
