"""What searches and questions look at: one scope for Search, Chat and Map, chosen on any of them.

The session holds the scope, so it goes along from page to page; the address repeats it, so that a reload or a
new tab has it too. Passages chosen on the map are too many for an address: it holds a short name
for them, which this process knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.readers import find as find_format
from explorer.types import Scope
from ui import address, state
from ui.wording import count, day, plain

if TYPE_CHECKING:
    from explorer import Library

KEY = "scope"
_FIELDS = ("documents", "tags", "kinds")
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
    return _lists(state.library()).names


def documents_in(library: Library, scope: Scope) -> list[str]:
    """The ids of the documents in which a scope lets look, in order of name; those of its passages, where it
    holds passages."""
    chosen = set(scope.documents) if scope.documents is not None else None
    if scope.chunks is not None:
        here = {library.chunk(chunk_id).document_id for chunk_id in scope.chunks[:_LOOKED_AT]}
        chosen = here if chosen is None else chosen & here
    return [
        document.id
        for document in sorted(library.documents(), key=lambda document: document.name.casefold())
        if (chosen is None or document.id in chosen)
        and (scope.kinds is None or document.kind in scope.kinds)
        and (scope.tags is None or not set(scope.tags).isdisjoint(document.tags))
    ]


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
        names = _lists(library).names
        known = [names[id_] for id_ in scope.documents if id_ in names]
        parts.append(known[0] if len(known) == 1 == len(scope.documents) else count(len(known), "document"))
    if scope.tags is not None:
        parts.append("tag " + " or ".join(scope.tags))
    if scope.kinds is not None:
        parts.append(" or ".join(_kind_label(kind) for kind in scope.kinds))
    if scope.folders is not None:
        parts.append(count(len(scope.folders), "folder"))
    if scope.dates is not None:
        parts.append(" to ".join(day(each) if each else "…" for each in scope.dates))
    return " · ".join(parts)


def _summary(library: Library, now: Chosen) -> str:
    counts = library.counts()
    total = f"{count(counts.documents, 'document')}, {count(counts.chunks, 'passage')}"
    return f"Everything · {total}" if now.scope.is_everything else f"Limited · of {total}"


def _choices(library: Library, scope: Scope) -> None:
    """Draws three lists of what the library has; the scope decides what is chosen in them."""
    lists = _lists(library)
    options = {"documents": list(lists.names), "tags": lists.tags, "kinds": lists.kinds}
    for field in _FIELDS:
        picked: Sequence[str] = getattr(scope, field) or ()
        st.session_state[_key(field)] = [value for value in picked if value in options[field]]
    st.multiselect(
        "Documents",
        options["documents"],
        format_func=lambda id_: lists.names.get(id_, ""),
        placeholder="All documents",
        key=_key("documents"),
        on_change=_choose,
    )
    if lists.tags:
        st.multiselect("Tags", lists.tags, placeholder="Any tag", key=_key("tags"), on_change=_choose)
    st.multiselect(
        "Kinds",
        lists.kinds,
        format_func=_kind_label,
        placeholder="Any kind",
        key=_key("kinds"),
        on_change=_choose,
    )


def _choose() -> None:
    """Takes the scope from the lists; what else limits it stays, such as passages chosen on the map."""
    now = chosen()
    limits = {field: st.session_state.get(_key(field)) or None for field in _FIELDS}
    set_scope(replace(now.scope, **limits), now.label if now.scope.chunks is not None else "")


def _kind_label(kind: str) -> str:
    try:
        return find_format(kind).label
    except KeyError:  # an address can name any kind
        return kind


def _key(field: str) -> str:
    return f"scope-{field}"


@dataclass(frozen=True, slots=True)
class _Lists:
    names: dict[str, str]
    """Document id → name, in order of name."""
    tags: list[str]
    kinds: list[str]


def _lists(library: Library) -> _Lists:
    return _cached_lists(library, str(library.folder), library.revision)


@st.cache_data(show_spinner=False, max_entries=8)
def _cached_lists(_library: Library, folder: str, revision: int) -> _Lists:  # noqa: ARG001 - the cache's key
    documents = _library.documents()
    by_name = sorted(documents, key=lambda document: document.name.casefold())
    return _Lists(
        {document.id: document.name for document in by_name},
        sorted({tag for document in documents for tag in document.tags}),
        sorted({document.kind for document in documents}),
    )


def _from_address() -> Chosen:
    limits: dict[str, Any] = {field: address.every(field) or None for field in _FIELDS}
    kept = _selections().get(address.one(_SELECTION), Chosen(Scope()))
    if not any(limits.values()):
        return kept
    return Chosen(replace(kept.scope, **limits), kept.label)


def _to_address(now: Chosen) -> None:
    wanted: dict[str, list[str]] = {name: [] for name in (*_FIELDS, _SELECTION)}
    for field in _FIELDS:
        values = list(getattr(now.scope, field) or ())
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
