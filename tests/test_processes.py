"""Children find the package and see only what they were given; freed memory goes back to the system."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from explorer import processes

SIZE = 2_000  # beyond what Python's own allocator takes, below what is mapped alone
TELL = "import explorer, json, os; print(json.dumps([explorer.__file__, dict(os.environ)]))"


def told(place: Path, **options: object) -> tuple[Path, dict[str, str]]:
    """What a child that runs in `place` says: where it found the package, and its environment."""
    child = processes.start([sys.executable, "-c", TELL], cwd=place, stdout=subprocess.PIPE, **options)
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    package, environment = json.loads(said)
    return Path(package), environment


def test_a_child_finds_this_package_wherever_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("A_KEY", "of this process")
    package, environment = told(tmp_path)
    assert package == Path(processes.__file__).parent / "__init__.py"
    assert environment["A_KEY"] == "of this process"
    assert environment["PYTHONPATH"] == str(package.parents[1]), "no empty entry, which is the working folder"


def test_a_child_sees_what_it_is_given_and_where_modules_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("A_KEY", "of this process")
    given = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    package, environment = told(tmp_path, environment={**given, "ITS_OWN": "yes"})
    assert environment["ITS_OWN"] == "yes"
    assert "A_KEY" not in environment
    assert environment["PYTHONPATH"].split(os.pathsep) == [str(package.parents[1]), str(tmp_path)]


def test_a_module_is_run_with_this_python() -> None:
    assert processes.module_command("explorer.worker", "a folder") == [
        sys.executable,
        "-m",
        "explorer.worker",
        "a folder",
    ]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory")
def test_what_lies_below_something_in_use_is_given_back() -> None:
    process = psutil.Process()
    held = [bytes(SIZE) for _ in range(100_000)]
    pinned = bytes(SIZE)
    most = process.memory_info().rss
    del held
    processes.give_back()
    assert process.memory_info().rss < most - 100_000_000
    assert len(pinned) == SIZE


@pytest.mark.skipif(sys.platform != "linux", reason="other systems let no process leave the network")
def test_a_process_that_left_the_network_reaches_not_even_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import socket, sys; from explorer import processes\n"
            "left = processes.leave_network()\n"
            f"found = socket.socket().connect_ex(('127.0.0.1', {server.getsockname()[1]}))\n"
            "sys.exit(0 if left and found else 1)"
        )
        process = processes.start([sys.executable, "-c", code])
        assert process.wait(60) == 0
