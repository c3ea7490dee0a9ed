"""Search results as a page shows them: where each passage stands, how relevant it is, its words marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import streamlit as st

from explorer.search import Retrieved
from explorer.types import Hit, Scope
from ui import pictures, rich, scope, state, viewer
from ui.component import asset, sent
from ui.search import question, why
from ui.wording import count, figure

KEY = "hits"
IN_SIGHT = 200
"""Characters of a hit that can be read without opening it, on a narrow page too."""
LINES_IN_SIGHT = 5
"""Lines of a hit that can be read so, where they are short: a table's cells may be a line each."""
CUT = "… "
_HEADING_SIGN = re.compile(r"^ {0,3}#{1,6}[ \t]+(?=\S)|^ {0,3}(?P<fence>```|~~~)", re.MULTILINE)
"""What makes a heading of a line of Markdown, and what parts code, where it is a comment, from text."""
NAMED = 3
"""Places of near-duplicates that are named."""
GOOD = 0.45
"""The score of a good hit. The best hits of 155 questions asked of their own documents score .36 to .62 (the
5th to the 75th percentile of each set); those of questions asked of other documents score .1 to .2."""
BARS = 5
"""Bars that show relevance: enough to tell a good hit from a poor one, without false precision."""


def show(found: Retrieved, *, fold: bool = False) -> None:
    """Shows hits, best first, each with those that say nearly the same under it, closed.

    With `fold`, those of one document stand under its first one."""
    best = max((hit.score for hit in found.hits), default=0.0)
    groups = []
    for hits, label in _by_document(found.hits) if fold else map(_with_also, found.hits):
        first, *rest = (describe(hit, found, best) for hit in hits)
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


def describe(hit: Hit, found: Retrieved, best: float) -> dict[str, Any]:
    """One hit as the component draws it; `best` is the highest score of the list."""
    chunk, document = hit.chunk, hit.document
    place = f"page {figure(chunk.page)}" if document.pages > 1 else ""
    if chunk.end_page > chunk.page:
        place = f"pages {figure(chunk.page)}–{figure(chunk.end_page)}"
    text, marks, tables = _readable(hit, found)
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
        "headings": " › ".join(rich.clean(heading) for heading in hit.chunk.headings),
        "bars": bars(hit.score, best),
        "score": figure(hit.score, 3),
        "why": why.of(hit, text, marks),
        "nodes": rich.plain(rich.flow(text, tables), marks),
        "pictures": pictures.beside(state.library(), hit),
        "copy": f"“{chunk.text.strip()}”\n— {document.name}" + (f", {place}" if place else ""),
    }


def _readable(hit: Hit, found: Retrieved) -> tuple[str, list[rich.Range], list[rich.Range]]:
    """The text to show for a hit, the spans in it that hold words of the query, and those that are tables.

    The passage is shown from its chunk on. Where the first match stands far below, it is shown from that
    sentence on: what comes before would push the match out of sight.
    """
    begin = max(hit.chunk.start, hit.passage.start)
    text = hit.passage.text[begin - hit.passage.start :]
    tables = _moved(hit.passage.tables, -begin)
    marks = found.marks(text, hit.document.language)
    if hit.document.kind == "markdown":
        signs = list(_heading_signs(text))
        marks, tables = _without(signs, marks), _without(signs, tables)
        text = "".join(
            text[end:start] for (_, end), (start, _) in pairwise([(0, 0), *signs, (len(text),) * 2])
        )
    first = marks[0][0] if marks else 0
    ends = [match.end() for match in re.finditer(r"[.!?。！？]\s+|\n+", text[:first])]
    is_in_sight = first <= IN_SIGHT and text.count("\n", 0, first) < LINES_IN_SIGHT
    if is_in_sight or not ends:
        return text, marks, tables
    shift = ends[-1] - len(CUT)
    return f"{CUT}{text[ends[-1] :]}", _moved(marks, -shift), _moved(tables, -shift)


def _heading_signs(text: str) -> Iterator[rich.Range]:
    """Where the signs before headings stand in Markdown, in order."""
    is_code = False
    for match in _HEADING_SIGN.finditer(text):
        if match["fence"]:
            is_code = not is_code
        elif not is_code:
            yield match.span()


def _without(away: Sequence[rich.Range], spans: Sequence[rich.Range]) -> list[rich.Range]:
    """The spans where the text that is `away` is not counted."""

    def place(at: int) -> int:
        return at - sum(min(end, at) - start for start, end in away if start < at)

    return [(place(start), place(end)) for start, end in spans]


def _moved(spans: Sequence[rich.Range], by: int) -> list[rich.Range]:
    return [(start + by, end + by) for start, end in spans]


def bars(score: float, best: float) -> int:
    """How many of the BARS are filled, 1 at least.

    They are in proportion to the best hit, or to a GOOD score where that is higher, so that a poor hit looks
    poor even when it is the best.
    """
    return max(1, min(BARS, round(BARS * score / max(best, GOOD))))


def summary(found: Retrieved, milliseconds: float) -> str:
    """What was found and where was looked, in words: "10 passages in 3 documents · 38 ms"."""
    documents = len({hit.document.id for hit in found.hits})
    where = f" in {count(documents, 'document')}" if found.hits else ""
    parts = [f"{count(len(found.hits), 'passage')}{where}", *why.left_out(found.extent)]
    return " · ".join([*parts, f"{figure(milliseconds)} ms"])


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
