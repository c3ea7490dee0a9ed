"""Every way into a library: paths, folders and uploads become jobs, and jobs become outcomes."""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Protocol

from explorer.errors import NotFound
from explorer.ingestion import receiving, renaming, room
from explorer.types import Activity, Document, Job, Outcome, Progress, Staged

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.settings import Settings

Paths = Iterable[str | os.PathLike[str]]

_POLL_SECONDS = 0.1
"""How often whoever waits looks at the jobs."""
_WAKE_SECONDS = 1.0
"""How often the worker is woken meanwhile, and another is started where it was killed."""
_LOOK_SECONDS = 0.25
"""How often progress is shown."""
_LOOKING_SHARE = 0.1
"""How much of the time goes into looking: a look at 10,000 jobs takes a third of a second, and the worker has
the better use for it."""
_AT_ONCE = 200
"""How many jobs are written in one transaction: even a folder of thousands is queued at once."""


class WorkerLink(Protocol):
    """What taking files in needs of the worker."""

    def start(self) -> None:
        """See that a worker runs, without waiting for it."""

    def wake(self) -> None:
        """Tell the worker that there may be new work."""

    def attend(self) -> None:
        """Begin to start another worker where the last one was killed."""

    def password(self, job_id: int, password: str) -> None:
        """Hand the password of a job's file to the worker."""


