"""Folders on this machine that the library follows: what is added, changed, renamed or removed there is here.

looking.py   one look at a folder: its files as they stand, and what of it could not be read
memory.py    what of a folder was taken in, kept on the disk
folder.py    one folder: what a look comes to, against what is known of it
watcher.py   all folders, in a thread of the worker
alarm.py     word from the system that something changed, so that nobody waits for the next look
journal.py   what happened, and how each folder is, for those who ask
folders.py   which folders: added, paused, stopped; what pages and commands talk to
"""

from __future__ import annotations

from explorer.watching.folders import WatchedFolders

__all__ = ["WatchedFolders"]
