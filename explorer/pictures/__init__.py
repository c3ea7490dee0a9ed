"""What pictures look like: the worker fills in their vectors, and `library.picture_search` finds by them.

Importing this package loads neither NumPy nor a model.
"""

from __future__ import annotations

from explorer.pictures.found import PictureHit, PictureState, PlacedPicture
from explorer.pictures.search import PictureSearch

__all__ = ["PictureHit", "PictureSearch", "PictureState", "PlacedPicture"]
