"""start.py: what it makes, what it does not do twice, and what it says when it can't."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import start


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project that needs no packages."""
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "requirements-test.txt").write_text("-r requirements.txt\n")
    environment = tmp_path / ".venv"
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "ENVIRONMENT", environment)
    monkeypatch.setattr(start, "PYTHON", environment / start.PYTHON.relative_to(start.PYTHON.parents[1]))
    return tmp_path


def test_makes_an_environment_and_installs_once(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start.make_environment()
    start.install("requirements.txt")
    assert start.is_usable(start.PYTHON)

    ran: list[object] = []
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **_: ran.append(arguments))
    start.install("requirements.txt")
    assert ran == []


def test_changed_requirements_are_installed_again(checkout: Path) -> None:
    before = start.fingerprint("requirements-test.txt")
    (checkout / "requirements.txt").write_text("# something else\n")
    assert start.fingerprint("requirements-test.txt") != before


def test_without_ensurepip_the_pip_at_hand_is_used(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "has_ensurepip", lambda: False)
    start.make_environment()
    start.install("requirements.txt")
    assert (checkout / ".venv" / ".requirements.txt.installed").exists()


def test_a_failed_install_says_what_to_do(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (checkout / "requirements.txt").write_text("./no-such-package-here\n")
    assert start.main([]) == 1
    assert "goes on where it stopped" in capfd.readouterr().err


def test_installing_is_not_silent(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "QUIET_SECONDS", 0.1)
    start.make_environment()
    start.install("requirements.txt")
    said = capfd.readouterr().out
    assert "takes some minutes" in said
    assert "still installing, for 0 min 0" in said


def started(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[list[str], list[list[str]]]:
    """Runs start.py: what it would have run in the environment, and what it had pip install."""
    ran: list[str] = []
    fetched: list[list[str]] = []
    popen = subprocess.Popen

    def noting(command: list[str], *rest: object, **options: object) -> subprocess.Popen[bytes]:
        if "install" in command:
            fetched.append([Path(part).name for part in command[command.index("install") :] if "req" in part])
        return popen(command, *rest, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", noting)
    monkeypatch.setattr(start, "run", lambda module, *rest: ran.extend([module, *rest]) or 0)
    assert start.main(list(arguments)) == 0
    monkeypatch.setattr(subprocess, "Popen", popen)
    return ran, fetched


def test_extras_are_installed_once_and_stay(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (checkout / f"requirements-{name}.txt").write_text("# nothing\n")
    _, fetched = started(monkeypatch)
    assert fetched == [["requirements.txt"]]
    ran, fetched = started(monkeypatch, "--with", "one", "--server.port", "8600")
    assert ran[0] == "streamlit"
    assert ran[-2:] == ["--server.port", "8600"]
    assert fetched == [["requirements.txt", "requirements-one.txt"]], "with the app's pins, and nothing else"

    assert started(monkeypatch)[1] == [], "a plain start installs nothing anew"
    (checkout / "requirements-one.txt").write_text("# another version\n")
    assert started(monkeypatch)[1] == [["requirements.txt", "requirements-one.txt"]], (
        "and keeps it up to date"
    )
    ran, fetched = started(monkeypatch, "test", "-k", "x", "--with=two,one")
    assert ran == ["pytest", "-k", "x"]
    assert fetched == [["requirements-test.txt"], ["requirements.txt", "requirements-two.txt"]]


def test_an_extra_may_be_installed_alone(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "requirements-one.txt").write_text("# pip: --no-deps (what it asks for is not needed)\n")
    _, fetched = started(monkeypatch, "--with", "one")
    assert fetched == [["requirements.txt"], ["requirements-one.txt"]], "what it asks for is left out"
    assert start.pip_options("requirements-one.txt") == ["--no-deps"]
    assert start.pip_options("requirements.txt") == []


def test_an_environment_made_anew_has_the_extras_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "requirements-one.txt").write_text("# nothing\n")
    started(monkeypatch, "--with", "one")
    start.PYTHON.unlink()
    assert started(monkeypatch)[1] == [["requirements.txt"], ["requirements.txt", "requirements-one.txt"]]


@pytest.mark.parametrize("arguments", [["--with", "nothing"], ["--with"], ["--with=test"]])
def test_an_unknown_extra_is_refused_before_anything_is_made(
    arguments: list[str], checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "requirements-one.txt").write_text("# nothing\n")
    assert start.main(arguments) == 1
    assert "There are: one." in capsys.readouterr().err
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_needs_nothing_and_installs_nothing(option: str) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "start.py", option],
        cwd=start.ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "python start.py test" in done.stdout
    assert "--server.headless true" in done.stdout
    assert "Installing" not in done.stdout


def test_an_old_python_is_told_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert start.main([]) == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().out


def test_needs_only_the_standard_library() -> None:
    """With -S, site-packages is out of reach: an import from there would fail."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import start"], cwd=start.ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
