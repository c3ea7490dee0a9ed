"""All watched folders of a library, followed in a thread of its worker."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from explorer.catalog.chosen_settings import WATCHED
from explorer.errors import ExplorerError
from explorer.types import WatchEvent
from explorer.watching import journal
from explorer.watching.alarm import Alarm
from explorer.watching.folder import STILL_SECONDS, FolderWatch, LeftAlone
from explorer.watching.folders import chosen

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often a folder is looked through where nobody says that something changed in it."""
QUIET_SECONDS = 30.0
"""The same where the system says so."""
SHARE = 0.02
"""Looks take at most so much of the time: ten thousand files on a slow share are looked at less often."""
LEAST_SECONDS = 0.5
"""From one look to the next, whatever happens."""


@dataclass(slots=True)
class _Turn:
    """A folder and when it is looked at next."""

    watch: FolderWatch
    disk: str
    due: float = 0.0
    is_paused: bool = False


class Watcher:
    """Follows the folders that the catalogue lists. For the process that holds the library's lock."""

    def __init__(
        self,
        catalog: Catalog,
        settings: Callable[[], Settings],
        on_work: Callable[[], None],
        on_change: Callable[[], None],
    ) -> None:
        """`on_work` is called when files were queued, `on_change` when documents went."""
        self._catalog = catalog
        self._settings = settings
        self._on_work, self._on_change = on_work, on_change
        self._journal = journal.Journal(catalog.folder)
        self._turns: dict[str, _Turn] = {}
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._rung = False
        self._is_list_new = False
        self._alarm = Alarm(self._ring)
        self._states: dict[str, dict[str, Any]] = {}
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """The list of folders may have changed."""
        self._is_list_new = True
        self._woken.set()

    def stop(self, seconds: float = 5.0) -> None:
        """End soon."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self._alarm.close()

    def _ring(self) -> None:
        self._rung = True
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow_list()
                self._look_around()
            except (ExplorerError, OSError) as error:
                log.warning("watched folders cannot be followed: %s", error)
            except _Stopping:
                return
            self._woken.wait(self._pause())
            self._woken.clear()
            self._stopping.wait(LEAST_SECONDS)  # what comes in one go is looked at in one go

    def _follow_list(self) -> None:
        """Take over which folders are watched now."""
        self._is_list_new = False
        wanted = {one["path"]: one for one in chosen(self._catalog)}
        for path in [path for path in self._turns if path not in wanted]:
            self._turns.pop(path).watch.known.drop()  # a round may have written since it was stopped
            self._states.pop(path, None)
            if not wanted:
                self._journal.drop()
        for path, one in wanted.items():
            if path not in self._turns:
                watch = FolderWatch(
                    self._catalog,
                    path,
                    one.get("disk", os.sep),
                    bin_days=lambda: self._settings().bin_days,
                    check=partial(self._check_wanted, path),
                    is_gone=self._is_gone,
                )
                before = self._journal.states().get(path, {})
                watch.problem, watch.is_emptied = before.get("problem"), bool(before.get("is_emptied"))
                self._turns[path] = _Turn(watch, one.get("disk", os.sep))
            turn = self._turns[path]
            if (is_paused := bool(one.get("paused"))) != turn.is_paused:
                turn.is_paused, turn.due = is_paused, 0.0
            if one.get("emptied"):
                turn.due = 0.0
        self._alarm.set(
            folder for turn in self._turns.values() if not turn.is_paused for folder in turn.watch.folders
        )

    def _look_around(self) -> None:
        """Look at every folder whose turn it is."""
        rung, self._rung = self._rung, False
        emptied = {one["path"] for one in chosen(self._catalog) if one.get("emptied")}
        for path, turn in self._turns.items():
            if turn.is_paused or not (rung or time.monotonic() >= turn.due):
                continue
            self._check()
            try:
                self._look_at(turn, is_emptied=path in emptied)
            except (ExplorerError, OSError) as error:  # the others have their turn all the same
                log.warning("what happened in %s cannot be written down: %s", path, error)
        self._alarm.set(
            folder for turn in self._turns.values() if not turn.is_paused for folder in turn.watch.folders
        )

    def _look_at(self, turn: _Turn, *, is_emptied: bool) -> None:
        """Look at one folder. Raises StorageError and OSError where what happened cannot be written down."""
        begun, watch = time.monotonic(), turn.watch
        try:
            events = watch.round(may_be_empty=is_emptied)
        finally:
            took = time.monotonic() - begun
            hears = self._alarm.is_on and watch.problem is None
            pause = QUIET_SECONDS if hears else LOOK_SECONDS
            turn.due = time.monotonic() + max(STILL_SECONDS if watch.waiting else pause, took / SHARE)
        self._tell(watch, events)
        if is_emptied and not watch.waiting and watch.problem is None:
            self._was_emptied(watch.root)

    def _tell(self, watch: FolderWatch, events: list[WatchEvent]) -> None:
        self._journal.note(*events)
        if any(event.what in ("added", "changed") for event in events):
            self._on_work()
        if any(event.what in ("renamed", "removed", "kept") for event in events):
            self._on_change()
        self._states[watch.root] = {
            "files": len(watch.known),
            "waiting": watch.waiting,
            "problem": watch.problem,
            "is_emptied": watch.is_emptied,
            "looked_at": journal.now().isoformat(),
        }
        self._journal.keep_state(self._states)

    def _is_gone(self, path: str) -> bool:
        """Whether a watched folder that is looked at surely has a file no longer."""
        above = [turn for root, turn in self._turns.items() if path.startswith(root.rstrip(os.sep) + os.sep)]
        return any(not turn.is_paused and turn.watch.lacks(path) for turn in above)

    def _was_emptied(self, path: str) -> None:
        """The documents of an emptied folder are gone: the next time that it is empty is another one."""
        with self._catalog.write():
            known = chosen(self._catalog)
            for one in known:
                if one["path"] == path:
                    one.pop("emptied", None)
            self._catalog.settings.change({WATCHED: known or None})

    def _pause(self) -> float:
        due = [turn.due for turn in self._turns.values() if not turn.is_paused]
        return max(0.0, min([*due, time.monotonic() + QUIET_SECONDS]) - time.monotonic())

    def _check_wanted(self, path: str) -> None:
        """Raises where the worker leaves, or a person has paused or stopped a folder meanwhile."""
        self._check()
        if self._is_list_new:
            here = [one for one in chosen(self._catalog) if one["path"] == path]
            if not here or here[0].get("paused"):
                raise LeftAlone

    def _check(self) -> None:
        if self._stopping.is_set():
            raise _Stopping


class _Stopping(Exception):  # noqa: N818  (no error: the worker is asked to leave)
    """The worker is leaving."""
