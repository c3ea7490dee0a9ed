"""The SmartArt on the slides of a PPTX, which docling passes over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explorer.errors import ReadError
from explorer.readers.office.ooxml import children, value
from explorer.readers.package import Package
from explorer.readers.reading import Source


def on_slides(source: Source) -> dict[int, list[Any]]:
    """The SmartArt on each slide, by the slide's number from 1."""
    with Package(source) as package:
        if not any(name.startswith("ppt/diagrams/") for name in package.names):
            return {}
        main = package.tree("ppt/presentation.xml")
        parts = package.relations("ppt/presentation.xml")
        found: dict[int, list[Any]] = {}
        for number, slide in enumerate(children(main, "sldIdLst"), start=1):
            key = next((held for name, held in slide.attrib.items() if name.endswith("}id")), "")
            found[number] = list(_data_of_slide(package, parts.get(key, ("", ""))[1]))
        return found


def _data_of_slide(package: Package, part: str) -> Iterator[Any]:
    related = package.relations(part)
    if not any(kind == "diagramData" for kind, _ in related.values()):
        return
    try:
        root = package.tree(part)
    except ReadError:  # a damaged slide is missing as a whole, and a warning says so
        return
    for each in root.iter("{*}relIds") if root is not None else ():
        kind, name = related.get(value(each, "dm") or "", ("", ""))
        if kind == "diagramData" and (data := package.tree(name)) is not None:
            yield data
