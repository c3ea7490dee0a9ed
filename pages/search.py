"""Search: passages that answer a question, with their place."""

from __future__ import annotations

from ui import viewer
from ui.search import page

with viewer.beside():
    page.show()
