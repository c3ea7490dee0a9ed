"""HTML: headings, text and rows of tables. Nothing is fetched, no script runs, no entity expands.

Blocks are separated by blank lines, list items and table rows by line ends. A row stays on one line, its
cells separated by " | "; a merged cell is repeated. What is set aside stands behind the main part:
navigation, headers, footers and asides first, then the addresses that links lead to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from explorer.errors import ReadError
from explorer.readers import xml_parsing
from explorer.readers.assembly import day, one_page
from explorer.readers.decoding import decode, lost_characters, normal
from explorer.readers.markup import pictures_of_pages
from explorer.readers.markup.html_walk import Walk, walk
from explorer.readers.markup.html_writer import ShownPicture, Writer
from explorer.readers.markup.not_shown import NotShown
from explorer.readers.markup.pictures_of_pages import PictureLook
from explorer.readers.pictures import images
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.reading import Heading, Reading, ReadTable, Source, scrubbed
from explorer.readers.xml_parsing import MalformedError
from explorer.types import PictureImage

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|encoding\s*=\s*["']([\w.:-]{2,40})["']""",
    re.I,
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


_FLAT = "The HTML is nested too deeply; its text was read without its structure."
_TAG = re.compile(r"<[^<>]{0,10000}>")
_DEEP_TAG = re.compile(r"</?(?!(?:h[1-6]|p|li|tr|td|th|br|title|script|style)\b)[a-z][^<>]{0,10000}>", re.I)


def read(source: Source) -> Reading:
    """Reads an HTML file. Raises ReadError when it holds no text."""
    try:
        gallery = Gallery(source)
        page = page_of(source, source.path.read_bytes(), look=partial(pictures_of_pages.in_data, gallery))
    except MalformedError as error:
        raise ReadError(f"{source.shown} has no text.") from error
    out = one_page(source, page.content.text, page.warnings)
    source.on_page(1, 1)
    out.headings += page.content.headings
    out.tables += page.content.tables
    out.asides += page.content.asides
    pictures_of_pages.keep(gallery, page.content.pictures, 1, 0)
    gallery.end(out)
    return out.reading(
        "html",
        title=page.title,
        author=page.author,
        language=page.language,
        date=page.date,
        addresses=page.content.addresses,
    )


