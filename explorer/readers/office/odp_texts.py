"""The paragraphs of an OpenDocument presentation, slide by slide: docling passes over shapes in groups."""

from __future__ import annotations

from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.office.ooxml import local
from explorer.readers.package import Package
from explorer.readers.reading import Source

_WITHIN = frozenset(["notes", "annotation", "object", "event-listeners"])


def of_slides(source: Source) -> dict[int, list[str]]:
    """Slide number from 1 → its paragraphs, each on one line, notes and comments left out."""
    with Package(source) as package:
        root = package.tree("content.xml")
        pages = (each for each in root.iter() if local(each) == "page") if root is not None else ()
        return {number: _paragraphs(page) for number, page in enumerate(pages, 1)}


def missing(paragraphs: list[str], written: str) -> list[str]:
    """Those that are not in what was written of a slide."""
    said = one_line(written)
    return [text for text in dict.fromkeys(paragraphs) if text not in said]


def _paragraphs(page: Any) -> list[str]:
    found: list[str] = []
    stack = [page]
    while stack:
        element = stack.pop()
        if local(element) in ("p", "h"):
            found.append(_words(element))
        elif local(element) not in _WITHIN:
            stack.extend(reversed(element))
    return [text for text in found if text]


def _words(paragraph: Any) -> str:
    parts = [paragraph.text or ""]
    for each in paragraph.iterdescendants():
        if local(each) in ("s", "tab", "line-break"):
            parts.append(" ")
        parts += [each.text or "", each.tail or ""]
    return one_line("".join(parts))
