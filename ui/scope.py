"""What searches and questions look at: one scope for Search, Chat and Map, chosen on any of them.

The session holds the scope, so it goes along from page to page; the address repeats it, so that a reload or a
new tab has it too. Passages chosen on the map are too many for an address: it holds a short name
for them, which this process knows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer import search
from explorer.types import Scope
from ui import address, facets, state
from ui.wording import count, day, figure, plain

if TYPE_CHECKING:
    from explorer import Library

KEY = "scope"
_FIELDS = ("documents", *facets.NAMES)
_SHORT, _MOST_SHORT = ("kinds", "years", "languages"), 12
"""Facets whose values are short words, and how many of them are shown at once."""
_YEAR = re.compile(r"\d{1,4}")
_SELECTION = "selection"
_MAX_SELECTIONS = 200
_LOOKED_AT = 200
"""Passages of a scope whose documents are looked up."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A scope and what it is called on the page. With an empty label it is described by what it holds."""

    scope: Scope
    label: str = ""


def current() -> Scope:
    """The scope of this session."""
    return chosen().scope


def chosen() -> Chosen:
    """The scope of this session with its label; a new session takes it from the address, and so does one
    whose browser went to another address."""
    if KEY not in st.session_state or address.moved(*_FIELDS, _SELECTION):
        st.session_state[KEY] = _from_address()
    now: Chosen = st.session_state[KEY]
    return now


def set_scope(scope: Scope, label: str = "") -> None:
    """Makes a scope the one that Search, Chat and Map use. `label` is plain text, such as a name."""
    st.session_state[KEY] = Chosen(scope, label)


def clear() -> None:
    """Goes back to everything."""
    set_scope(Scope())


def scope_bar() -> Scope:
    """Draws the scope and the choices for it, once on a page, under its title; returns the scope."""
    library = state.library()
    now = chosen()
    with st.container(horizontal=True, vertical_alignment="center", key="scope-bar"):
        with st.popover(_summary(library, now), icon=":material/filter_alt:"):
            _choices(library, now.scope)
        if not now.scope.is_everything:
            st.button(
                f"{plain(describe(library, now), 60)} ✕",
                on_click=clear,
                key="scope-clear",
                help="Look at everything again",
            )
    _to_address(now)
    return now.scope


def names() -> dict[str, str]:
    """The names of all documents of this session's library by their ids, in order of name."""
    return {one.id: one.name for one in facets.shelved(state.library())}


def titles() -> dict[str, str]:
    """The same as they stand in a list to choose from: no two alike."""
    return facets.titles(facets.shelved(state.library()))


def documents_in(library: Library, scope: Scope) -> list[str]:
    """The ids of the documents in which a scope lets look, in order of name; those of its passages, where it
    holds passages."""
    here = None
    if scope.chunks is not None:
        here = {library.chunk(chunk_id).document_id for chunk_id in scope.chunks[:_LOOKED_AT]}
    left = search.fitting(facets.shelved(library), scope)
    return [one.id for one in left if here is None or one.id in here]


def describe(library: Library, now: Chosen) -> str:
    """The scope in a few words, as plain text: "annual-report.pdf", "3 documents · tag 10-K"."""
    scope = now.scope
    if scope.is_everything:
        return "Everything"
    if now.label and scope.chunks is None:
        return now.label
    parts = []
    if scope.chunks is not None:
        parts.append(now.label or count(len(scope.chunks), "passage"))
    if scope.documents is not None:
        names = {one.id: one.name for one in facets.shelved(library)}
        known = [names[id_] for id_ in scope.documents if id_ in names]
        parts.append(known[0] if len(known) == 1 == len(scope.documents) else count(len(known), "document"))
    if scope.tags is not None:
        parts.append("tag " + " or ".join(scope.tags))
    if scope.kinds is not None:
        parts.append(" or ".join(map(facets.kind, scope.kinds)))
    if scope.folders is not None:
        parts.append("folder " + " or ".join(map(facets.folder, scope.folders)))
    if scope.dates is not None:
        parts.append(" to ".join(day(each) if each else "…" for each in scope.dates))
    if scope.years is not None:
        parts.append(" or ".join(map(str, scope.years)))
    if scope.languages is not None:
        parts.append(" or ".join(map(facets.language, scope.languages)))
    return " · ".join(parts)