class Intake:
    """Puts files into the queue of one library. Safe to use from many threads."""

    def __init__(
        self,
        catalog: Catalog,
        client: WorkerLink,
        settings: Callable[[], Settings],
        remember: Callable[[str], None],
    ) -> None:
        """`remember` is given the passwords that are typed, for whoever opens the originals again."""
        self._catalog = catalog
        self._client = client
        self._settings = settings
        self._remember = remember

    def activity(self) -> Activity:
        """See `Library.activity`. Where work waits and the worker was killed, another is started."""
        found = self._catalog.jobs.activity()
        if found.is_busy:
            self._client.attend()
        return found

    def add(
        self,
        paths: Paths,
        on_progress: Callable[[Progress], None] | None,
        password: str | None,
        replace: bool,
    ) -> list[Outcome]:
        """See `Library.add`."""
        files = list(walk(paths))
        missing = {path for path in files if _is_missing(path)}
        job_ids = self._enqueue_paths([path for path in files if path not in missing], replace)
        try:
            if job_ids:
                self._client.wake()
                self._give_passwords(job_ids, password)
                self._wait(job_ids, on_progress)
        except KeyboardInterrupt:
            self._catalog.jobs.cancel(job_ids)
            raise
        outcomes = []
        waiting = iter(job_ids)
        for path in files:
            if path in missing:
                outcomes.append(_not_found(path))
                continue
            job_id = next(waiting)
            family = self._catalog.jobs.family([job_id])
            if not family or family[0].id != job_id:
                outcomes.append(_removed(path))
            outcomes += [self._outcome(job) for job in family if job.outcome != "opened" or job.warnings]
        return self._beside(outcomes)

    def enqueue(self, paths: Paths, replace: bool, password: str | None) -> list[int]:
        """See `Library.enqueue`."""
        job_ids = self._enqueue_paths(list(walk(paths)), replace)
        if password is not None:
            give = partial(self._give_passwords, job_ids, password)
            threading.Thread(target=give, name="passwords", daemon=True).start()
        return job_ids

    def upload(self, name: str, file: IO[bytes], replaces: str | None) -> int:
        """See `Library.upload`."""
        return self.enqueue_staged(self.stage(name, file), replaces)

    def stage(self, name: str, file: IO[bytes]) -> Staged:
        """See `Library.stage`."""
        name = base_name(name)
        limit = self._settings().max_file_mb << 20
        received = receiving.receive(self._catalog.originals, name, file, limit)
        known = self._catalog.documents.by_sha256(received.sha256)
        was_damaged = known is not None and not self._catalog.verifying.is_whole(received.sha256)
        if was_damaged:
            receiving.mend(self._catalog, received)
            self._catalog.verifying.settle(received.sha256)
        return Staged(
            path=received.path,
            name=name,
            size=received.size,
            sha256=received.sha256,
            duplicate_of=known,
            same_name=self.same_name(name, received.sha256),
            was_damaged=was_damaged,
        )

    def enqueue_staged(self, staged: Staged, replaces: str | None) -> int:
        """See `Library.enqueue_staged`."""
        if not staged.path.exists():
            raise NotFound(f"{staged.name} waited too long and was dropped. Add it again.")
        job_id = self._catalog.jobs.enqueue(
            "add",
            staged.name,
            size=staged.size,
            sha256=staged.sha256,
            incoming=staged.path,
            replaces=replaces,
        )
        self._client.start()
        return job_id

    def discard(self, staged: Staged) -> None:
        """See `Library.discard`."""
        with suppress(OSError):  # another program holds it open: it goes when it is stale
            staged.path.unlink(missing_ok=True)

    def same_name(self, name: str, sha256: str | None) -> Document | None:
        """See `Library.same_name`. What came in an archive or mail is a part of it, not an older version."""
        for document in self._catalog.documents.by_file_name(base_name(name)):
            if document.part_of is not None:
                continue
            if sha256 is None or self._catalog.documents.sha256(document.id) != sha256:
                return document
        return None

    def rename(self, document_id: str, name: str) -> Document:
        """See `Library.rename`."""
        renaming.rename(self._catalog, document_id, name)
        return self._catalog.documents.get(document_id)

    def retry(self, job_id: int, password: str | None) -> None:
        """See `Library.retry`."""
        if password is not None:
            self._client.password(job_id, password)
            self._remember(password)
        self._catalog.jobs.retry(job_id)
        self._client.start()

    def bin(self, document_ids: Iterable[str]) -> list[str]:
        """See `Library.bin`."""
        if not self._settings().bin_days:
            self._catalog.documents.remove(document_ids)
            return []
        return self._catalog.bin.put(document_ids)

    def restore(self, document_ids: Iterable[str]) -> list[str]:
        """See `Library.restore`."""
        with self._catalog.write():
            restored = self._catalog.bin.restore(document_ids)
            files = self._catalog.bin.files(restored.again)
            for name, size, source, sha256, part_of in files:
                self._catalog.jobs.enqueue(
                    "add", name, size=size, source=source, sha256=sha256, keep_both=True, part_of=part_of
                )
        if files:
            self._client.start()
        return list(restored.back)

    def _enqueue_paths(self, files: Sequence[Path], replace: bool) -> list[int]:
        job_ids = []
        for start in range(0, len(files), _AT_ONCE):
            with self._catalog.write():
                for path in files[start : start + _AT_ONCE]:
                    job_ids.append(self._enqueue_path(path, replace))
        if job_ids:
            self._client.start()
        return job_ids

    def _enqueue_path(self, path: Path, replace: bool) -> int:
        # A name that is no valid text cannot be stored; the job then fails with a message that shows it as
        # far as it can be shown.
        source = os.fsencode(path).decode("utf-8", "replace") if os.name != "nt" else str(path)
        size = 0
        with suppress(OSError):
            size = path.stat().st_size
        name = Path(source).name
        return self._catalog.jobs.enqueue("add", name, size=size, source=source, keep_both=not replace)

    def _give_passwords(self, job_ids: Sequence[int], password: str | None) -> None:
        if password is not None:
            for job_id in job_ids:
                self._client.password(job_id, password)

    def _wait(self, job_ids: Sequence[int], on_progress: Callable[[Progress], None] | None) -> None:
        woken = shown = 0.0
        while True:
            begun = time.monotonic()
            jobs = room.seen(self._catalog.folder, self._catalog.jobs.family(job_ids))
            now = time.monotonic()
            is_over = all(job.is_over for job in jobs)
            if on_progress is not None and (is_over or now - shown > _LOOK_SECONDS):
                shown = now
                on_progress(Progress(self._catalog.jobs.activity(), tuple(jobs)))
            if is_over:
                return
            if now - woken > _WAKE_SECONDS:
                woken = now
                self._client.wake()  # starts another worker where the last one was killed
            time.sleep(max(_POLL_SECONDS, (now - begun) * (1 / _LOOKING_SHARE - 1)))

    def _outcome(self, job: Job) -> Outcome:
        if job.state == "cancelled":
            return Outcome(job.name, "failed", error=f"{job.name} was cancelled.", part_of=job.part_of)
        if job.outcome is None or job.outcome == "failed":
            return Outcome(job.name, "failed", None, job.error, job.warnings, job.part_of)
        if job.outcome == "opened":
            return Outcome(job.name, "added", warnings=job.warnings, part_of=job.part_of)
        document = None
        with suppress(NotFound):  # removed just now by someone else
            document = self._catalog.documents.get(job.document_id or "")
        return Outcome(job.name, job.outcome, document, None, job.warnings, job.part_of)

    def _beside(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, with a warning for each new document that has the name of another file's document."""
        mine = {outcome.document.id for outcome in outcomes if outcome.document is not None}
        return [
            dataclasses.replace(
                outcome, warnings=(*outcome.warnings, *self._kept_beside(outcome.document, mine))
            )
            if outcome.status == "added" and outcome.document is not None
            else outcome
            for outcome in outcomes
        ]

    def _kept_beside(self, new: Document, mine: Set[str]) -> list[str]:
        if new.part_of is not None:
            return []
        others = [
            document
            for document in self._catalog.documents.by_name(new.name)
            if document.part_of is None and document.id not in mine and document.source != new.source
        ]
        if not others:
            return []
        place = f" ({others[0].source})" if others[0].source else ""
        return [f"It is kept beside the other {new.name}{place}."]


def _is_missing(path: Path) -> bool:
    """Whether there is certainly no such file. Where one may be there, its job says what is wrong."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _removed(path: Path) -> Outcome:
    name = Path(os.fsencode(path).decode("utf-8", "replace")).name
    return Outcome(name, "failed", error=f"{name} was removed while it was being added.")


def _not_found(path: Path) -> Outcome:
    shown = os.fsencode(path).decode("utf-8", "replace")
    name = Path(shown).name
    return Outcome(name, "failed", error=f"{name} cannot be opened: there is no such file at {shown}.")


def base_name(name: str) -> str:
    """The last part of a name that a browser or an archive gave, whatever its separators; never empty."""
    return PurePosixPath(name.replace("\\", "/").replace("\0", "")).name or "unnamed"


def walk(paths: Paths) -> Iterator[Path]:
    """The files that are meant: files as given, folders file by file in order of name.

    Left out in folders: names that begin with a dot or with "~$" (lock files of office programs). A folder
    that a link leads back into is walked once; one that may not be read is given as it is, so that its job
    says so.
    """
    seen: set[tuple[int, int]] = set()
    for given in paths:
        path = Path(os.path.abspath(Path(given).expanduser()))  # noqa: PTH100  (links stay as they were given)
        yield from _walk_folder(path, seen) if path.is_dir() else [path]


def _walk_folder(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    try:
        state = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    identity = (state.st_dev, state.st_ino)
    if identity in seen and state.st_ino:  # some network disks number nothing
        return
    seen.add(identity)
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_dir():
            yield from _walk_folder(entry, seen)
        else:
            yield entry
