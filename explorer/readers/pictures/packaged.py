"""Pictures that are members of a zip: of Office files, OpenDocument and EPUB."""

from __future__ import annotations

from explorer.errors import ReadError
from explorer.readers.package import Package
from explorer.readers.pictures import images
from explorer.readers.reading import Source
from explorer.types import PictureImage


def picture(source: Source, where: str, width: int) -> PictureImage:
    """The member called `where`, as it can be shown. Raises ReadError where it is not there or not opened."""
    with Package(source) as package:
        if where not in package.names:
            raise ReadError(f"{source.shown} holds no such picture.")
        return images.shown(images.decoded(package.read(where), source.limits, width).pixels, width)