def _summary(library: Library, now: Chosen) -> str:
    """How much is looked at, of how much: "3 of 14 documents · 120 passages"."""
    counts, scope = library.counts(), now.scope
    if scope.is_everything:
        return f"Everything · {count(counts.documents, 'document')}, {count(counts.chunks, 'passage')}"
    if scope.chunks is not None:
        return f"{figure(len(scope.chunks))} of {count(counts.chunks, 'passage')}"
    left = search.fitting(facets.shelved(library), scope)
    passages = sum(one.passages for one in left)
    return f"{figure(len(left))} of {count(counts.documents, 'document')} · {count(passages, 'passage')}"


def _choices(library: Library, scope: Scope) -> None:
    """Draws the lists of what the library has; the scope decides what is chosen in them."""
    documents = facets.shelved(library)
    titles = facets.titles(documents)
    _chosen_in("documents", scope, titles)
    st.multiselect(
        "Documents",
        titles,
        format_func=lambda id_: titles.get(id_, ""),
        placeholder="All documents",
        key=_key("documents"),
        on_change=_choose,
    )
    for field, title in facets.NAMES.items():
        counted = search.counted(documents, scope, field)
        if len(counted) > 1 or getattr(scope, field) or (field == "tags" and counted):
            _facet(field, title, counted, scope)


def _facet(field: str, title: str, counted: dict[Any, int], scope: Scope) -> None:
    """Draws the values of a facet with their counts: all at once where they are few and short."""
    labels = facets.labels(field, counted)

    def said(value: Any) -> str:
        return f"{labels.get(value, '')} · {figure(counted.get(value, 0))}"

    _chosen_in(field, scope, counted)
    if field in _SHORT and len(counted) <= _MOST_SHORT:  # buttons show Markdown, the options of a list don't
        st.pills(
            title,
            list(counted),
            selection_mode="multi",
            format_func=lambda value: plain(said(value)),
            key=_key(field),
            on_change=_choose,
        )
    else:
        st.multiselect(
            title,
            list(counted),
            format_func=said,
            placeholder=f"Any {title.lower()}",
            key=_key(field),
            on_change=_choose,
        )


def _chosen_in(field: str, scope: Scope, known: Collection[Any]) -> None:
    """Gives a list its choice; in every run, for a browser that draws it only in a later one."""
    st.session_state[_key(field)] = [value for value in getattr(scope, field) or () if value in known]


def _choose() -> None:
    """Takes the scope from the lists; what else limits it stays, such as passages chosen on the map."""
    now = chosen()
    limits = {field: st.session_state.get(_key(field)) or None for field in _FIELDS}
    set_scope(replace(now.scope, **limits), now.label if now.scope.chunks is not None else "")


def _key(field: str) -> str:
    return f"scope-{field}"


def _from_address() -> Chosen:
    limits: dict[str, Any] = {field: address.every(field) or None for field in _FIELDS}
    limits["years"] = [int(year) for year in limits["years"] or () if _YEAR.fullmatch(year)] or None
    kept = _selections().get(address.one(_SELECTION), Chosen(Scope()))
    if not any(limits.values()):
        return kept
    return Chosen(replace(kept.scope, **limits), kept.label)


def _to_address(now: Chosen) -> None:
    wanted: dict[str, list[str]] = {name: [] for name in (*_FIELDS, _SELECTION)}
    for field in _FIELDS:
        values = [str(value) for value in getattr(now.scope, field) or ()]
        if values and len(values) <= 40:
            wanted[field] = values
    if now.scope.chunks is not None or len(now.scope.documents or ()) > 40:
        wanted[_SELECTION] = [_remember(now)]
    address.change(**wanted)


def _remember(now: Chosen) -> str:
    name = hashlib.sha256(repr(now).encode()).hexdigest()[:12]
    selections = _selections()
    selections[name] = now
    while len(selections) > _MAX_SELECTIONS:
        del selections[next(iter(selections))]
    return name


@st.cache_resource(show_spinner=False)
def _selections() -> dict[str, Chosen]:
    """The scopes of all sessions of this process that are too large for an address, the oldest first."""
    return {}
