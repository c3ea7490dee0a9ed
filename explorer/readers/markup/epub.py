"""EPUB: each chapter, in reading order, is a page; its name in the table of contents is the page's label.

The book is a zip of XHTML. The files that describe it are read as XML without any document type; chapters are
read as HTML, so that what can be read of a damaged one is. Nothing outside the book is looked at.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import unquote

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.decoding import decode, lost_characters
from explorer.readers.markup import html, pictures_of_pages
from explorer.readers.markup.html import Content, written
from explorer.readers.markup.html_walk import walk
from explorer.readers.markup.not_shown import NotShown
from explorer.readers.markup.pictures_of_pages import PictureLook
from explorer.readers.markup.xml import local, tree
from explorer.readers.package import DamagedError, Package
from explorer.readers.pictures.gallery import MOST_BYTES, Gallery, Look
from explorer.readers.pictures.packaged import picture  # noqa: F401  (asked for by registry)
from explorer.readers.reading import Heading, Reading, Source, listed
from explorer.readers.xml_parsing import MalformedError

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Kinds of encryption that are used for fonts only."""
_CHAPTERS = frozenset(["application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document"])
_LABEL_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package file says: facts, the members that are chapters (in order) and tables of contents."""

    facts: dict[str, str]
    chapters: list[str]
    contents: list[str]
    outside: list[str]
    """Pages that stand in no order: what a note or a picture in the book leads to."""


def read(source: Source) -> Reading:
    """Reads an EPUB. Raises ReadError where it is damaged, protected, unpacks to too much or has no text."""
    with Package(source) as package:
        _refuse_protected(source, package)
        book = _book(package)
        whole = _Whole(source)
        labels = _labels(package, book.contents, whole.warnings)
        for number, name in enumerate(book.chapters, 1):
            source.on_page(number, len(book.chapters))
            whole.add(package, name, labels.get(name))
        for name in book.outside:
            whole.add_outside(package, name, labels.get(name))
    return whole.reading(book.facts)


class _Whole:
    """The book as it grows."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._out = Assembly(source)
        self._gallery = Gallery(source)
        self.warnings: list[str] = []
        self._missing = 0
        self._damaged: list[str] = []
        self._lost = 0
        self._outside = 0
        self._not_shown = NotShown()

    def add(self, package: Package, name: str, label: str | None) -> None:
        """Adds a chapter; one without words (a cover) is left out, one that is not there is counted."""
        if name not in package.names:
            self._missing += 1
            return
        self._out.check_pages("chapters")
        try:
            content, lost = _chapter(package.read(name), partial(self._look, package, name), self._not_shown)
        except DamagedError:
            self._damaged.append(label or name)
            return
        self._lost += lost
        if not content.text.strip():
            return
        out, start = self._out, self._out.length
        first = next((each for each in content.headings), None)
        if label and first is None:
            out.headings.append(Heading(start, 1, label))
        out.headings += [Heading(start + each.start, each.level, each.text) for each in content.headings]
        out.tables += [
            replace(each, start=start + each.start, end=start + each.end) for each in content.tables
        ]
        out.asides += [(start + begin, start + end) for begin, end in content.asides]
        pictures_of_pages.keep(self._gallery, content.pictures, out.page_number, start)
        label = (label or (first.text if first else "") or "")[:_LABEL_CHARACTERS]
        out.add_page(content.text + "\n\n", label or None)

    def add_outside(self, package: Package, name: str, label: str | None) -> None:
        """Adds a page that the reading order leaves out."""
        before = self._out.length
        if name in package.names:
            self.add(package, name, label)
        self._outside += self._out.length > before

    def _look(self, package: Package, chapter: str, address: str, alt: str) -> Look | None:
        """A look at a picture that a chapter shows: a member of the book, or the bytes in its address."""
        member = _member(posixpath.dirname(chapter), address)
        if member not in package.names:
            return pictures_of_pages.in_data(self._gallery, address, alt)
        return self._gallery.look(member, partial(package.read_apart, member, MOST_BYTES), alt)

    def reading(self, facts: dict[str, str]) -> Reading:
        """The book. Raises ReadError where no chapter has words."""
        if not self._out.length and self._damaged:
            raise ReadError(f"{self._source.shown} could not be read: all of its chapters are damaged.")
        if not self._out.length:
            raise ReadError(f"{self._source.shown} has no text: none of its chapters has words.")
        if self._missing:
            chapters = "1 chapter" if self._missing == 1 else f"{self._missing:,} chapters"
            verb = "is" if self._missing == 1 else "are"
            self._out.warnings.append(f"{chapters} that the book lists {verb} not in it.")
        if self._damaged:
            count = len(self._damaged)
            what = "1 chapter is" if count == 1 else f"{count:,} chapters are"
            self._out.warnings.append(f"{what} damaged and left out: {listed(self._damaged)}.")
        if self._outside:
            what = "1 page stands" if self._outside == 1 else f"{self._outside:,} pages stand"
            self._out.warnings.append(f"{what} outside of the reading order, and behind the chapters here.")
        self._out.warnings += self.warnings
        self._gallery.end(self._out)
        if self._lost:
            self._out.warnings.append(lost_characters(self._lost))
        self._out.warnings += self._not_shown.warnings()
        return self._out.reading(
            "epub",
            title=facts.get("title"),
            author=facts.get("creator"),
            language=facts.get("language"),
            date=_day(facts.get("date", "")),
        )


