"""Sets up and starts the app, or the tests. Standard library only.

    python start.py [options of streamlit run]   make the environment, install, open the app
    python start.py test [options of pytest]     the same, then run the tests
    python start.py --with words,glove ...       the same, with extras; later starts have them too
    python start.py --help                       print this

    python start.py --server.headless true       the app without opening a browser
    python start.py --server.port 8600           at another port than 8501

The environment is `.venv` beside this file. It is installed again only when the requirements changed. Extras
are what only some people need; Settings says what there is.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

OLDEST_PYTHON = (3, 11)
QUIET_SECONDS = 30.0
"""How long nothing may be printed while pip installs."""
ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


class SetupError(Exception):
    """Setting up failed; the message says what to do."""


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Get it from python.org.")
        return 1
    if arguments[:1] in (["--help"], ["-h"]):
        print((__doc__ or "").strip())
        return 0
    try:
        asked, arguments = split_extras(arguments)
        testing = arguments[:1] == ["test"]
        wanted = [*installed_extras(), *asked]  # looked up first: a broken environment is made anew
        make_environment()
        install("requirements-test.txt" if testing else "requirements.txt")
        for extra in dict.fromkeys(wanted):
            install(f"requirements-{extra}.txt")
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    if testing:
        return run("pytest", *arguments[1:])
    return run("streamlit", "run", str(ROOT / "app.py"), *arguments)


def split_extras(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The extras that `--with A,B` or `--with=A,B` names, and the other arguments. Raises SetupError."""
    names: list[str] = []
    others: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        option, equals, value = argument.partition("=")
        if option == "--with":
            given = value if equals else next(rest, "")
            names += [name.strip() for name in given.split(",")]
        else:
            others.append(argument)
    known = extras()
    for name in names:
        if name not in known:
            raise SetupError(f"There is no extra {name!r}. There are: {', '.join(known)}.")
    return names, others


def extras() -> list[str]:
    """The names of all extras: each has a file with what it needs."""
    names = (path.stem.removeprefix("requirements-") for path in sorted(ROOT.glob("requirements-*.txt")))
    return [name for name in names if name != "test"]


def installed_extras() -> list[str]:
    """The extras that the environment has, perhaps in earlier versions."""
    return [name for name in extras() if mark_of(f"requirements-{name}.txt").exists()]


def make_environment() -> None:
    """Makes `.venv` unless it is there. It has its own pip where this Python brings one; else the pip at hand
    installs into it. Raises SetupError."""
    if is_usable(PYTHON):
        return
    print(f"Making an environment in {ENVIRONMENT}", flush=True)
    try:
        venv.create(ENVIRONMENT, with_pip=has_ensurepip(), clear=ENVIRONMENT.exists())
    except OSError as error:
        raise SetupError(f"The environment {ENVIRONMENT} could not be made: {error}") from error


def is_usable(python: Path) -> bool:
    """Whether the environment's Python starts: a removed system Python leaves one that does not."""
    if not python.exists():
        return False
    check = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def has_ensurepip() -> bool:
    """Whether this Python brings pip along; Debian splits that off into python3-venv."""
    import importlib.util

    return importlib.util.find_spec("ensurepip") is not None


def install(requirements: str) -> None:
    """Installs a requirements file unless exactly this one is installed already. Raises SetupError."""
    mark = mark_of(requirements)
    wanted = fingerprint(requirements)
    if mark.exists() and mark.read_text() == wanted:
        return
    is_extra = requirements.removeprefix("requirements-").removesuffix(".txt") in extras()
    size = "this extra" if is_extra else "a few GB"
    print(
        f"Installing what {requirements} names into {ENVIRONMENT}: {size} to download and unpack, which "
        "takes some minutes, this once. pip says below what it fetches, and is quiet while it unpacks.",
        flush=True,
    )
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        pip = [str(PYTHON), "-m", "pip"]
    # The app's own pins go along with an extra, which must not change them.
    options = pip_options(requirements)
    files = dict.fromkeys(["requirements.txt", requirements] if is_extra and not options else [requirements])
    named = [part for file in files for part in ("-r", str(ROOT / file))]
    command = [*pip, "install", "--disable-pip-version-check", *options, *named]
    if wait(subprocess.Popen(command)) != 0:
        raise SetupError(
            f"Installing failed; pip says why above. Check the network and the free disk, then run "
            f"`{Path(sys.executable).name} {Path(__file__).name}` again: it goes on where it stopped."
        )
    mark.write_text(wanted)


def pip_options(requirements: str) -> list[str]:
    """What pip is told beside a requirements file, in a comment there: "# pip: --no-deps (why)"."""
    for line in (ROOT / requirements).read_text(encoding="utf-8").splitlines():
        if line.startswith("# pip: "):
            return [part for part in line.split() if part.startswith("--")]
    return []


def mark_of(requirements: str) -> Path:
    """The file that says which state of a requirements file is installed."""
    return ENVIRONMENT / f".{requirements}.installed"


def wait(process: subprocess.Popen[bytes]) -> int:
    """The exit status of an installation. Says at intervals that it goes on: pip may be quiet for minutes."""
    begun = time.monotonic()
    while True:
        try:
            return process.wait(timeout=QUIET_SECONDS)
        except subprocess.TimeoutExpired:
            minutes, seconds = divmod(int(time.monotonic() - begun), 60)
            print(f"  ... still installing, for {minutes} min {seconds:02} s", flush=True)
        except BaseException:
            process.kill()
            process.wait()
            raise


def fingerprint(requirements: str) -> str:
    """A hex digest that changes with the requirements and with the Python that runs them."""
    texts = [(ROOT / name).read_bytes() for name in sorted({"requirements.txt", requirements})]
    return hashlib.sha256(b"\0".join([*texts, sys.version.encode()])).hexdigest()


def run(module: str, *arguments: str) -> int:
    """The exit status of a module of the environment. Ctrl+C reaches it too, and it closes by itself."""
    process = subprocess.Popen([PYTHON, "-m", module, *arguments], cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
