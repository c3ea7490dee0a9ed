"""Pictures → vectors: `load(name)` gives a `PictureModel`, of a package or a folder; `embedders.py` has the
table of what can load one. Importing this package loads neither NumPy nor torch."""

from __future__ import annotations
