"""Which folders a library follows: added, paused, stopped; and how each is. For pages and commands."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.catalog.chosen_settings import WATCHED
from explorer.errors import NotFound, SettingError
from explorer.types import WatchedFolder, WatchEvent
from explorer.watching import journal, looking
from explorer.watching.memory import KnownFiles

if TYPE_CHECKING:
    from explorer.catalog import Catalog


class WatchedFolders:
    """`library.watched`. The list stands in the catalogue; the worker follows it while it lives."""

    def __init__(self, catalog: Catalog, start: Callable[[], None]) -> None:
        """`start` sees that a worker runs, and tells it to look."""
        self._catalog = catalog
        self._start = start
        self._journal = journal.Journal(catalog.folder)

    def list(self) -> list[WatchedFolder]:
        """All of them, as they were when they were looked at last; the first that was added first."""
        states = self._journal.states()
        return [_folder(one, states.get(one["path"], {})) for one in chosen(self._catalog)]

    def add(self, path: str | os.PathLike[str]) -> WatchedFolder:
        """Follow a folder from now on: its files are added, and what becomes of them is followed.

        Raises SettingError: there is no such folder, or it holds this library or a watched folder, or lies in
        one.
        """
        root = os.path.abspath(Path(path).expanduser())  # noqa: PTH100  (links stay as they were given)
        if not Path(root).is_dir():
            raise SettingError(f"{root} is no folder on this machine: only folders can be watched.")
        library = str(self._catalog.folder)
        if _holds(root, library) or _holds(library, root):
            raise SettingError(f"{root} holds this library's own files, or lies among them: choose another.")
        with self._catalog.write():
            known = chosen(self._catalog)
            for one in known:
                if one["path"] == root:
                    break
                if _holds(one["path"], root):
                    raise SettingError(f"{root} lies in {one['path']}, which is watched already.")
                if _holds(root, one["path"]):
                    raise SettingError(f"{one['path']} lies in {root} and is watched: stop that first.")
            else:
                since = journal.now().isoformat()
                known.append({"path": root, "since": since, "disk": looking.disk_of(root)})
                self._keep(known)
        self._start()
        return self._one(root)

    def pause(self, path: str | os.PathLike[str]) -> None:
        """Leave a folder alone until it is resumed. Raises NotFound."""
        self._change(path, paused=True)

    def resume(self, path: str | os.PathLike[str]) -> None:
        """Follow a folder again; what happened meanwhile is made up for. Raises NotFound."""
        self._change(path, paused=False)

    def emptied(self, path: str | os.PathLike[str]) -> None:
        """A folder that is empty was emptied on purpose: its documents go into the bin. Raises NotFound."""
        self._change(path, emptied=True)

    def stop(self, path: str | os.PathLike[str]) -> None:
        """Follow a folder no more; its documents stay. Raises NotFound."""
        root = self._one(path).path
        with self._catalog.write():
            self._keep([one for one in chosen(self._catalog) if one["path"] != root])
        KnownFiles(self._catalog.folder, root).drop()
        if not chosen(self._catalog):
            self._journal.drop()
        self._start()

    def log(self, most: int = 100) -> builtins.list[WatchEvent]:
        """What happened last in all of them, the newest first."""
        return self._journal.events(most)[::-1]

    def _one(self, path: str | os.PathLike[str]) -> WatchedFolder:
        root = os.path.abspath(Path(path).expanduser())  # noqa: PTH100
        for folder in self.list():
            if folder.path == root:
                return folder
        raise NotFound(f"{root} is not watched by this library.")

    def _change(self, path: str | os.PathLike[str], **values: bool) -> None:
        root = self._one(path).path
        with self._catalog.write():
            known = chosen(self._catalog)
            self._keep([{**one, **values} if one["path"] == root else one for one in known])
        self._start()

    def _keep(self, folders: builtins.list[dict[str, Any]]) -> None:
        self._catalog.settings.change({WATCHED: folders or None})


def chosen(catalog: Catalog) -> list[dict[str, Any]]:
    """What the catalogue keeps of each folder: `path`, `since`, `disk`, and where so `paused`, `emptied`."""
    return list(catalog.settings.get(WATCHED) or [])


def unreadable(catalog: Catalog) -> list[str]:
    """For each watched folder of which it cannot be read what was taken in, what is wrong and what to do."""
    said = []
    for one in chosen(catalog):
        known = KnownFiles(catalog.folder, one["path"])
        try:
            known.load()
        except OSError as error:
            said.append(
                f"{one['path']} is not followed: what was taken in of it cannot be read ({known.path}: "
                f"{error.strerror}). Make that readable, or move it away: its files are compared by content "
                "then."
            )
    return said


def _folder(one: dict[str, Any], state: dict[str, Any]) -> WatchedFolder:
    looked_at = state.get("looked_at")
    return WatchedFolder(
        one["path"],
        datetime.fromisoformat(one["since"]),
        is_paused=bool(one.get("paused")),
        files=int(state.get("files", 0)),
        waiting=int(state.get("waiting", 0)),
        problem=state.get("problem"),
        is_emptied=bool(state.get("is_emptied")),
        looked_at=datetime.fromisoformat(looked_at) if looked_at else None,
    )


def _holds(outer: str, inner: str) -> bool:
    """Whether a folder is another one, or has it somewhere in it."""
    outer, inner = os.path.realpath(outer), os.path.realpath(inner)
    return os.path.commonpath([outer, inner]) == outer if _same_drive(outer, inner) else False


def _same_drive(one: str, other: str) -> bool:
    return os.path.splitdrive(one)[0].lower() == os.path.splitdrive(other)[0].lower()
