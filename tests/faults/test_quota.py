"""A quota that is used up, on a disk that has room: the same as a full disk, and said as what it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.ground import ROOT

pytestmark = pytest.mark.slow

PROGRAM = """
import sys, time
from pathlib import Path
from explorer import DiskFull, Library
from tests.folders import RENT, eventually, prose, write
folder, full = Path(sys.argv[1]), Path(sys.argv[2])
with Library(folder) as library:
    library.add(write(folder.parent / "sources", rent_txt=RENT))
    paths = write(folder.parent / "more", **{f"n{number}_txt": prose(number, 80) for number in range(6)})
    full.touch()
    try:
        library.enqueue(paths)
    except DiskFull as error:
        print("refused:", error, flush=True)
        full.unlink()
        library.enqueue(paths)
        full.touch()
    eventually(lambda: any(one.error for one in library.jobs()), 60)
    print("waits:", next(one.error for one in library.jobs() if one.error), flush=True)
    assert library.search("rent")[0].document.name == "rent.txt"
    full.unlink()
    eventually(lambda: not library.activity().is_busy, 120)
    print("outcomes:", sorted({one.outcome for one in library.jobs()}), flush=True)
    print("whole:", library.doctor().problems, flush=True)
"""


def test_what_finds_no_room_in_it_waits_and_goes_on(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("what stands in for a quota is compiled: no C compiler here")
    shim = tmp_path / "quota.so"
    source = Path(__file__).with_name("quota.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    folder, full = tmp_path / "library", tmp_path / "library.full"
    environment = {**os.environ, "LD_PRELOAD": str(shim), "QUOTA_FOLDER": str(folder), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), str(full)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert "quota) is used up" in said["waits"], said
    assert said["outcomes"] == "['added']"
    assert said["whole"] == "()"
