"""Map: every passage a point; what is on one subject lies together."""

from __future__ import annotations

from ui import viewer
from ui.map import page

with viewer.beside():
    page.show()
