"""`pip install .`: the wheel is built, installed beside the pinned packages and used from another folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.test_requirements import pins

ROOT = Path(__file__).parents[1]
APP = "document_explorer_app"
SECONDS = 60.0


@dataclass(frozen=True)
class Installed:
    """A folder with what the wheel holds, and a working directory away from the checkout."""

    folder: Path
    elsewhere: Path

    def environment(self, *, with_app: bool = False, **more: str) -> dict[str, str]:
        """Python finds the folder and the pinned packages, never the checkout."""
        places = [self.folder, self.folder / APP] if with_app else [self.folder]
        path = os.pathsep.join(map(str, places))
        home = str(self.elsewhere / "library")
        return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "EXPLORER_HOME": home, **more}

    @property
    def command(self) -> str:
        [found] = self.folder.glob("*/document-explorer*")  # bin/ or Scripts\, .exe
        return str(found)

    def run(self, *arguments: str) -> str:
        """What `document-explorer` prints; fails with its errors if it fails."""
        return self._run([self.command, *arguments], self.environment())

    def python(self, code: str) -> str:
        """What a script prints that sees the app's folder as `streamlit run` shows it."""
        return self._run([sys.executable, "-c", code], self.environment(with_app=True))

    def _run(self, command: list[str], environment: dict[str, str]) -> str:
        done = subprocess.run(
            command,
            cwd=self.elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def tracked() -> list[str]:
    """The files of the checkout that git keeps, or would keep once they are added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def pip(*arguments: object) -> None:
    """Runs pip on the tested environment, also where that has none of its own (as start.py does)."""
    command = [sys.executable, "-m", "pip"]
    if find_spec("pip") is None:
        command = [str(getattr(sys, "_base_executable", "python")), "-m", "pip", "--python", sys.executable]
    options = ["--disable-pip-version-check", "--no-deps", "--no-index"]
    done = subprocess.run(
        [*command, str(arguments[0]), *options, *map(str, arguments[1:])],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: building writes into the folder it builds from."""
    place = tmp_path_factory.mktemp("wheel")
    for name in tracked():
        target = place / "checkout" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    pip("wheel", "--no-build-isolation", "--wheel-dir", place, place / "checkout")
    [built] = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", folder, wheel)
    return Installed(folder, tmp_path_factory.mktemp("elsewhere"))


# ---- what is inside


def test_the_engine_and_the_app_are_inside_and_nothing_else(wheel: Path) -> None:
    """Not by the patterns that pick the files: by what stands in the checkout's folders."""
    engine = {name for name in tracked() if name.startswith("explorer/")}
    shown = ("app.py", "pages/", "ui/", "samples/", ".streamlit/", "pyproject.toml", "requirements.txt")
    app = {f"{APP}/{name}" for name in tracked() if name.startswith(shown)}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == engine | app
    for example in ("app.py", ".streamlit/config.toml", "samples/chess-endgames.md", "ui/assets/map.js"):
        assert f"{APP}/{example}" in held
    assert not [name for name in held if "test" in name or "benchmark" in name or "cache" in name.split("/")]


def test_its_metadata_names_the_pins_the_licence_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [about] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(archive.read(about).decode("utf-8"))
        licences = {name.rpartition("/licenses/")[2] for name in archive.namelist() if "/licenses/" in name}
    assert {
        Requirement(line) for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line
    } == {*pins("requirements.txt").values()}
    assert metadata["License-Expression"] == "Apache-2.0"
    assert licences == {"LICENSE", "NOTICE"}


# ---- used away from the checkout


def test_the_command_answers_from_anywhere(installed: Installed) -> None:
    said = installed.run("--help")
    for verb in ("add", "search", "ask", "map", "doctor"):
        assert f"\n    {verb}" in said


def test_a_sample_is_added_and_found(installed: Installed) -> None:
    sample = installed.folder / APP / "samples" / "chess-endgames.md"
    assert "added" in installed.run("add", str(sample))
    assert "1. chess-endgames.md" in installed.run("search", "king and pawn against a king")
    assert (installed.elsewhere / "library" / "catalog.sqlite3").is_file()


def test_pages_open_as_installed(installed: Installed) -> None:
    """Settings reads the version and the packages beside the app; an empty library offers the samples."""
    said = installed.python(
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(installed.folder / APP / 'app.py')!r}, default_timeout=60)\n"
        "import explorer, ui; print(explorer.__file__, ui.__file__)\n"
        "for page in ('documents', 'settings'):\n"
        "    app.run().switch_page(f'pages/{page}.py').run()\n"
        "    print(page, [error.message for error in app.exception], app.title[0].value)\n"
        "from ui.settings import diagnostics\n"
        "print(diagnostics.version(), len(diagnostics.packages()))\n"
        "from ui.documents import adding\n"
        "print(len(list(adding.SAMPLES.iterdir())), 'samples')\n"
    )
    homes, documents, settings, about, samples = said.splitlines()
    assert str(ROOT) not in homes
    assert documents == "documents [] Documents"
    assert settings == "settings [] Settings"
    version, packages = about.split()
    assert version
    assert int(packages) > 30
    assert samples == f"{len(list((ROOT / 'samples').iterdir()))} samples"


def test_without_a_verb_the_app_starts(installed: Installed) -> None:
    """It answers on 127.0.0.1 with its own settings (another host's name is refused) until it is ended."""
    with serving(installed) as url:
        assert "<html" in fetched(f"{url}/")
        assert "<svg" in fetched(f"{url}/favicon.png")
        foreign = urllib.request.Request(f"{url}/", headers={"Host": "example.org"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(foreign, timeout=10)
    with pytest.raises(urllib.error.URLError):
        fetched(f"{url}/_stcore/health")


@contextmanager
def serving(installed: Installed) -> Iterator[str]:
    """`document-explorer` on a free port until the block ends; fails with its output if it stays silent."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = installed.environment(STREAMLIT_SERVER_PORT=str(port), STREAMLIT_SERVER_HEADLESS="true")
    log = installed.elsewhere / "app.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [installed.command],
            cwd=installed.elsewhere,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        if os.name == "nt":  # ending a process there ends none of those that it started
            command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(command, check=True, capture_output=True)
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            assert fetched(address) == "ok"
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"the app did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode("utf-8"))
