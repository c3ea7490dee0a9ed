"""`explorer.background`: one piece of work at a time, seen by all, ended by none that goes away."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from explorer.background import BackgroundWork, WaitingWork
from explorer.errors import ModelError, StorageError
from tests.folders import eventually


@dataclass(frozen=True, slots=True)
class Counted:
    """How far the counting is."""

    number: int = 0
    is_over: bool = False
    error: str | None = None


class Counting(BackgroundWork[Counted]):
    """Counts until it is told to stop."""

    def __init__(self) -> None:
        super().__init__("counting")
        self.goes_on = threading.Event()

    def start(self) -> Counted | None:
        return self._begin(Counted(), self._count)

    def fail(self, error: Exception) -> None:
        def work() -> None:
            raise error

        self._begin(Counted(), work)

    def _count(self) -> None:
        self._tell(number=1)
        while not (self._stop.is_set() or self.goes_on.wait(0.01)):
            pass
        self._tell(number=2)


def over(work: Counting) -> Counted:
    eventually(lambda: work.state is not None and work.state.is_over)
    assert work.state is not None
    return work.state


def test_one_at_a_time_until_it_is_dismissed() -> None:
    work = Counting()
    assert work.state is None
    assert work.start() is None
    eventually(lambda: work.state == Counted(1))
    assert work.start() == Counted(1), "the one under way goes on instead"
    work.dismiss()
    assert work.state == Counted(1), "what is under way is not forgotten"
    work.goes_on.set()
    assert over(work) == Counted(2, is_over=True)
    work.dismiss()
    assert work.state is None


def test_it_stops_when_it_is_told_to_and_can_begin_again() -> None:
    work = Counting()
    for end in (work.cancel, work.close):
        assert work.start() is None
        eventually(lambda: work.state == Counted(1))
        end()
        assert over(work) == Counted(2, is_over=True)


def test_what_it_raises_is_said_and_of_our_own_mistakes_only_the_kind() -> None:
    work = Counting()
    work.fail(StorageError("There is no room."))
    assert over(work).error == "There is no room."
    work.fail(ZeroDivisionError("words of a document"))
    assert over(work).error == "The program itself failed here (ZeroDivisionError). Nothing was half done."


class Taking(WaitingWork):
    """Takes from a list what another thread puts there; a piece called "wrong" cannot be done yet."""

    def __init__(self) -> None:
        super().__init__("taking", 60.0, "nothing is taken")
        self.waiting: list[str] = []
        self.done: list[str] = []

    def _work(self) -> bool:
        if not self.waiting:
            return False
        if self.waiting[0] == "wrong":
            self.waiting.pop(0)
            raise ModelError("The model is away.")
        self.done.append(self.waiting.pop(0))
        return True


def test_what_waits_is_done_whenever_it_is_woken(caplog: pytest.LogCaptureFixture) -> None:
    work = Taking()
    work.waiting += ["one", "two"]
    work.start()
    eventually(lambda: work.done == ["one", "two"])
    work.waiting += ["wrong", "three"]
    work.wake()
    eventually(lambda: "nothing is taken: The model is away." in caplog.text)
    assert work.done == ["one", "two"], "it waits for the next look"
    work.wake()
    eventually(lambda: work.done == ["one", "two", "three"])
    work.stop()
    work.waiting += ["four"]
    work.wake()
    assert not work._thread.is_alive()
    assert work.done == ["one", "two", "three"]
