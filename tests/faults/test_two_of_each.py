"""Two apps and two commands on one library at once: nobody is in anybody's way, and nothing is lost.

`FAULTS_SECONDS=600` lets them go on for ten minutes instead of twenty seconds.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library
from tests.faults.app import App
from tests.faults.ground import PATIENCE, ROOT, Ground, seed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows opens no second app on a held file"),
]

SHORT = 20
SECONDS = float(os.environ.get("FAULTS_SECONDS", SHORT))
PAGES = ("", "search", "chat", "map", "settings")

# Adds, changes, removes, looks for and asks about its own notes, one after the other; says what is done.
BUSY = """
import random, sys, time
from pathlib import Path
from explorer import ExplorerError, Library
folder, sources, mine, seed, seconds = sys.argv[1:]
draw, place = random.Random(int(seed)), Path(sources) / mine
place.mkdir(parents=True)
end, number, known = time.monotonic() + float(seconds), 0, {}
def say(*words):
    print(*words, sep="\\t", flush=True)
with Library(folder) as library:
    while time.monotonic() < end:
        what = draw.choice(("add", "add", "remove", "search", "ask", "doctor", "backup", "tag"))
        if what == "add":
            number += 1
            path = place / f"{mine}-{number}.txt"
            about = draw.choice(("boats", "bread", "rent"))
            path.write_text(f"The note {mine} {number} is about {about}.\\n" * 3)
            (outcome,) = library.add(path)
            assert outcome.status == "added", outcome.error
            known[path.name] = outcome.document.id
            say("added", path.name)
        elif what == "remove" and len(known) > 3:
            name = draw.choice(sorted(known))
            library.remove(known.pop(name))
            say("removed", name)
        elif what == "search" and known:
            name = draw.choice(sorted(known))
            words = name.removesuffix(".txt").replace("-", " ")
            found = [hit.document.name for hit in library.search(f"note {words}", k=30)]
            assert name in found, (name, found)
        elif what == "ask":
            assert list(library.ask("What are the notes about?")) is not None
        elif what == "doctor":
            library.doctor()  # in the midst of others' work it may see a moment; at the end it is asked again
        elif what == "backup":
            target = place / f"copy{time.monotonic_ns()}"
            made = library.transfer.backup(target)
            with Library(target) as copy:
                names = {one.name for one in copy.documents()}
            assert set(known) <= names, set(known) - names
        elif what == "tag" and known:
            library.tag([draw.choice(list(known.values()))], add=[mine])
    say("end")
"""


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    made = Ground(tmp_path, random.Random(seed()))
    files = made.write(4)
    with Library(made.folder) as library:
        library.add(list(files))
    made.texts = {path.name: text for path, text in files.items()}
    yield made


def test_two_apps_and_two_commands(ground: Ground) -> None:
    apps = [App(ground.folder) for _ in range(2)]
    commands = []
    try:
        for number in range(2):
            with (ground.folder.parent / f"busy{number}.log").open("wb") as errors:
                arguments = (ground.folder, ground.sources, f"n{number}", ground.draw.randrange(999), SECONDS)
                commands.append(
                    subprocess.Popen(
                        [sys.executable, "-c", BUSY, *map(str, arguments)],
                        cwd=ROOT,
                        stdout=subprocess.PIPE,
                        stderr=errors,
                        text=True,
                    )
                )
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            ground.draw.choice(apps).open_tab(ground.draw.choice(PAGES))
            time.sleep(min(5.0, SECONDS / 8))
        said = [command.communicate(timeout=SECONDS + PATIENCE)[0].splitlines() for command in commands]
    finally:
        for app in apps:
            app.stop()
        for command in commands:
            command.kill()
            command.wait()
    for number, (command, lines) in enumerate(zip(commands, said, strict=True)):
        errors = (ground.folder.parent / f"busy{number}.log").read_text()
        assert command.returncode == 0, errors
        assert lines[-1] == "end"
        for line in lines[:-1]:
            done, name = line.split("\t")
            if done == "added":
                ground.texts[name] = (ground.sources / f"n{number}" / name).read_text()
            else:
                del ground.texts[name]
    for app in apps:
        assert "Traceback" not in app.log.read_text()
    assert not ground.traces()
    with Library(ground.folder) as library:
        assert {one.name: library.text(one.id) for one in library.documents()} == ground.texts
        report = library.doctor()
        assert report.ok, report.problems
