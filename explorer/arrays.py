"""Names for the arrays that wings hand each other: what stands in them, and their type.

numpy is imported by this module: a module that must not load it imports these names for type checking only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Embeddings: (n, dimension), or (dimension,) for one; each of length 1."""
Floats = NDArray[np.float32]
"""Scores, weights or coordinates, (n,) or (n, dimensions)."""
Ids = NDArray[np.int64]
"""Chunk ids, (n,)."""
Rows = NDArray[np.int64]
"""Positions in an array of all chunks, (n,)."""
Mask = NDArray[np.bool_]
"""Whether something holds of each, (n,)."""
Integers = NDArray[np.int64]
"""Whole numbers that are neither ids nor positions: clusters, counts, neighbours."""
Pixels = NDArray[np.uint8]
"""A picture: (height, width, 3), red, green, blue."""
