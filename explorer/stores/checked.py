"""What a store answered, as far as it can be right: a store, or its server, may be wrong or lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids


def checked(ids: Ids, cosines: Floats, k: int) -> tuple[Ids, Floats]:
    """The first k of these neighbours, each id once, without those whose cosine is no number.

    An id that no chunk has does no harm: who searches looks up in the catalogue what each id stands for, and
    works out there how near it is.
    """
    import numpy as np  # not before: commands that search nothing start without it

    both = min(len(ids), len(cosines))
    usable = np.flatnonzero(np.isfinite(cosines[:both]))
    _, first = np.unique(ids[usable], return_index=True)
    rows = usable[np.sort(first)][:k]
    return ids[rows].astype(np.int64), cosines[rows].astype(np.float32)
