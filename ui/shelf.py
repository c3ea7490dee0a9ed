"""The table of documents: rows with a tick, columns that sort, a click that opens. It decides nothing itself.

It is not `st.dataframe`, whose grid is drawn on a canvas: no screen reader and no search of the browser can
read that, it takes about a second to come up the first time, and it knows a selection by row number only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.types import Document
from ui.component import asset, sent
from ui.wording import ago, aware, count, figure, flat, size

KEY = "documents_rows"
HEAD, ROW, TALLEST = 38, 44, 568
"""Pixels: the head, a row, and the table at its tallest; more rows are scrolled to. A row has room for a
second line whether it has one or not: what a document is about is known some time after it was added."""
SAID = 120
"""Characters that a row says of what its document is about: it has room for half of them."""


def show(
    documents: Sequence[Document],
    ticked: Sequence[str],
    order: tuple[str, bool],
    turn: int,
    *,
    marks: Mapping[str, str],
    about: Mapping[str, str],
    kind_label: Callable[[str], str],
    on_open: Callable[[str], None],
    on_tick: Callable[[list[str]], None],
    on_order: Callable[[str], None],
) -> None:
    """Shows documents in the order given. `order`: the column that sorts, and whether the largest is first.

    The browser keeps the ticks, and sends all of them whenever one changes; it takes those in `ticked` only
    when `turn` has changed. `marks`: what is to be said of some documents, `about`: what
    some are about, by their ids.
    """
    height = min(TALLEST, HEAD + ROW * len(documents) + 2)
    data = {
        "rows": [
            row(
                document,
                kind_label(document.kind),
                marks.get(document.id, ""),
                about.get(document.id, ""),
            )
            for document in documents
        ],
        "ticked": list(ticked),
        "order": list(order),
        "turn": turn,
        "height": height,
        "label": count(len(documents), "document"),
    }
    _component(
        key=KEY,
        data=sent(data),
        height=height,
        on_open_change=_passing_on("open", on_open),
        on_tick_change=_passing_on("tick", on_tick),
        on_order_change=_passing_on("order", on_order),
    )


def row(document: Document, kind: str, mark: str = "", about: str = "") -> dict[str, Any]:
    """One document as the browser draws it; times are seconds since 1970."""
    within = f"in {document.part_of}" if document.part_of else ""
    return {
        "id": document.id,
        "name": document.name,
        "note": " · ".join(filter(None, (within, mark))) or None,
        "about": flat(about, SAID) or None,
        "kind": kind,
        "pages": figure(document.pages),
        "passages": figure(document.chunks),
        "size": size(document.size),
        "added": ago(document.added_at),
        "at": int(aware(document.added_at).timestamp()),
        "tags": list(document.tags),
    }


def _passing_on(name: str, react: Callable[[Any], None]) -> Callable[[], None]:
    def changed() -> None:
        value = (st.session_state.get(KEY) or {}).get(name)
        if value is not None:
            react(value)

    return changed


_component = st.components.v2.component(
    "explorer_shelf",
    js=asset("rich.js", "shelf.js"),
    css=asset("rich.css", "shelf.css"),
    isolate_styles=False,
)
