"""A transfer that pages begin: it runs on by itself, one at a time, and says what came of it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from explorer import StorageError
from explorer.transfer import Exported
from explorer.transfer.background import Background
from explorer.transfer.meter import Meter
from tests.folders import eventually


def wait_for_its_end(background: Background) -> None:
    eventually(lambda: background.state is not None and background.state.is_over)


def test_it_runs_by_itself_and_is_seen_until_it_is_dismissed(tmp_path: Path) -> None:
    background, goes_on = Background(), threading.Event()
    made = Exported(tmp_path / "one.zip", 3, 100)

    def work(meter: Meter) -> Exported:
        meter.begin(10)
        meter.step("Copying")
        meter.add(4)
        goes_on.wait(30)
        return made

    background.start("The export", work)
    eventually(lambda: background.state is not None and background.state.progress.step == "Copying")
    with pytest.raises(StorageError, match="The export is still under way"):
        background.start("Another", work)
    background.dismiss()
    assert background.state is not None, "what runs is not forgotten"
    goes_on.set()
    wait_for_its_end(background)
    assert background.state.lines == made.lines()
    assert background.state.file == made.path
    background.dismiss()
    assert background.state is None


def test_it_stops_when_it_is_told_to_and_when_the_library_closes() -> None:
    def endless(meter: Meter) -> Exported:
        while True:
            meter.check()

    for end in (Background.cancel, Background.close):
        background = Background()
        background.start("The export", endless)
        end(background)
        wait_for_its_end(background)
        assert "stopped" in " ".join(background.state.lines)  # type: ignore[union-attr]


def test_what_goes_wrong_is_said() -> None:
    def full(_: Meter) -> Exported:
        raise StorageError("There is no room.")

    def broken(_: Meter) -> Exported:
        raise ZeroDivisionError("with words of a document")

    for work, said in (
        (full, "There is no room."),
        (broken, "The program itself failed here (ZeroDivisionError)"),
    ):
        background = Background()
        background.start("The export", work)
        wait_for_its_end(background)
        assert background.state is not None
        assert background.state.error is not None
        assert background.state.error.startswith(said)
        assert "words" not in background.state.error
