"""How long a server may be away before a file fails, and who waits for it."""

from __future__ import annotations

import threading
import time

import pytest

from explorer.embedding.server import pace
from explorer.embedding.server.manner import PASSAGES, QUESTION
from explorer.embedding.server.pace import Pace, pause


def test_a_server_may_be_away_for_half_a_minute_and_a_question_ends_within_a_quarter() -> None:
    waits = [pause(attempt) for attempt in range(1, PASSAGES.tries)]
    assert 31.5 * 0.75 <= sum(waits) <= 31.5 * 1.25
    assert max(waits) <= pace.LONGEST_WAIT * 1.25 < PASSAGES.patience
    assert QUESTION.tries * QUESTION.whole + QUESTION.patience < 25


def test_nobody_is_asked_before_the_wait_that_all_keep_is_over() -> None:
    shared, nobody = Pace(), threading.Event()
    shared.hold_back(0.3)
    shared.hold_back(0.1)
    begun = time.monotonic()
    assert shared.wait_for_turn(nobody)
    assert 0.25 < time.monotonic() - begun < 2


def test_who_is_no_longer_wanted_does_not_wait() -> None:
    shared, unwanted = Pace(), threading.Event()
    shared.hold_back(30)
    threading.Timer(0.1, unwanted.set).start()
    begun = time.monotonic()
    assert not shared.wait_for_turn(unwanted)
    assert time.monotonic() - begun < 5


def test_there_is_one_try_while_it_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Pace()
    assert shared.tries(7) == 7
    shared.note_away()
    assert shared.tries(7) == 1
    shared.note_there()
    assert shared.tries(7) == 7
    monkeypatch.setattr(pace, "AWAY_SECONDS", 0.0)
    shared.note_away()
    assert shared.tries(7) == 7
