"""Apple Pages, Numbers and Keynote: the preview that a document was saved with, a PDF of its pages."""

from __future__ import annotations

from dataclasses import replace

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.detection.package_sniffing import IWORK_PREVIEW
from explorer.readers.package import Package
from explorer.readers.reading import Reading, Source
from explorer.types import PictureImage

_PDF = b"%PDF-"


def read(source: Source) -> Reading:
    """Reads a document by its preview. Raises ReadError where that is damaged."""
    reading = registry.find("pdf").load()(_preview(source))
    return replace(
        reading, kind="iwork", warnings=(*reading.warnings, "Read from the preview that it was saved with.")
    )


def picture(source: Source, where: str, width: int) -> PictureImage:
    """A picture of the preview, as it can be shown. Raises what `read` raises."""
    take = registry.picture_taker(registry.find("pdf"))
    if take is None:
        raise ReadError(f"The pictures of {source.shown} cannot be shown: its format keeps none.")
    return take(_preview(source), where, width)


def _preview(source: Source) -> Source:
    with Package(source) as package:
        preview = package.read(IWORK_PREVIEW)
    if not preview.startswith(_PDF):
        raise ReadError(
            f"{source.shown} could not be read: its preview is damaged. Export it as PDF, then add that."
        )
    return replace(source, content=preview, password=None)