@dataclass(frozen=True, slots=True)
class Content:
    """What a tree holds: its text, and where in it headings, tables, asides and addresses stand."""

    text: str
    headings: tuple[Heading, ...] = ()
    tables: tuple[ReadTable, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()
    addresses: tuple[tuple[int, int], ...] = ()
    pictures: tuple[ShownPicture, ...] = ()


def picture(source: Source, where: str, width: int) -> PictureImage:
    """A picture that stands in the page as a data address, as it can be shown. Raises ReadError."""
    data = source.path.read_bytes()
    root, _ = tree(decode(data, declared_encoding(data))[0])
    found = pictures_of_pages.find_data(root, where)
    if found is None:
        raise ReadError(f"{source.shown} holds no such picture.")
    return images.shown(images.decoded(found, source.limits, width).pixels, width)


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page of HTML: what it holds, and what it says of itself."""

    content: Content
    title: str | None
    author: str | None
    language: str | None
    date: date | None
    warnings: tuple[str, ...]


def page_of(
    source: Source,
    data: bytes,
    encoding: str | None = None,
    *,
    with_links: bool = True,
    look: PictureLook | None = None,
    holds_frames: bool = False,
) -> WebPage:
    """A page of HTML from its bytes, in `encoding` where something around the page names one.

    `with_links`: the addresses that its links lead to stand behind its text. `look`: what is asked about each
    picture. `holds_frames`: whether the pages of its frames are read by themselves.

    Raises MalformedError when it holds no element at all, and ReadError beyond the limit of characters.
    """
    source.check_characters(len(data) // 4)
    text, _, lost = decode(data, encoding or declared_encoding(data))
    root, is_flat = tree(text)
    title, author, published = _metadata(root)
    not_shown = NotShown(holds_frames)
    content = written(walk(root, look, not_shown), with_links)
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return WebPage(
        content,
        title or next((each.text for each in content.headings if each.level == 1), None),
        author,
        language.lower() or None,
        published,
        (*([_FLAT] if is_flat else ()), *([lost_characters(lost)] if lost else ()), *not_shown.warnings()),
    )


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page states at its beginning, or None."""
    declared = _DECLARED.search(data[:4096])
    return (declared[1] or declared[2]).decode("ascii", "replace") if declared else None


def tree(text: str) -> tuple[Any, bool]:
    """The root element, and whether the file is nested deeper than the parser goes.

    Such a file is parsed again with nothing but tags that end the one before (paragraphs, cells, headings).
    Raises MalformedError where there is no element.
    """
    text = normal(_XML_DECLARATION.sub("", text, count=1))
    root, is_cut = xml_parsing.html(text)
    if not is_cut:
        return root, False
    root, is_cut = xml_parsing.html(_DEEP_TAG.sub("<br>", text))
    if is_cut:
        root, _ = xml_parsing.html(_TAG.sub(" ", text))
    return root, True


def _metadata(root: Any) -> tuple[str | None, str | None, date | None]:
    """Title, author and date from the head."""
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").lower()
        if key and meta.get("content"):
            named.setdefault(key, _line(meta.get("content")))
    title = root.findtext(".//head/title") or ""
    published = None
    for key in (
        "article:published_time",
        "date",
        "dc.date",
        "dcterms.date",
        "dc.date.issued",
        "last-modified",
    ):
        published = published or day(named.get(key))
    author = named.get("author") or named.get("dc.creator")
    return _line(title) or named.get("og:title") or None, author or None, published


def _line(text: str) -> str:
    return scrubbed(" ".join(text.split()))[:500]


def written(walked: Walk, with_links: bool = True) -> Content:
    """The main part, then what is set aside: the rest, readings, and the addresses that links lead to."""
    readings = Writer()
    readings.add_exactly("\n".join(dict.fromkeys(walked.readings)))
    links = Writer()
    links.add_exactly("\n".join(dict.fromkeys(walked.links) if with_links else ()))
    headings: list[Heading] = []
    tables: list[ReadTable] = []
    apart: list[tuple[int, int]] = []
    pictures: list[ShownPicture] = []
    parts: list[str] = []
    offset = 0
    for writer in (walked.main, walked.rest, readings, links):
        text = scrubbed(writer.text)
        if not text.strip():
            continue
        for start, level, end in writer.headings:
            title = " ".join(text[start:end].split())
            if title:
                headings.append(Heading(offset + start, level, title[:500]))
        tables += [replace(each, start=offset + each.start, end=offset + each.end) for each in writer.tables]
        pictures += [
            replace(each, start=offset + each.start, end=offset + each.end) for each in writer.pictures
        ]
        if parts:
            apart.append((offset, offset + len(text)))
        parts.append(text)
        offset += len(text) + 2
    headings.sort(key=lambda heading: heading.start)
    addresses = (apart.pop(),) if links.text.strip() and apart else ()
    return Content(
        "\n\n".join(parts), tuple(headings), tuple(tables), tuple(apart), addresses, tuple(pictures)
    )


def page_text(markup: str) -> str:
    """The text of a whole page within another format (the body of a mail); "" where it holds none."""
    try:
        root, _ = tree(markup)
    except MalformedError:
        return ""
    return written(walk(root), with_links=False).text


def without_tags(markup: str) -> str:
    """The text of a fragment of HTML within another format; `markup` itself where it is no HTML."""
    if not _FRAGMENT.search(markup):
        return markup
    try:
        root, _ = xml_parsing.html(markup, huge=False)
    except MalformedError:
        return markup
    return written(walk(root), with_links=False).text or markup


_FRAGMENT = re.compile(r"</(?:p|div|a|b|i|em|strong|span|li|td|h[1-6]|pre|code)\s*>|<br\s*/?>", re.I)
