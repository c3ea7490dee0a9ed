"""Hits as a file to keep or to hand on: a table for spreadsheets (CSV), or a list with quotes (Markdown)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import streamlit as st

from explorer.maps import defused
from explorer.types import Hit
from ui.chat.export import escaped, file_name
from ui.wording import figure

COLUMNS = ("Rank", "Document", "Page", "Last page", "Headings", "Score", "Passage")


def offer(question: str, hits: Sequence[Hit]) -> None:
    """Draws the menu. A file is made when it is asked for."""
    with st.popover("Export", icon=":material/download:", type="tertiary", key="export-hits"):
        for ending, label, make in (
            ("csv", "Table (CSV)", lambda: as_csv(hits).encode("utf-8-sig")),
            ("md", "Text with quotes (Markdown)", lambda: as_markdown(question, hits).encode()),
        ):
            st.download_button(
                label,
                data=make,
                file_name=file_name(question, ending),
                on_click="ignore",
                type="tertiary",
                key=f"export-hits-{ending}",
            )


def as_csv(hits: Sequence[Hit]) -> str:
    """A row for each hit and for each that says nearly the same."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for hit in _all(hits):
        chunk = hit.chunk
        headings = " › ".join(chunk.headings)
        row = (
            hit.rank,
            hit.document.name,
            chunk.page,
            chunk.end_page,
            headings,
            round(hit.score, 3),
            chunk.text,
        )
        table.writerow([defused(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def as_markdown(question: str, hits: Sequence[Hit]) -> str:
    """The question, and each hit as a quote with where it stands."""
    parts = [f"# {escaped(' '.join(question.split()))}"]
    for hit in _all(hits):
        quoted = "\n".join(f"> {escaped(line)}".rstrip() for line in hit.chunk.text.strip().splitlines())
        place = f", page {figure(hit.chunk.page)}" if hit.document.pages > 1 else ""
        above = " › ".join(escaped(heading) for heading in hit.chunk.headings)
        parts += [f"## {figure(hit.rank)} {escaped(hit.document.name)}{place}", above, quoted]
    return "\n\n".join(part for part in parts if part) + "\n"


def _all(hits: Sequence[Hit]) -> Iterator[Hit]:
    for hit in hits:
        yield from (hit, *hit.also)