def _chapter(data: bytes, look: PictureLook, not_shown: NotShown) -> tuple[Content, int]:
    """What a chapter holds, and how many of its characters could not be decoded."""
    text, _, lost = decode(data)
    try:
        root, _ = html.tree(text)
    except MalformedError:  # a chapter without any words
        return Content(""), lost
    return written(walk(root, look, not_shown), with_links=False), lost


def _refuse_protected(source: Source, package: Package) -> None:
    """Raises ReadError for a book whose text is encrypted; hidden fonts do not matter."""
    if _ENCRYPTION not in package.names:
        return
    root = tree(package.read(_ENCRYPTION))[0]
    ways = [each.get("Algorithm") or "" for each in _all(root, "EncryptionMethod")]
    if any(way not in _FONTS_ONLY for way in ways):
        raise ReadError(
            f"{source.shown} is protected against copying (DRM) and cannot be read. Add a copy without it."
        )


def _book(package: Package) -> _Book:
    """What the book says of itself. Raises ReadError where it does not say which members are its chapters."""
    if _CONTAINER not in package.names:
        raise package.damaged()
    rootfile = next(iter(_all(tree(package.read(_CONTAINER))[0], "rootfile")), None)
    path = unquote(rootfile.get("full-path") or "") if rootfile is not None else ""
    if path not in package.names:
        raise package.damaged()
    root = tree(package.read(path))[0]
    folder = posixpath.dirname(path)
    items = {each.get("id"): each for each in _all(root, "item")}
    spine = [items.get(each.get("idref")) for each in _all(root, "itemref")]
    chapters = [
        _member(folder, item.get("href") or "")
        for item in spine
        if item is not None and (item.get("media-type") or "") in _CHAPTERS
    ]
    contents = [
        _member(folder, item.get("href") or "")
        for item in items.values()
        if "nav" in (item.get("properties") or "").split()
        or item.get("media-type") == "application/x-dtbncx+xml"
    ]
    pages = (_member(folder, item.get("href") or "") for item in items.values() if _is_page(item))
    outside = [name for name in dict.fromkeys(pages) if name not in {*chapters, *contents}]
    return _Book(_facts(root), list(dict.fromkeys(chapters)), contents, outside)


def _is_page(item: Any) -> bool:
    return (item.get("media-type") or "") in _CHAPTERS - {"application/xml"}


def _facts(root: Any | None) -> dict[str, str]:
    facts: dict[str, str] = {}
    for metadata in _all(root, "metadata"):
        for each in metadata.iter():
            text = " ".join((each.text or "").split())[:500]
            if text and local(each).lower() in ("title", "creator", "language", "date"):
                facts.setdefault(local(each).lower(), text)
    return facts


def _labels(package: Package, contents: list[str], warnings: list[str]) -> dict[str, str]:
    """Member → its name in the table of contents: a page (EPUB 3) or a file of its own (NCX, EPUB 2)."""
    labels: dict[str, str] = {}
    for name in contents:
        try:
            root = tree(package.read(name))[0] if name in package.names else None
        except DamagedError:
            warnings.append("The table of contents is damaged: chapters go by their own headings.")
            continue
        for address, text in _entries(root):
            member = _member(posixpath.dirname(name), address)
            if text:
                labels.setdefault(member, text[:500])
    return labels


def _entries(root: Any | None) -> Iterator[tuple[str, str]]:
    for link in _all(root, "a"):
        yield link.get("href") or "", " ".join("".join(link.itertext()).split())
    for point in _all(root, "navPoint"):
        target = next((each for each in point if local(each) == "content"), None)
        label = next((each for each in point if local(each) == "navLabel"), None)
        if target is not None and label is not None:
            yield target.get("src") or "", " ".join("".join(label.itertext()).split())


def _all(root: Any | None, name: str) -> list[Any]:
    return [each for each in root.iter() if local(each) == name] if root is not None else []


def _member(folder: str, address: str) -> str:
    """The member that an address means: a name to look up in the zip, never a path."""
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, path)).lstrip("/")


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return (
            date(int(value[:4]), 1, 1)
            if value[:4].isascii() and value[:4].isdigit() and value[:4] != "0000"
            else None
        )
