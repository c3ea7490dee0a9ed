"""One watched folder: what a look at it comes to, against what was taken in of it earlier."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import ExplorerError
from explorer.ingestion.prepare import name_terms
from explorer.types import WatchEvent, WatchWord
from explorer.watching import journal, looking
from explorer.watching.contents import Contents
from explorer.watching.looking import FolderAway, FolderLook, Stand
from explorer.watching.memory import KnownFiles

if TYPE_CHECKING:
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

STILL_SECONDS = 2.0
"""A file is taken in once it was found the same twice, so long apart; one that is missing is gone by the same
rule: programs that save a file often take it away for a moment."""
_ANEW = Stand(-1, 0, 0)
"""As no file ever stands: what was queued has not come, so it is queued when it is there."""
_AT_ONCE = 200
"""How many jobs are written in one transaction."""


class LeftAlone(Exception):  # noqa: N818  (no error: a person has paused or stopped the folder)
    """The folder is not to be followed now: what is done stays, and no more is done."""


class FolderWatch:
    """Follows one folder. For one thread."""

    def __init__(
        self,
        catalog: Catalog,
        root: str,
        disk: str,
        *,
        bin_days: Callable[[], float],
        check: Callable[[], None] = lambda: None,
        is_gone: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`disk`: where the disk of the folder began when it was added. `check` raises to stop,
        `LeftAlone` to end only the round. `is_gone`: whether another watched folder surely has a file no
        longer."""
        self._catalog = catalog
        self.root = root
        self._disk = disk
        self._bin_days = bin_days
        self._check = check
        self._is_gone = is_gone
        self._clock = clock
        self.known = KnownFiles(catalog.folder, root)
        self._contents = Contents(catalog, self.known, check)
        self._unread: FolderLook | None = None
        self._since: dict[str, tuple[Stand, float]] = {}
        self._missing: dict[str, float] = {}
        self._jobs: dict[int, int] = {}
        self._events: list[WatchEvent] = []
        self.problem: str | None = None
        self.is_emptied = False
        self.folders: tuple[str, ...] = ()

    @property
    def waiting(self) -> int:
        """How many files are still being written, or are about to be gone."""
        return len(self._since) + len(self._missing)

    def lacks(self, path: str) -> bool:
        """Whether a file that lay below the folder, or in one of its files, surely is not there any more; as
        far as the last look tells."""
        if self._unread is None or self.problem is not None or self._unread.may_hold(path):
            return False
        while len(path) > len(self.root):
            if self.known.get(path) is not None or path in self._since or Path(path).is_file():
                return False
            path = os.path.dirname(path)  # noqa: PTH120
        return True

    def round(self, *, may_be_empty: bool = False) -> list[WatchEvent]:
        """Look once, and do what has to be done; what happened. What goes wrong is the folder's problem.

        `may_be_empty`: a person says that the folder was emptied on purpose.
        """
        self._events = []
        self.is_emptied = False
        try:
            self._go_round(may_be_empty=may_be_empty)
        except LeftAlone:
            log.info("%s is not followed any more", self.root)
        except FolderAway as away:
            self._is_away(str(away))
        except (ExplorerError, OSError) as error:
            log.warning("%s cannot be followed: %s", self.root, error)
            self._is_away(f"{self.root} cannot be followed now: {error}")
        return self._events

    def _go_round(self, *, may_be_empty: bool) -> None:
        self.known.load()
        found = self._look(may_be_empty=may_be_empty)
        self.folders, self._unread = tuple(found.folders), found
        missing = self._gone(found)
        ready = self._ready(found)
        self._follow_moves(found, ready, missing)
        self._take_in(ready)
        self.known.save()
        self._remove(missing)
        self._contents.note(found.files)
        self.known.save()
        if self.problem is not None:
            self.problem = None
            self._note("back")

    def _look(self, *, may_be_empty: bool) -> FolderLook:
        """A look at the folder. Raises FolderAway also where its disk is not there."""
        if not os.path.ismount(self._disk):
            raise FolderAway(f"{self.root} cannot be read: what was mounted at {self._disk} is not there.")
        found = looking.look(self.root)
        if not may_be_empty and looking.is_nothing_left(list(self.known.items()), found):
            self.is_emptied = True
            what = "holds none of its earlier files as they were" if found.files else "is empty now"
            raise FolderAway(
                f"{self.root} {what}: its drive or share may be away. If you emptied it, say so here, "
                "and its documents go."
            )
        return found

    def _is_away(self, why: str) -> None:
        """Nothing is known of any file: what was about to be done has to be seen anew."""
        self._since.clear()
        self._missing.clear()
        self.folders, self._unread = (), None
        if self.problem != why:
            self._note("away", why=why)
        self.problem = why

    # ---- what has to be done

    def _gone(self, found: FolderLook) -> list[str]:
        """The files that are surely gone: missing in two looks, in a place that could be read."""
        now, missing = self._clock(), {}
        for path, stand in self.known.items():
            if path in found.files or found.may_hold(path):
                continue
            if stand.is_elsewhere and found.is_disk_gone(path):
                continue
            missing[path] = self._missing.get(path, now)
        before, self._missing = self._missing, missing
        self._ask_anew(path for path in before if path in found.files)
        return list(missing)

    def _ask_anew(self, back: Iterable[str]) -> None:
        """Files that were away for a moment: what failed meanwhile is done again."""
        for path in back:
            failed = self._catalog.paths.jobs(path)[1]
            if failed and self.known.get(path) is not None:
                self._catalog.jobs.dismiss(failed)
                self.known.put(path, _ANEW)

    def _ready(self, found: FolderLook) -> dict[str, Stand]:
        """The files that are new or changed, and still."""
        now, since, ready = self._clock(), {}, {}
        for path, stand in found.files.items():
            if self.known.get(path) == stand:
                continue
            before, first = self._since.get(path, (stand, now))
            first = first if before == stand else now
            if now - first >= STILL_SECONDS:
                ready[path] = stand
            else:
                since[path] = (stand, first)
        self._since = since
        return ready

    def _follow_moves(self, found: FolderLook, ready: dict[str, Stand], missing: list[str]) -> None:
        """Files that have another name now: no job is needed for what the disk knows to be the same file."""
        if not missing:
            return
        new = {path: stand for path, stand in found.files.items() if self.known.get(path) is None}
        by_number = {(stand.number, stand.size, stand.changed_ns): path for path, stand in new.items()}
        for old in list(missing):
            stand = self.known.get(old)
            if stand is None:
                continue
            path = by_number.get((stand.number, stand.size, stand.changed_ns))
            if path is None or not stand.is_same(new[path]):
                continue
            self._check()
            at_work, failed = self._catalog.paths.jobs(old)
            if at_work:  # it would be stored under the old name: at the next look
                missing.remove(old)
                ready.pop(path, None)
                continue
            followers, digest = self._catalog.paths.moved(old, path, name_terms), self.known.digest(old)
            self.known.forget(old)
            missing.remove(old)
            self._missing.pop(old, None)
            if followers or not failed:
                self._note("renamed", path, self._short(old))
            if failed:  # perhaps only as the name was another: under this one it is read
                self._catalog.jobs.dismiss(failed)
                if followers:
                    self.known.put(path, _ANEW)
                continue
            self.known.put(path, new[path], digest)
            self._since.pop(path, None)
            ready.pop(path, None)
        self.known.save()

    def _take_in(self, ready: dict[str, Stand]) -> None:
        """Queue what is new or has changed; what the library has already is only noted."""
        paths = sorted(ready)
        for start in range(0, len(paths), _AT_ONCE):
            part = paths[start : start + _AT_ONCE]
            known = {path: self._contents.known_as(path, ready[path]) for path in part}
            wanted = [path for path in part if not known[path]]
            with self._catalog.write():
                for path in wanted:
                    self._queue(path, ready[path])
            for path in part:
                self.known.put(path, ready[path], known[path])
            self.known.save()

    def _queue(self, path: str, stand: Stand) -> None:
        source = os.fsencode(path).decode("utf-8", "replace") if os.name != "nt" else path
        word: WatchWord = "added" if self.known.get(path) is None else "changed"
        if word == "changed" and self._catalog.paths.is_queued(path):
            return
        job = self._catalog.jobs.enqueue("add", Path(source).name, size=stand.size, source=source)
        self._jobs[job] = stand.size
        self._note(word, path)

    def _remove(self, missing: list[str]) -> None:
        """What is gone goes into the bin, and without one stays; not while a job may turn out to be the same
        file elsewhere."""
        now = self._clock()
        due = [path for path in missing if now - self._missing.get(path, now) >= STILL_SECONDS]
        if not due:
            return
        self._jobs = {job.id: job.size for job in self._catalog.jobs.by_ids(self._jobs) if not job.is_over}
        for path in due:
            self._check()
            at_work, failed = self._catalog.paths.jobs(path)
            if at_work:  # it would be stored afterwards: at the next look
                self._catalog.jobs.cancel(at_work)
                self.known.put(path, _ANEW)
                continue
            stand = self.known.get(path)
            if stand is not None and stand.size in self._jobs.values():
                continue
            self._catalog.jobs.dismiss(failed)
            keeps = bool(self._bin_days())
            left = self._catalog.paths.gone(path, keeps=keeps, is_gone=self._is_gone)
            for document_id, name in left.renamed:
                document = self._catalog.documents.get(document_id)
                self._catalog.documents.rename(document_id, name, name_terms(name, document.language))
            self.known.forget(path)
            self._missing.pop(path, None)
            self._note("removed" if keeps or not left.going else "kept", path)

    def _note(self, what: WatchWord, path: str = "", why: str = "") -> None:
        name = self._short(path) if path else ""
        self._events.append(WatchEvent(journal.now(), self.root, what, name, why))

    def _short(self, path: str) -> str:
        """A path from the folder on, as it can be shown."""
        shown = path[len(self.root.rstrip(os.sep)) + 1 :]
        return os.fsencode(shown).decode("utf-8", "replace") if os.name != "nt" else shown
