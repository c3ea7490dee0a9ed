"""Pictures of web pages: what their elements say of them, and those that stand in the page as data addresses.

Nothing is fetched: a picture is kept where its bytes are in the file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from explorer.errors import ReadError
from explorer.readers.assembly import one_line
from explorer.readers.markup.html_writer import ShownPicture, Writer
from explorer.readers.pictures.captions import CAPTION_CHARACTERS
from explorer.readers.pictures.gallery import ALT_CHARACTERS, MOST_BYTES, Gallery, Look

PictureLook = Callable[[str, str], Look | None]
"""(address, alternative text) → what the picture at this address is; None where it is none of the file's."""

_DATA = re.compile(r"\s*data:image/[\w.+-]{1,40}(?:;[\w=.-]{1,60})*,", re.I)


def write(writer: Writer, element: Any, look: PictureLook | None, *, is_inline: bool) -> None:
    """Writes what a person sees of an `img` element in words: its alternative text, and what OCR reads in it.

    `is_inline`: it stands in a row of a table, which stays on one line.
    """
    alt = (element.get("alt") or "").strip()
    found = look(element.get("src") or element.get("href") or "", alt) if look else None
    if found is None:
        if alt:
            writer.add(f" {alt} ")
        return
    if not is_inline:
        writer.separate("\n")
    start = writer.length
    said = " ".join(filter(None, (alt, found.text)))
    if said:
        start = writer.start()
        writer.add(said)
    writer.pictures.append(
        ShownPicture(start, writer.length, found, one_line(alt, ALT_CHARACTERS), _caption(element))
    )
    if not is_inline:
        writer.separate("\n")
    else:
        writer.add(" ")


def keep(gallery: Gallery, pictures: tuple[ShownPicture, ...], page: int, offset: int) -> None:
    """Keeps the pictures of a page that begins at `offset` of the text."""
    for each in pictures:
        gallery.keep(each.look, page, offset + each.start, offset + each.end, each.alt, each.caption)


def in_data(gallery: Gallery, address: str, alt: str) -> Look | None:
    """A look at a picture whose address holds its bytes."""
    if not _DATA.match(address):
        return None
    return gallery.look(key_of(address), lambda: data_of(address), alt)


def key_of(address: str) -> str:
    """How a picture in a data address is found again."""
    return f"data:{hashlib.sha256(address.encode('utf-8', 'replace')).hexdigest()}"


def data_of(address: str) -> bytes:
    """The bytes in a data address. Raises ReadError where there are none, or too many."""
    head, _, body = address.partition(",")
    try:
        if len(body) > 2 * MOST_BYTES:
            raise ReadError("The picture is too large.")
        plain = unquote_to_bytes(body)
        return base64.b64decode(plain, validate=False) if head.strip().lower().endswith(";base64") else plain
    except (binascii.Error, ValueError) as error:
        raise ReadError("The picture is damaged.") from error


def find_data(root: Any, where: str) -> bytes | None:
    """The bytes of the picture in a page whose data address has this key; None where there is none."""
    for element in root.iter("img", "image"):
        address = element.get("src") or element.get("href") or ""
        if _DATA.match(address) and key_of(address) == where:
            return data_of(address)
    return None


def _caption(element: Any) -> str:
    """The words of the caption of the figure that an element stands in."""
    for around in element.iterancestors("figure"):
        caption = around.find(".//figcaption")
        return "" if caption is None else one_line("".join(caption.itertext()), CAPTION_CHARACTERS)
    return ""
