"""Chat: questions answered from the documents, each source a click away."""

from __future__ import annotations

from ui import chat, viewer

with viewer.beside():
    chat.page()
chat.field()
