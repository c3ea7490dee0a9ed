"""What stands below an answer about the passages it was made from, and above it while it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from explorer import Library
from explorer.types import MadeFrom, Message, SpanRef
from tests.folders import RENT, WHALES, write
from ui.chat.talk import NAMED_LEFT_OUT, WAITING, describe


def test_what_was_used_and_what_there_was_no_room_for_is_said(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT, whales_md=WHALES))
        rent, whales = (one.id for one in library.documents())
        names = {one.id: one.name for one in library.documents()}
        hits = (SpanRef(1, rent, 1, 0, 5), SpanRef(2, rent, 1, 5, 9))
        message = Message(
            1, "c", "rent?", "Much [1].", "model", "done", True, None, None, None, False, datetime.now(UTC),
            citations=hits[:1], hits=hits,
        )  # fmt: skip
        assert describe(library, message)["used"] == "from 2 passages in 1 document"
        made = replace(message, material=MadeFrom(2, 1, {rent: 1, whales: 3, "gone": 2}))
        left_out = f"1 passage of {names[rent]}, 3 passages of {names[whales]}"
        assert describe(library, made)["used"] == f"from 2 passages in 1 document; left out: {left_out}"
        assert NAMED_LEFT_OUT >= 2
        waiting = replace(message, state="streaming", text="", progress="Reading part 3 of 7")
        assert describe(library, waiting)["waiting"] == "Reading part 3 of 7"
        assert describe(library, replace(waiting, progress=""))["waiting"] == WAITING
