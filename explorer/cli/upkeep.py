"""The commands that look after a library: what takes room, what is sent where, deleting everything."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from explorer import libraries
from explorer.cli import output
from explorer.cli.arguments import folder_of, library_of
from explorer.cli.terminal import StepBar, counted, plain, size
from explorer.errors import SettingError

if TYPE_CHECKING:
    from explorer.upkeep import Freed, OutgoingAddress, SpaceUsed


def space(options: argparse.Namespace) -> int:
    """Print what takes room; free it on request."""
    with library_of(options) as library, StepBar(is_shown=not options.json) as bar:
        emptied = library.upkeep.empty_attic() if options.empty_attic else None
        freed = library.upkeep.free(bar.show) if options.free else None
        used = library.upkeep.used()
        folder = str(library.folder)
    if options.json:
        kinds = {part.kind: asdict(part) for part in used.parts}
        told = {"folder": folder, "total": used.total, "freeable": used.freeable, "log": used.log}
        done = {"freed": freed and asdict(freed), "attic": emptied}
        output.as_json({**told, "parts": kinds, **done})
        return 0
    if emptied is not None:
        print(f"Deleted {counted(emptied, 'file')} that repair had set aside.")
    if freed is not None:
        _tell_freed(freed)
    _tell_used(used, folder)
    return 0


def _tell_freed(freed: Freed) -> None:
    for line in freed.done:
        print(plain(line))
    print(f"Freed {size(freed.octets)}." if freed.octets else "There was nothing to free.")


def _tell_used(used: SpaceUsed, folder: str) -> None:
    from explorer.upkeep import KINDS

    for part in used.parts:
        more = f"  {size(part.freeable)} can be freed" if part.freeable else ""
        print(f"{size(part.octets):>12}  {KINDS[part.kind]}{more}")
    print(f"{size(used.total):>12}  in {plain(folder)}")
    print(f"{size(used.log):>12}  outside of it: the log of the background process")
    if used.freeable:
        print("`space --free` gives back what nothing needs.")


def addresses(options: argparse.Namespace) -> int:
    """Print every address that is talked to as it is set up now, and what went there."""
    with library_of(options) as library:
        found = library.upkeep.addresses()
    if options.json:
        output.as_json([asdict(one) for one in found])
        return 0
    if not any(one.origin and not one.is_this_machine for one in found):
        print(f"None{' outside this machine' if found else ''}: nothing leaves this machine.")
    for one in found:
        _tell_address(one)
    return 0


def _tell_address(one: OutgoingAddress) -> None:
    where = " (this machine)" if one.is_this_machine else ""
    since = f"set up since {one.since:%Y-%m-%d}" if one.since else "no longer in use"
    print(f"{plain(one.address)}{where}: {one.purpose.lower()}, {since}")
    print(f"  It gets: {one.gets}")
    if one.proxy:
        print(f"  By way of the proxy {plain(one.proxy)}, which the environment names.")
    last = f", the last on {one.last:%Y-%m-%d %H:%M} UTC" if one.last else ""
    print(f"  {counted(one.requests, 'request')}, {size(one.octets)} sent{last}")


def erase(options: argparse.Namespace) -> int:
    """Delete everything that a library holds, with its folder on request."""
    folder = folder_of(options).expanduser().absolute()
    name = libraries.name_of(folder)
    if not options.yes:
        print(f"This deletes every document, conversation, map and setting in {plain(str(folder))}.")
        print(f"Type its name, {plain(name)}, to go on: ", end="", flush=True)
        if sys.stdin.readline().strip() != name.strip():
            raise SettingError("That is not its name. Nothing was deleted.")
    is_gone = True
    if options.folder:
        left = libraries.delete(folder, name)
    else:
        with library_of(options) as library:
            erased = library.upkeep.erase(name)
        is_gone, left = erased.is_gone, erased.left
    for line in left:
        print(plain(line), file=sys.stderr)
    if options.json:
        output.as_json({"folder": str(folder), "is_gone": is_gone})
    elif is_gone:
        print(f"Everything was deleted. {'The folder is gone too.' if options.folder else ''}".rstrip())
    else:
        print("Another program is still reading what was there. The rest goes as soon as it has closed.")
    return 0 if is_gone else 1
