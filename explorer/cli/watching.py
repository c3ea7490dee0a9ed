"""The command `watch`: folders whose files the library follows, while it runs."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from explorer.cli import output
from explorer.cli.arguments import library_of
from explorer.cli.terminal import counted, plain
from explorer.errors import SettingError

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import WatchedFolder, WatchEvent

_LOOK_SECONDS = 0.5
_TOLD = 500
"""Events that are told at once at most."""


def watch(options: argparse.Namespace) -> int:
    """Follow folders until Ctrl-C; or list them, pause them, resume them, stop."""
    with library_of(options, may_create=bool(options.folders)) as library:
        for change in ("pause", "resume", "stop", "emptied"):
            if getattr(options, change):
                for folder in options.folders:
                    getattr(library.watched, change)(folder)
                return _listed(library, is_json=options.json)
        if options.list:
            return _listed(library, is_json=options.json)
        for folder in options.folders:
            library.watched.add(folder)
        if not library.watched.list():
            raise SettingError("No folder is watched. Name one: watch ~/papers")
        _follow(library, is_json=options.json)
    return 0


def _listed(library: Library, *, is_json: bool) -> int:
    folders = library.watched.list()
    if is_json:
        output.as_json([asdict(folder) for folder in folders])
    elif not folders:
        print("No folder is watched.")
    for folder in () if is_json else folders:
        print(_line(folder))
    return 0


def _line(folder: WatchedFolder) -> str:
    if folder.is_paused:
        state = "paused"
    elif folder.problem:
        state = plain(folder.problem)
    elif folder.looked_at is None:
        state = "not looked at yet"
    else:
        state = counted(folder.files, "file")
    return f"{plain(folder.path)}: {state}"


def _follow(library: Library, *, is_json: bool) -> None:
    """Print what happens, until Ctrl-C."""
    if not is_json:
        for folder in library.watched.list():
            print(f"Watching {plain(folder.path)} (Ctrl-C ends it).", file=sys.stderr)
    told = {event.at for event in library.watched.log(_TOLD)}
    while True:
        for event in reversed(library.watched.log(_TOLD)):
            if event.at not in told:
                told.add(event.at)
                output.as_json(asdict(event)) if is_json else print(said(event), flush=True)
        library.warm()  # starts another worker where the last one was killed
        time.sleep(_LOOK_SECONDS)


def said(event: WatchEvent) -> str:
    """An event in a line: "renamed  b.txt (was a.txt)"."""
    if not event.name:
        return f"{event.what}  {plain(event.folder)}" + (f": {plain(event.why)}" if event.why else "")
    if event.what == "kept":
        return f"kept  {plain(event.name)} (gone from the folder; its document stays until you remove it)"
    return f"{event.what}  {plain(event.name)}" + (f" (was {plain(event.why)})" if event.why else "")
