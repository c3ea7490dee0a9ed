"""The forms in which the catalogue keeps vectors: float32 as models give them, float16, int8.

The column `embedding.width` says which, in bytes a number; NULL stands for 4, as libraries had it before
there was another. All vectors are of length 1, which gives an int8 vector its scale; whoever reads gets
float32 of that length again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.arrays import Vectors

WIDTHS = {"float32": 4, "float16": 2, "int8": 1}
"""By the setting `vectors`, the bytes that a number takes."""
WIDEST = 4


def column(width: int) -> int | None:
    """What stands in the column for a width."""
    return None if width == WIDEST else width


def packed(vectors: Vectors, width: int) -> Iterable[bytes]:
    """The bytes of each vector (n, dimension) in a width."""
    import numpy as np

    if width == 1:
        greatest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0.0), 1e-12)
        rows = np.rint(vectors * (127 / greatest)).astype("i1")
    else:
        rows = np.ascontiguousarray(vectors, dtype="<f4" if width == WIDEST else "<f2")
    return (row.tobytes() for row in rows)


def unpacked(rows: Sequence[tuple[bytes, int | None]]) -> Vectors:
    """(n, dimension) float32 from n rows of (bytes, column), equally long ones or not."""
    import numpy as np

    widths = [WIDEST if width is None else width for _, width in rows]
    if len(set(widths)) == 1:
        return _of_one_width([blob for blob, _ in rows], widths[0])
    found: Vectors | None = None
    for width in sorted(set(widths)):
        places = [at for at, one in enumerate(widths) if one == width]
        part = _of_one_width([rows[at][0] for at in places], width)
        if found is None:
            found = np.empty((len(rows), part.shape[1]), np.float32)
        found[places] = part
    return np.empty((0, 0), np.float32) if found is None else found


def _of_one_width(blobs: Sequence[bytes], width: int) -> Vectors:
    import numpy as np

    together = b"".join(blobs)
    kind = {WIDEST: "<f4", 2: "<f2", 1: "i1"}[width]
    vectors = np.frombuffer(together, kind).reshape(len(blobs), -1).astype(np.float32)
    if width != WIDEST:  # rounding has changed their lengths; a vector of zeros stays one
        vectors /= np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None], 1e-12)
    return vectors
