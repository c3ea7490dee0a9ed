"""XPS and OpenXPS: fixed pages in a zip of XML, whose runs of letters say where they stand.

Runs come in the order in which they were printed, and those that follow each other on one line are joined:
to sort all runs of a page by their height would mix the columns of a text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_line
from explorer.readers.markup.xml import local
from explorer.readers.package import DamagedError, Package
from explorer.readers.pictures import images
from explorer.readers.pictures.drawn import DrawnPicture
from explorer.readers.pictures.gallery import MOST_BYTES, Gallery, described
from explorer.readers.reading import Reading, Source
from explorer.types import PictureImage

_PIECE = re.compile(r"/\[(\d{1,6})\](?:\.last)?\.piece$", re.I)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_CONVERTED = re.compile(r"\s*(?:\{\s*ColorConvertedBitmap\s+)?([^\s{}]+)")
"""The address of a picture, also where a profile of colours stands behind it."""
_Matrix = tuple[float, float, float, float, float, float]
_UPRIGHT: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SAME_LINE = 0.5
"""Runs whose feet differ by less than this share of their size stand on one line."""
_WORD_GAP = 0.2
"""A gap of more than this share of the letters' size parts words."""
_CELL_GAP = 2.0
"""A gap of more than this many sizes parts columns."""
_LETTER_WIDTH = 0.5
"""About how wide a letter is, in sizes, where a run does not say it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters that stand beside each other, in hundredths of an inch nearly (1/96)."""

    x: float
    y: float
    width: float
    size: float
    text: str


def read(source: Source) -> Reading:
    """Reads an XPS document. Raises ReadError where it is damaged or has no text."""
    with Package(source) as package:
        parts = _Parts(package)
        pages = list(parts.pages())
        out, gallery = Assembly(source), Gallery(source)
        damaged = silent = 0
        for number, name in enumerate(pages, 1):
            source.on_page(number, len(pages))
            out.page()
            try:
                root = parts.tree(name)
            except DamagedError:
                damaged += 1
                root = None
            out.put("\n".join(_lines(list(_runs(root)))))
            for each in parts.pictures(name, root):
                each.put(gallery, out, parts)
            silent += not out.page_text
        gallery.end(out)
        facts = package.core_properties()
    if not pages or damaged == len(pages):
        raise ReadError(f"{source.shown} could not be read: the file is damaged.")
    if silent == len(pages):
        raise ReadError(f"{source.shown} has no text: its pages are pictures.")
    if damaged:
        out.warnings.append(f"{damaged:,} {'page is' if damaged == 1 else 'pages are'} damaged and left out.")
    if silent > damaged:
        pictures = "page is a picture" if silent - damaged == 1 else "pages are pictures"
        out.warnings.append(f"{silent - damaged:,} {pictures} without text and not read.")
    return out.reading("xps", title=facts.get("title"), author=facts.get("creator"))


def picture(source: Source, where: str, width: int) -> PictureImage:
    """The picture that is the part `where`, as it can be shown. Raises ReadError where there is none."""
    with Package(source) as package:
        data = _Parts(package).read_apart(where, MOST_BYTES)
    return images.shown(images.decoded(data, source.limits, width).pixels, width)


class _Parts:
    """The parts of the package by their names, whose case does not matter; some are stored in pieces."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._members: dict[str, list[str]] = {}
        for name in sorted(package.names, key=_piece):
            part = name.rpartition("/")[0] if name.lower().endswith(".piece") else name
            self._members.setdefault(part.lower(), []).append(name)

    def tree(self, name: str) -> Any | None:
        """A part's root element, or None where there is no such part. Raises DamagedError."""
        members = self._named_so(name)
        if len(members) == 1 and not members[0].lower().endswith(".piece"):
            return self._package.tree(members[0])
        return self._package.tree_of(b"".join(map(self._package.read, members))) if members else None

    def read_apart(self, name: str, most: int) -> bytes:
        """The bytes of a part that is a picture. Raises ReadError where it is damaged, missing or larger."""
        members = self._named_so(name)
        if not members:
            raise ReadError("The file holds no such picture.")
        return b"".join(self._package.read_apart(member, most) for member in members)

    def pictures(self, page: str, root: Any | None) -> Iterator[DrawnPicture]:
        """The pictures that a page is painted with, with what is said of them."""
        for brush in root.iter("{*}ImageBrush") if root is not None else ():
            named = _CONVERTED.match(brush.get("ImageSource") or "")
            part = _address(posixpath.dirname(page), named[1] if named else "")
            if self._named_so(part):
                around = (each.get("AutomationProperties.Name") for each in brush.iterancestors())
                yield DrawnPicture(part, described(*around))

    def _named_so(self, name: str) -> list[str]:
        return self._members.get(name.lower(), [])

    def pages(self) -> Iterator[str]:
        """The parts that are pages, in the order of the document."""
        for sequence in sorted(name for name in self._members if name.endswith(".fdseq")):
            for document in self._named(sequence, "DocumentReference"):
                for page in self._named(document, "PageContent"):
                    if page.lower() in self._members:
                        yield page

    def _named(self, name: str, tag: str) -> Iterator[str]:
        """The parts that a part refers to, by elements called `tag`."""
        root = self.tree(name)
        folder = posixpath.dirname(name)
        for each in root.iter() if root is not None else ():
            if local(each) == tag and each.get("Source"):
                yield _address(folder, each.get("Source"))


