"""Pictures as plain pixels, for what compares them: decoded in the child, no larger than a thumbnail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explorer.readers.pictures import images
from explorer.readers.pictures.sizes import THUMBNAIL, fitted

if TYPE_CHECKING:
    from explorer.readers.limits import Limits


def decoded(given: Sequence[bytes], limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
    """{"sizes": [(width, height), or None for what cannot be opened]}, and the pixels of the others: red,
    green and blue, row by row."""
    sizes: list[tuple[int, int] | None] = []
    blobs = []
    for data in given:
        try:
            pixels = images.decoded(data, limits, THUMBNAIL).pixels
        except images.NotOpenedError:
            sizes.append(None)
            continue
        size = fitted(*pixels.size, THUMBNAIL, THUMBNAIL)
        sizes.append(size)
        blobs.append(pixels.convert("RGB").resize(size, reducing_gap=2.0).tobytes())
    return {"sizes": sizes}, blobs
