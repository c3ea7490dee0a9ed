"""SIGKILL at random moments of every kind of work: nothing acknowledged is lost, nothing is half there.

`FAULTS_KILLS=200` kills that often instead of twenty times; `FAULTS_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from explorer import Library
from tests.faults.app import App
from tests.faults.ground import PATIENCE, Command, Ground, family, living_worker, seed
from tests.faults.kinds import ALL, CHILDREN, COMMAND, KINDS, WORKER, Kind, older_library
from tests.folders import eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]

TWENTY = 20
KILLS = int(os.environ.get("FAULTS_KILLS", str(TWENTY)))


def times(of_twenty: int) -> int:
    return max(1, round(of_twenty * KILLS / TWENTY))


@pytest.fixture(scope="module")
def draw() -> random.Random:
    return random.Random(seed())


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, draw: random.Random) -> Iterator[Ground]:
    """A library of eight notes, with its worker's log apart from everybody else's."""
    made = Ground(tmp_path_factory.mktemp("kills"), draw)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(made.folder.parent / "home"))
        with Library(made.folder) as library:
            files = made.write(8)
            outcomes = library.add(list(files))
            assert [one.status for one in outcomes] == ["added"] * 8
        made.texts = {path.name: text for path, text in files.items()}
        yield made


def kill(command: Command, victim: str, folder: Path) -> None:
    worker = living_worker(folder)
    hit: list[psutil.Process] = []
    if victim in (COMMAND, ALL):
        hit += family(psutil.Process(command.process.pid)) if command.process.poll() is None else []
    if victim in (WORKER, ALL) and worker is not None:
        hit.append(worker)
    if victim in (CHILDREN, ALL):
        hit += family(worker)[1:]
    if victim == COMMAND:
        hit = hit[:1]
    for process in hit:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    if victim == ALL:
        psutil.wait_procs(hit, timeout=10)


def strike(ground: Ground, kind: Kind, draw: random.Random) -> None:
    """One kill: begun, killed, opened again, compared."""
    values, victim = kind.prepare(ground), draw.choice(kind.victims)
    command = Command(ground.folder, kind.body.format(**values))
    moment = draw.uniform(0, kind.seconds)
    time.sleep(moment)
    kill(command, victim, ground.folder)
    said = command.ended()
    print(f"{victim} after {moment:.3f} s; it had said {said}")  # noqa: T201  (shown when it fails)
    if victim not in (COMMAND, ALL):
        assert command.process.returncode in (0, 3), command.errors.read_text()
        assert any(line.split()[0] in ("done", "refused") for line in said)
    with Library(ground.folder) as library:
        kind.check(ground, library, values, said)
        ground.check(library)
    assert not ground.traces()


@pytest.mark.parametrize("name", KINDS)
def test_killed_while(name: str, ground: Ground, draw: random.Random) -> None:
    kind = KINDS[name]
    for number in range(times(kind.of_twenty)):
        print(f"-- {name}, kill {number + 1}")  # noqa: T201
        while len(ground.texts) < 6:  # what was removed is made up for
            files = ground.write(4)
            with Library(ground.folder) as library:
                library.add(list(files))
            ground.texts |= {path.name: text for path, text in files.items()}
        strike(ground, kind, draw)


def test_killed_while_an_older_library_is_brought_up(
    tmp_path: Path, draw: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every single step of it is killed in `tests/catalog/test_upgrade_kills.py`; here the whole program."""
    before = older_library(tmp_path / "old")
    for number in range(times(2)):
        folder = tmp_path / str(number) / "library"
        older_library(folder)
        command = Command(folder, 'say("opened")\nlibrary.search("harbour")') if number % 2 else None
        if command is None:
            child = os.fork()
            if child == 0:  # killed while it opens: before the command could say that it has
                try:
                    Library(folder).close()
                finally:
                    os._exit(0)
            time.sleep(draw.uniform(0, 0.1))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        else:
            time.sleep(draw.uniform(0, 0.5))
            kill(command, ALL, folder)
            command.ended()
        with Library(folder) as library:
            assert {one.name: library.text(one.id) for one in library.documents()} == before
            eventually(lambda: library.doctor().ok, 60)
        shutil.rmtree(folder.parent)


def test_killed_the_app_leaves_nothing_half_done(ground: Ground, draw: random.Random) -> None:
    """The app goes on with files that a command has queued before it was killed, and is killed itself."""
    for number in range(times(2)):
        files = ground.write(3, longest=60)
        command = Command(ground.folder, f"library.enqueue({[str(path) for path in files]!r})\nsay('queued')")
        assert command.process.stdout is not None
        assert command.process.stdout.readline().strip() == "queued"
        kill(command, ALL, ground.folder)
        command.ended()
        app = App(ground.folder)
        try:
            app.open_tab()
            eventually(lambda: living_worker(ground.folder), PATIENCE)
            time.sleep(draw.uniform(0, 2.5))
            victims = (
                family(psutil.Process(app.process.pid)) if number % 2 else [psutil.Process(app.process.pid)]
            )
            for process in victims:
                process.kill()
        finally:
            app.stop()
        assert "Traceback" not in app.log.read_text()
        with Library(ground.folder) as library:
            ground.texts |= {path.name: text for path, text in files.items()}
            ground.check(library)
        assert not ground.traces()
