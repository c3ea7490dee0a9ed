"""Chat: questions answered from the documents, each source a click away."""

from __future__ import annotations

from ui import viewer
from ui.chat import page

with viewer.beside():
    page.show()
page.field()
