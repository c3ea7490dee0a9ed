"""A library that goes through faults, what must be in it afterwards, and the processes around it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psutil

from explorer import Job, Library
from explorer.worker import log, protocol
from tests.folders import eventually, files_holding, prose

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds until everything that was queued has to be over; the machine may be busy with other tests."""
_BEGIN = """
import sys
from pathlib import Path
from explorer import ExplorerError, Library
def say(*words):
    print(*words, flush=True)
try:
    library = Library({folder!r})
    say("begin")
{body}
    say("done")
except ExplorerError as error:
    say("refused", error)
    sys.exit(3)
"""


def seed() -> int:
    """The seed of this run, from the environment or drawn now; shown when a test fails."""
    chosen = int(os.environ.get("FAULTS_SEED") or random.randrange(1 << 30))
    print(f"FAULTS_SEED={chosen}")  # noqa: T201
    return chosen


def living_worker(folder: Path) -> psutil.Process | None:
    """The worker behind the published address, which outlives a killed one."""
    address = protocol.read_address(folder)
    if address is None or not psutil.pid_exists(address.pid):
        return None
    try:
        process = psutil.Process(address.pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        return None


def kill_worker(folder: Path) -> None:
    worker = living_worker(folder)
    assert worker is not None
    children = worker.children(recursive=True)
    worker.kill()
    _, alive = psutil.wait_procs([worker, *children], timeout=10)
    assert not alive, "a child outlived its worker"


def of(library: Library, job_id: int) -> Job:
    return library.job(job_id)


def assert_whole(library: Library, names: set[str]) -> None:
    """These documents are there and nothing else, and everything about them agrees."""
    assert {document.name for document in library.documents()} == names
    report = library.doctor()
    assert report.ok, report.problems
    counts = report.counts
    assert counts["chunks"] == counts["live_chunks"] == counts["keyword_rows"] == counts["index_vectors"]
    assert counts["chunks"] == sum(document.chunks for document in library.documents())


class Command:
    """A process of its own that does something to a library and says what it was told is done."""

    def __init__(self, folder: Path, body: str) -> None:
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        code = _BEGIN.format(folder=str(folder), body=lines)
        self.errors = folder.parent / "command.log"
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline().strip()
        assert self.first == "begin", self.first + self.errors.read_text()

    def ended(self) -> list[str]:
        """What it said until its end, line by line."""
        said, _ = self.process.communicate(timeout=PATIENCE)
        return said.splitlines()


class Ground:
    """One library that goes through all of it. `texts` is what was acknowledged: name → text."""

    def __init__(self, place: Path, draw: random.Random) -> None:
        self.folder = place / "library"
        self.sources = place / "sources"
        self.sources.mkdir(parents=True)
        self.draw = draw
        self.texts: dict[str, str] = {}
        self.gone: list[str] = []
        self._number = 0

    def write(self, count: int, longest: int = 12) -> dict[Path, str]:
        """New files, each with a word that no other has; the last one is the longest."""
        made = {}
        for position in range(count):
            self._number += 1
            name = f"note{self._number}"
            size = longest if position == count - 1 else self.draw.randint(1, 6)
            text = f"The word of this note is {marker(name)}.\n\n{prose(self._number, size)}"
            path = self.sources / f"{name}.txt"
            path.write_text(text)
            made[path] = text
        return made

    def settle(self, library: Library) -> None:
        """Wait until the queue has come to its end by itself."""
        eventually(lambda: not library._catalog.jobs.has_work(), PATIENCE)

    def check(self, library: Library) -> None:
        """Everything acknowledged is there with its text and is found; nothing else is."""
        self.settle(library)
        documents = {document.name: document.id for document in library.documents()}
        assert set(documents) == set(self.texts)
        for name, text in self.texts.items():
            assert library.text(documents[name]) == text, name
            assert library.original(documents[name]).read_text() == text, name
        for name in self.draw.sample(sorted(self.texts), min(2, len(self.texts))):
            (hit, *_) = library.search(marker(name), k=3, mode="keyword")
            assert hit.document.name == name
            wanted = self.texts[name].split("\n\n")[1].split(". ")[0]
            assert name in [one.document.name for one in library.search(wanted, k=5)], (name, wanted)
        for name in self.gone:
            assert not library.find(marker(name), k=3, mode="keyword", mend=False).hits
            eventually(partial(self._is_without, marker(name)), 30)
        self.gone = []
        assert_whole(library, set(self.texts))

    def _is_without(self, word: str) -> bool:
        return files_holding(self.folder, word) == []

    def traces(self) -> str:
        """Tracebacks in what the worker and the commands wrote."""
        logs = [log.path(self.folder), self.folder.parent / "command.log"]
        texts = [path.read_text("utf-8", "replace") for path in logs if path.exists()]
        return "\n".join(text for text in texts if "Traceback" in text)


def marker(name: str) -> str:
    """A word that stands in the text of the note of this name and nowhere else."""
    number = int("".join(filter(str.isdigit, name)))
    return "quizzical" + "".join("bcdfghjklm"[int(digit)] + "o" for digit in str(number)) + "x"


def family(process: psutil.Process | None) -> Sequence[psutil.Process]:
    """A process with all that it has started; none for a process that is gone."""
    if process is None:
        return []
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
