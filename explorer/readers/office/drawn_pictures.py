"""Pictures in Office files: which members of the package they are, what is said of them, where they stand."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from explorer.errors import ReadError
from explorer.readers.office.ooxml import child, children, local, value
from explorer.readers.package import Package
from explorer.readers.pictures.drawn import DrawnPicture, known_by
from explorer.readers.pictures.gallery import described
from explorer.readers.reading import Source
from explorer.types import Box


def below(
    relations: dict[str, tuple[str, str]], element: Any, *, boxes: bool = False
) -> Iterator[DrawnPicture]:
    """The pictures below an element of Office Open XML, by the relations of its part.

    `boxes`: those within text boxes too. The older form of a drawing, kept beside it, is passed over.
    """
    for each in element.iter("{*}blip", "{*}imagedata"):
        kind, member = relations.get(value(each, "embed") or value(each, "id") or "", ("", ""))
        if kind == "image" and not _is_elsewhere(each, element, boxes):
            yield DrawnPicture(member, _said(each))


def of_drawing(package: Package, part: str) -> Iterator[DrawnPicture]:
    """The pictures of a drawing on a sheet."""
    root = package.tree(part)
    if root is not None:
        yield from below(package.relations(part), root)


def on_slides(source: Source) -> dict[int, list[DrawnPicture]]:
    """The pictures on each slide of a PPTX, in its order, by the slide's number from 1."""
    found: dict[int, list[DrawnPicture]] = {}
    with Package(source) as package:
        main = package.tree("ppt/presentation.xml")
        parts = package.relations("ppt/presentation.xml")
        size = child(main, "sldSz") if main is not None else None
        wide, high = (_length(value(size, name)) for name in ("cx", "cy"))
        for count, slide in enumerate(children(main, "sldIdLst"), start=1):
            key = next((held for name, held in slide.attrib.items() if name.endswith("}id")), "")
            part = parts.get(key, ("", ""))[1]
            try:
                root, relations = package.tree(part), package.relations(part)
            except ReadError:  # a damaged slide is missing as a whole, and a warning says so
                continue
            for picture in root.iter("{*}pic") if root is not None else ():
                found.setdefault(count, []).extend(
                    DrawnPicture(each.where, each.alt, _box(picture, wide, high))
                    for each in below(relations, picture)
                )
    return found


def in_opendocument(source: Source, *, slides: bool) -> dict[int, list[DrawnPicture]]:
    """The pictures of an ODT (all under 1) or ODP (by the slide's number), with their anchors."""
    with Package(source) as package:
        root = package.tree("content.xml")
        found: dict[int, list[DrawnPicture]] = {}
        if root is None:
            return found
        page, anchor = (0 if slides else 1), ""
        for each in root.iter("{*}page", "{*}p", "{*}h", "{*}image"):
            name = local(each)
            if name == "page":
                page, anchor = page + slides, ""
            elif name in ("p", "h"):
                anchor = known_by("".join(each.itertext())) or anchor
            elif member := _member(package, value(each, "href") or ""):
                found.setdefault(max(page, 1), []).append(DrawnPicture(member, _told(each), anchor=anchor))
    return found


def in_frames(package: Package, element: Any) -> Iterator[DrawnPicture]:
    """The pictures below an element of OpenDocument."""
    for each in element.iter("{*}image"):
        if member := _member(package, value(each, "href") or ""):
            yield DrawnPicture(member, _told(each))


def _told(image: Any) -> str:
    """What the frame of an image says of it."""
    return described(
        *("".join(held.itertext()) for held in image.getparent() if local(held) in ("title", "desc"))
    )


def _member(package: Package, address: str) -> str:
    name = posixpath.normpath(address.removeprefix("./"))
    return name if name in package.names else ""


def _said(element: Any) -> str:
    """The alternative text of a picture, from whatever stands around it and carries one."""
    for around in element.iterancestors():
        name = local(around)
        if name in ("inline", "anchor"):
            stated = child(around, "docPr")
        elif name == "pic":
            stated = next((child(each, "cNvPr") for each in around if local(each) == "nvPicPr"), None)
        elif name == "shape":
            return described(value(around, "alt"), value(around, "title"))
        else:
            continue
        if said := described(value(stated, "descr"), value(stated, "title")):
            return said
    return ""


def _is_elsewhere(element: Any, top: Any, boxes: bool) -> bool:
    for each in element.iterancestors():
        if each is top:
            return False
        if local(each) == "Fallback" or (local(each) == "txbxContent" and not boxes):
            return True
    return False


def _box(picture: Any, wide: float, high: float) -> Box | None:
    """Where a picture stands on its slide; None within a group, whose places are its own."""
    frame = child(picture, "spPr", "xfrm")
    off, size = (None, None) if frame is None else (child(frame, "off"), child(frame, "ext"))
    if off is None or size is None or min(wide, high) <= 0:
        return None
    if any(local(each) == "grpSp" for each in picture.iterancestors()):
        return None
    left, top = _length(value(off, "x")) / wide, _length(value(off, "y")) / high
    right, bottom = left + _length(value(size, "cx")) / wide, top + _length(value(size, "cy")) / high
    edges = [min(max(edge, 0.0), 1.0) for edge in (left, top, right, bottom)]
    return Box(*edges) if edges[0] < edges[2] and edges[1] < edges[3] else None


def _length(text: str | None) -> float:
    """A length in English metric units; 0 for what is none."""
    digits = (text or "").strip()
    return float(digits) if digits.lstrip("-").isdecimal() and len(digits) < 15 else 0.0
