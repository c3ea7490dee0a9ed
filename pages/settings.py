"""Settings: where the library is, how documents are read and embedded, the language model, versions."""

from __future__ import annotations

from ui.settings import page

page.show()