def _address(folder: str, address: str) -> str:
    """The part that an address within a part in `folder` leads to."""
    return posixpath.normpath(posixpath.join("/", folder, unquote(address))).lstrip("/")


def _piece(name: str) -> tuple[str, int]:
    found = _PIECE.search(name)
    return (name[: found.start()], int(found[1])) if found else (name, 0)


def _runs(root: Any | None) -> Iterator[_Run]:
    """The runs of letters of a page, in their order; without recursion."""
    stack: list[tuple[Any, _Matrix]] = [(root, _UPRIGHT)] if root is not None else []
    while stack:
        element, matrix = stack.pop()
        name = local(element)
        if name in ("VisualBrush", "ResourceDictionary", "FixedPage.Resources"):
            continue
        matrix = _times(_transform(element), matrix)
        text = element.get("UnicodeString") if name == "Glyphs" else None
        if text:
            yield _run(element, text.removeprefix("{}"), matrix)
        stack.extend((child, matrix) for child in reversed(element))


def _run(glyphs: Any, text: str, matrix: _Matrix) -> _Run:
    x, y, size = (_number(glyphs.get(key)) for key in ("OriginX", "OriginY", "FontRenderingEmSize"))
    a, b, c, d, e, f = matrix
    scale = abs(a) or abs(b) or 1.0
    width = _width(glyphs.get("Indices") or "", len(text)) * size
    return _Run(x * a + y * c + e, x * b + y * d + f, width * scale, size * (abs(d) or abs(c) or 1.0), text)


def _width(indices: str, letters: int) -> float:
    """How wide a run is, in sizes: by the steps that its letters take, as far as they are told."""
    told = [_NUMBER.findall(each.split(",")[1]) for each in indices.split(";") if "," in each]
    steps = [float(numbers[0]) / 100 for numbers in told if numbers]
    return sum(steps) + max(letters - len(steps), 0) * _LETTER_WIDTH


def _lines(runs: list[_Run]) -> list[str]:
    """The lines of a page: runs that follow each other on one line are joined."""
    lines: list[list[_Run]] = []
    for run in runs:
        last = lines[-1][-1] if lines else None
        if last and abs(run.y - last.y) < _SAME_LINE * min(run.size, last.size) and run.x >= last.x:
            lines[-1].append(run)
        else:
            lines.append([run])
    joined = (one_line(_joined(line)) for line in lines)
    return [line for line in joined if line]


def _joined(line: list[_Run]) -> str:
    parts: list[str] = []
    end = 0.0
    for run in line:
        gap = run.x - end
        if parts and not parts[-1].endswith(" ") and not run.text.startswith(" "):
            parts.append(" | " if gap > _CELL_GAP * run.size else " " if gap > _WORD_GAP * run.size else "")
        parts.append(run.text)
        end = run.x + run.width
    return "".join(parts)


def _transform(element: Any) -> _Matrix:
    """How an element is moved and turned: by an attribute, or by an element within it."""
    stated = element.get("RenderTransform")
    within = next((each for each in element if local(each).endswith(".RenderTransform")), None)
    if stated is None and within is not None and len(within):
        stated = within[0].get("Matrix")
    numbers = [float(each) for each in _NUMBER.findall(stated or "")]
    if len(numbers) != 6:
        return _UPRIGHT
    return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])


def _times(first: _Matrix, second: _Matrix) -> _Matrix:
    """The matrix of going through `first`, then `second`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _number(text: str | None) -> float:
    found = _NUMBER.match(text or "")
    return float(found[0]) if found else 0.0
