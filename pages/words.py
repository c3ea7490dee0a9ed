"""Words: which are used alike, how two differ, and a picture of them."""

from __future__ import annotations

from ui import viewer
from ui.words import page

with viewer.beside():
    page.show()
