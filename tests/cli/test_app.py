"""`python -m explorer` with no command: the app really starts, answers, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import explorer
from explorer.cli import app, commands, parser
from explorer.errors import NotFound

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command line in a folder that is not the checkout, with a library there."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXPLORER_")}
    # Where the tests run in the background, Ctrl-C is ignored, and so it would be by what they start.
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "EXPLORER_HOME": "mine"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a group of its own, as in a terminal
    )
    signal.signal(signal.SIGINT, earlier)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def said(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.read().decode("utf-8", "replace")


def answer(port: int, path: str) -> str | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return str(response.read().decode())
    except OSError:
        return None


def until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while answer(port, "/_stcore/health") != "ok":
        assert process.poll() is None, said(process)
        assert time.monotonic() < deadline, "the app did not start in time"
        time.sleep(0.2)


@pytest.mark.skipif(os.name == "nt", reason="there a process cannot be asked to end")
@pytest.mark.parametrize(
    ("first", "by"),
    [("--", "Ctrl-C"), ("app", "a request to end")],
)
def test_the_app_starts_answers_and_ends(tmp_path: Path, first: str, by: str) -> None:
    port = free_port()
    options = ["--server.headless", "true", "--server.port", str(port)]
    with running(tmp_path, [first, *options]) as process:
        until_healthy(process, port)
        assert "<html" in (answer(port, "/") or "")
        if by == "Ctrl-C":
            os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the app as well
        else:
            process.terminate()
        assert process.wait(timeout=30) == (130 if by == "Ctrl-C" else 143), said(process)
        assert answer(port, "/_stcore/health") is None, "nothing is left behind"
        assert f"Your documents are kept in {tmp_path / 'mine'}" in said(process)


def test_its_exit_status_is_passed_on(tmp_path: Path) -> None:
    with running(tmp_path, ["--", "--no-such-option"]) as process:
        assert process.wait(timeout=60) == 2
        assert "No such option" in said(process)


@pytest.mark.parametrize("typed", [[], ["--"], ["--server.port", "8600"], ["app"]])
def test_no_command_means_the_app(typed: list[str]) -> None:
    found = parser.parse(typed)
    assert (found.command, found.options) == (
        "app",
        [one for one in typed if one.startswith("--s") or one.isdigit()],
    )


def test_it_explains_itself_without_starting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        commands.main(["app", "--help"])
    assert caught.value.code == 0
    assert "streamlit run" in capsys.readouterr().out


def test_the_checkout_comes_before_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.app_folder() == ROOT
    monkeypatch.setattr(explorer, "__file__", str(tmp_path / "explorer" / "__init__.py"))
    with pytest.raises(NotFound, match="Install the package again"):
        app.app_folder()
    assert commands.main([]) == 1
    assert "The app is neither in" in capsys.readouterr().err
    for folder in (tmp_path / app.INSTALLED, tmp_path):
        (folder / ".streamlit").mkdir(parents=True)
        (folder / "app.py").touch()
        (folder / ".streamlit" / "config.toml").touch()
        assert app.app_folder() == folder
