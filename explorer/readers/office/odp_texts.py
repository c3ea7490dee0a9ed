"""What docling passes over in an OpenDocument presentation: shapes in groups, headers and footers."""

from __future__ import annotations

import re
from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.office.ooxml import local, value
from explorer.readers.package import Package
from explorer.readers.reading import Source

_USED = re.compile(r"\}use-(?:header|footer)-name$")
_WITHIN = frozenset(["notes", "annotation", "object", "event-listeners"])


def of_slides(source: Source) -> dict[int, list[str]]:
    """Slide number from 1 → its paragraphs, each on one line, notes and comments left out."""
    with Package(source) as package:
        root = package.tree("content.xml")
        pages = (each for each in root.iter() if local(each) == "page") if root is not None else ()
        return {number: _paragraphs(page) for number, page in enumerate(pages, 1)}


def running(source: Source) -> list[str]:
    """The headers and footers that slides are shown with, each once."""
    with Package(source) as package:
        root = package.tree("content.xml")
    if root is None:
        return []
    used = {held for page in root.iter("{*}page") for name, held in page.attrib.items() if _USED.search(name)}
    stated = (each for each in root.iter("{*}header-decl", "{*}footer-decl") if value(each, "name") in used)
    return list(dict.fromkeys(filter(None, map(_words, stated))))


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
