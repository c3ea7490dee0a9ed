"""What tests of the queue look at, and the files they add."""

from __future__ import annotations

from pathlib import Path

from explorer import Job, Library
from explorer.worker import protocol
from tests.folders import prose, write

LONG = prose(1, 900)


def notes(folder: Path, number: int, **more: str) -> list[Path]:
    """Small files, and `more` as `write` takes them."""
    return write(folder, **{f"note{n}_txt": f"Note {n} speaks of {n} boats." for n in range(number)}, **more)


def job(library: Library, job_id: int) -> Job:
    return library._catalog.jobs.by_ids([job_id])[0]


def is_embedding(library: Library, job_id: int) -> bool:
    """Whether a job has come to its embeddings; it must not be over."""
    found = job(library, job_id)
    assert not found.is_over, found
    return found.state == "embedding" and found.done > 0


def names(library: Library) -> set[str]:
    return {document.name for document in library.documents()}


def originals(library: Library) -> int:
    return sum(1 for path in (library.folder / "files").iterdir() if path.is_file())


def embeddings(library: Library) -> int:
    return int(library.doctor().counts["embeddings"])


def worker_pid(library: Library) -> int:
    found = protocol.read_address(library.folder)
    assert found is not None
    return found.pid
