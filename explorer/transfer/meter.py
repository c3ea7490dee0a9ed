"""How far a transfer is: what is being done, how much of it, how long still; and the way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from explorer.errors import Cancelled

_SHOW_SECONDS = 0.2
_TELLING = 0.02
"""The share that must be done before the time left can be told."""


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """How far it is. `done` and `total` are bytes, of what is written or read."""

    step: str
    done: int
    total: int
    seconds_left: float | None = None
    """None until enough is done to tell."""


OnProgress = Callable[[TransferProgress], None]


class Meter:
    """Counts what is done, and tells whoever looks, a few times a second."""

    def __init__(
        self, show: OnProgress | None = None, is_cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self._show = show
        self._is_cancelled = is_cancelled
        self._step = ""
        self._done = self._total = 0
        self._started = self._shown = 0.0

    def begin(self, total: int) -> None:
        """Start to count anew, towards `total`."""
        self._done, self._total = 0, total
        self._started, self._shown = time.monotonic(), 0.0

    def step(self, step: str) -> None:
        """Say what is done from here on, in words."""
        self._step, self._shown = step, 0.0
        self.add(0)

    def add(self, amount: int) -> None:
        """Count what was done. Raises Cancelled where somebody wants it stopped."""
        self.check()
        self._done = min(self._done + amount, self._total)
        now = time.monotonic()
        if self._show is not None and (now - self._shown > _SHOW_SECONDS or self._done == self._total):
            self._shown = now
            self._show(TransferProgress(self._step, self._done, self._total, self._left(now)))

    def check(self) -> None:
        """Raises Cancelled where somebody wants it stopped."""
        if self._is_cancelled():
            raise Cancelled("It was stopped. Nothing is left half done; start it again to go on.")

    def _left(self, now: float) -> float | None:
        if self._done < self._total * _TELLING or not self._done:
            return None
        return (now - self._started) * (self._total - self._done) / self._done
