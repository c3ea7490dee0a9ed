"""Saved web pages (MHTML, RFC 2557): a page in the form of a mail, its frames behind it, as one document.

Style sheets, scripts and fonts belong to the page and are no documents; its pictures are pictures of it.
Files of other kinds that it brings along become documents of their own. Excel saves workbooks so, too, each
sheet a frame.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from functools import partial
from typing import Any, cast
from urllib.parse import urljoin

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_line
from explorer.readers.containers.encoded_words import decoded
from explorer.readers.containers.mail import AS_IT_STANDS, named_file
from explorer.readers.containers.mail_head import mended
from explorer.readers.containers.members import Parts
from explorer.readers.decoding import decode
from explorer.readers.markup import pictures_of_pages
from explorer.readers.markup.html import WebPage, page_of, tree
from explorer.readers.pictures import images
from explorer.readers.pictures.gallery import Gallery, Look
from explorer.readers.reading import Heading, Reading, Source
from explorer.readers.xml_parsing import MalformedError
from explorer.types import PictureImage

_PAGES = frozenset(("text/html", "application/xhtml+xml"))
_LAYOUT = re.compile(
    r"text/(?:css|javascript|ecmascript|xml|vbscript)|(?:font|audio|video)/"
    r"|application/(?:x-)?(?:javascript|ecmascript|font|json|manifest|xml|mso|vnd\.ms-)"
)
_PICTURE, _OTHER = "picture", "style sheet, script or other part of its layout"


def read(source: Source) -> Reading:
    """Reads a saved page. Raises ReadError where it holds no text."""
    data, _ = mended(source.path.read_bytes())
    message = message_from_bytes(data, policy=AS_IT_STANDS)
    parts = Parts(source)
    left_out: Counter[str] = Counter()
    pages: list[WebPage] = []
    gallery = Gallery(source)
    pictures = _Pictures(gallery, message)
    holds_frames = sum(part.get_content_type() in _PAGES for part in _leaves(message)) > 1
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind in _PAGES:
            pages += _page(source, part, pictures, holds_frames)
        elif kind.startswith("image/"):
            left_out[_PICTURE] += 1
        elif _LAYOUT.match(kind):
            left_out[_OTHER] += 1
        elif content := _content(part):
            parts.add(named_file(part, parts.taken + 1), content)
    if not pages:
        raise ReadError(f"{source.shown} has no text.")
    left_out[_PICTURE] -= len(pictures.shown)
    return _written(source, message, pages, gallery, (*_said(+left_out), *parts.warnings()))


def picture(source: Source, where: str, width: int) -> PictureImage:
    """A picture of a saved page, as it can be shown. Raises ReadError where there is none of this name."""
    message = message_from_bytes(mended(source.path.read_bytes())[0], policy=AS_IT_STANDS)
    for number, part in enumerate(_leaves(message)):
        if where == f"part:{number}":
            data = _content(part)
        elif where.startswith("data:") and part.get_content_type() in _PAGES:
            data = pictures_of_pages.find_data(tree(decode(_content(part))[0])[0], where) or b""
        else:
            continue
        if data:
            return images.shown(images.decoded(data, source.limits, width).pixels, width)
    raise ReadError(f"{source.shown} holds no such picture.")


class _Pictures:
    """The pictures that a saved page brings along, by the addresses that its pages call them by."""

    def __init__(self, gallery: Gallery, message: Message[Any, Any]) -> None:
        self._gallery = gallery
        self._parts: dict[str, tuple[str, Message[Any, Any]]] = {}
        self.shown: set[str] = set()
        for number, part in enumerate(_leaves(message)):
            if part.get_content_type().startswith("image/"):
                for address in (str(part.get("Content-Location", "")), _by_id(part)):
                    if address.strip():
                        self._parts.setdefault(address.strip(), (f"part:{number}", part))

    def look(self, base: str, address: str, alt: str) -> Look | None:
        """A look at the picture at an address of a page at `base`."""
        for known in (address.strip(), _joined(base, address.strip())):
            if known in self._parts:
                where, part = self._parts[known]
                found = self._gallery.look(where, partial(_content, part), alt)
                if found is not None:
                    self.shown.add(where)
                return found
        return pictures_of_pages.in_data(self._gallery, address, alt)


def _by_id(part: Message[Any, Any]) -> str:
    key = str(part.get("Content-ID", "")).strip().strip("<>")
    return f"cid:{key}" if key else ""


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _leaves(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """The parts that hold something, in their order; without recursion."""
    stack = [message]
    while stack:
        part = stack.pop()
        inner = part.get_payload()
        if isinstance(inner, list):
            stack += reversed(cast("list[Message[Any, Any]]", inner))
        else:
            yield part


def _content(part: Message[Any, Any]) -> bytes:
    return cast("bytes | None", part.get_payload(decode=True)) or b""


def _page(
    source: Source, part: Message[Any, Any], pictures: _Pictures, holds_frames: bool
) -> Iterator[WebPage]:
    """The page of a part, if it holds words."""
    look = partial(pictures.look, str(part.get("Content-Location", "")).strip())
    try:
        page = page_of(
            source, _content(part), part.get_content_charset(), look=look, holds_frames=holds_frames
        )
    except MalformedError:  # an empty frame
        return
    if page.content.text.strip():
        yield page


def _said(left_out: Mapping[str, int]) -> Iterator[str]:
    for what, count in left_out.items():
        plural = what.replace("sheet, script or other part", "sheets, scripts or other parts")
        plural = f"{what}s" if what == _PICTURE else plural
        verb = "was" if count == 1 else "were"
        yield f"{count:,} {what if count == 1 else plural} {verb} left out."


def _label(page: WebPage, pages: Sequence[WebPage]) -> str | None:
    """What a frame is called, where there are several."""
    return one_line(page.title or "", 100) or None if len(pages) > 1 else None


def _written(
    source: Source,
    message: Message[Any, Any],
    pages: Sequence[WebPage],
    gallery: Gallery,
    warnings: Sequence[str],
) -> Reading:
    """The page, and each frame on a page of its own behind it."""
    out = Assembly(source)
    for number, page in enumerate(pages, 1):
        start, content = out.length, page.content
        out.headings += [Heading(start + each.start, each.level, each.text) for each in content.headings]
        out.tables += [
            replace(each, start=start + each.start, end=start + each.end) for each in content.tables
        ]
        out.asides += [(start + begin, start + end) for begin, end in (*content.asides, *content.addresses)]
        pictures_of_pages.keep(gallery, content.pictures, out.page_number, start)
        out.add_page(content.text + ("\n\n" if number < len(pages) else "\n"), _label(page, pages))
        out.warnings += [each for each in page.warnings if each not in out.warnings]
    out.warnings += warnings
    gallery.end(out)
    first = pages[0]
    subject = one_line(decoded(str(message.get("Subject", ""))), 500)
    return out.reading(
        "mhtml",
        title=first.title or subject or None,
        author=first.author,
        language=first.language,
        date=first.date,
    )
