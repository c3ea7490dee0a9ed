"""Document: one document by itself, in a window of its own."""

from __future__ import annotations

from ui import viewer

viewer.alone()
