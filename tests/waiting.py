"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 90.0


def until(is_done: Callable[[], object], seconds: float = SECONDS) -> None:
    """Waits for what another process does; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain"
        time.sleep(0.1)
