"""Documents: put files in, watch them being added, and see what is there."""

from __future__ import annotations

from ui.documents import page

page.show()
