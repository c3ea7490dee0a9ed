"""Pictures of OpenDocument in one XML file, whose bytes stand in it, of OpenOffice 1 and of drawings."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.markup.xml import local
from explorer.readers.package import Package, is_package
from explorer.readers.pictures.drawn import DrawnPicture
from explorer.readers.pictures.gallery import Gallery, described
from explorer.readers.reading import Source

_WITHIN = "data:"
SAID = ("title", "desc")
"""Elements that say what a picture shows."""


def is_with_image(element: Any) -> bool:
    """Whether an element stands beside an image, in its frame."""
    frame = element.getparent()
    return frame is not None and any(local(each) == "image" for each in frame)


class HeldPictures:
    """The pictures of one file, written while its text is."""

    def __init__(self, source: Source, root: Any) -> None:
        self._source = source
        self._gallery = Gallery(source)
        self._within = [each for each in root.iter() if local(each) == "binary-data"]
        self._numbers = {each: number for number, each in enumerate(self._within)}
        self._names: frozenset[str] = frozenset()
        if is_package(source):
            with Package(source) as package:
                self._names = package.names

    def put(self, out: Assembly, element: Any) -> None:
        """Writes the pictures at or below an element."""
        for image in element.iter():
            if local(image) == "image" and (name := self._name(image)):
                frame = image.getparent()
                around = [*image, *(frame if local(frame) == "frame" else ())]
                said = ("".join(each.itertext()) for each in around if local(each) in SAID)
                DrawnPicture(name, described(*said)).put(self._gallery, out, self)

    def is_held(self, image: Any) -> bool:
        """Whether the bytes of an image are in the file."""
        return bool(self._name(image))

    def read_apart(self, name: str, most: int) -> bytes:
        """The image called `name`. Raises ReadError where there is none, it is damaged or too large."""
        number = name.removeprefix(_WITHIN)
        if number != name and number.isdecimal() and len(number) < 7 and int(number) < len(self._within):
            digits = self._within[int(number)].text or ""
            if len(digits) > 2 * most:
                raise ReadError("The picture is too large.")
            try:
                return base64.b64decode(digits)
            except (binascii.Error, ValueError) as error:
                raise ReadError("The picture is damaged.") from error
        if name not in self._names:
            raise ReadError(f"{self._source.shown} holds no such picture.")
        with Package(self._source) as package:
            return package.read_apart(name, most)

    def end(self, out: Assembly) -> None:
        """Gives `out` its pictures and the warnings about them."""
        self._gallery.end(out)

    def _name(self, image: Any) -> str:
        """How an image is found again; "" where its bytes are not in the file."""
        for each in image:
            if local(each) == "binary-data" and (each.text or "").strip():
                return f"{_WITHIN}{self._numbers[each]}"
        address = next((value for key, value in image.attrib.items() if key.endswith("}href")), "")
        name = address.removeprefix("#").removeprefix("./")
        return name if name in self._names else ""
