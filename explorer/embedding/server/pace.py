"""When a server may be asked again: one wait that all keep, and whether the server is away."""

from __future__ import annotations

import random
import threading
import time

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before the second try, then doubled, give or take a quarter so that not all come together."""
SPREAD = 0.25
"""After a wait that all keep, each goes on at a moment of its own within this share of it."""
AWAY_SECONDS = 120.0
"""For this long after all tries have failed, those who come have one try each, until one succeeds."""


class Pace:
    """What the threads that ask one server know of it together."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._not_before = 0.0
        self._spread = 0.0
        self._away_until = 0.0

    def tries(self, usual: int) -> int:
        """How often to try now: once while the server is away, else as often as usual."""
        return 1 if time.monotonic() < self._away_until else usual

    def note_away(self) -> None:
        """All tries have failed."""
        self._away_until = time.monotonic() + AWAY_SECONDS

    def note_there(self) -> None:
        """The server has answered."""
        self._away_until = 0.0

    def hold_back(self, wait: float) -> None:
        """Let everybody wait this many seconds from now: a server that tells one to wait means all."""
        with self._guard:
            moment = time.monotonic() + wait
            if moment > self._not_before:
                self._not_before, self._spread = moment, wait * SPREAD

    def wait_for_turn(self, unwanted: threading.Event) -> bool:
        """True once the wait that all keep is over; False as soon as `unwanted` is set."""
        share = random.random()  # noqa: S311
        while not unwanted.wait(max(self._turn(share) - time.monotonic(), 0.0)):
            if self._turn(share) <= time.monotonic():
                return True
        return False

    def _turn(self, share: float) -> float:
        with self._guard:
            return self._not_before + share * self._spread


def pause(attempt: int) -> float:
    """Seconds to wait after the try of that number, which counts from 1, where the server names no time."""
    return min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311
