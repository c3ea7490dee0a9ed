"""What happened in watched folders, and how each is now: written by the worker, read by whoever asks."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from explorer.types import WatchEvent
from explorer.watching.memory import FOLDER

KEPT = 500
"""Lines that are kept."""
_LOG, _STATE = "log.jsonl", "state.json"


class Journal:
    """`watched/log.jsonl` and `watched/state.json` of a library."""

    def __init__(self, library: Path) -> None:
        self._folder = library / FOLDER

    # ---- written by the worker

    def note(self, *events: WatchEvent) -> None:
        """Write down what happened. Raises OSError."""
        if not events:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with (self._folder / _LOG).open("a", encoding="utf-8") as file:
            file.writelines(_line(each) for each in events)
        self._trim()

    def _trim(self) -> None:
        events = self.events(2 * KEPT + 1)
        if len(events) > 2 * KEPT:
            self._replace(_LOG, "".join(_line(each) for each in events[-KEPT:]))

    def keep_state(self, states: dict[str, dict[str, Any]]) -> None:
        """Write down how each folder is, by its path. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._replace(_STATE, json.dumps(states))

    def drop(self) -> None:
        """Forget all of it: nothing is watched any more."""
        for name in (_LOG, _STATE):
            (self._folder / name).unlink(missing_ok=True)

    def _replace(self, name: str, text: str) -> None:
        beside = self._folder / f"{name}.new"
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._folder / name)

    # ---- read by others

    def events(self, most: int) -> list[WatchEvent]:
        """The last events, the oldest first."""
        found = []
        with suppress(OSError):
            text = (self._folder / _LOG).read_text(encoding="utf-8", errors="replace")
            for line in filter(str.isascii, text.splitlines()[-most:]):  # no other was written
                with suppress(ValueError, TypeError, KeyError):  # a line that a kill has cut off
                    said = json.loads(line)
                    found.append(WatchEvent(**{**said, "at": datetime.fromisoformat(said["at"])}))
        return found

    def states(self) -> dict[str, dict[str, Any]]:
        """How each folder was when it was looked at last."""
        with suppress(OSError, ValueError):
            said = json.loads((self._folder / _STATE).read_text(encoding="utf-8"))
            return said if isinstance(said, dict) else {}
        return {}


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def _line(event: WatchEvent) -> str:
    return json.dumps({**asdict(event), "at": event.at.isoformat()}) + "\n"
