"""`python -m explorer` with no command: the app, from a checkout or as it was installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import explorer
from explorer.errors import NotFound
from explorer.settings import variable

INSTALLED = "document_explorer_app"
"""The folder beside the installed package that holds the app; in a checkout it is the checkout itself."""


def app_folder() -> Path:
    """The folder that holds `app.py` and its settings. Raises NotFound where neither place has them."""
    beside = Path(explorer.__file__).resolve().parent.parent
    for folder in (beside, beside / INSTALLED):
        # The settings too: they are what keeps the app on this machine (.streamlit/config.toml).
        if (folder / "app.py").is_file() and (folder / ".streamlit" / "config.toml").is_file():
            return folder
    raise NotFound(
        f"The app is neither in {beside} nor in {beside / INSTALLED}. Install the package again, or start it "
        "from a checkout."
    )


def run(options: Sequence[str]) -> int:
    """Serve the app until it ends; returns its exit status. `options` go to `streamlit run`.

    The status is 130 after Ctrl-C, which reaches the app too: it closes by itself. A request to end (SIGTERM)
    is passed on to it.
    """
    folder = app_folder()
    command = [sys.executable, "-m", "streamlit", "run", str(folder / "app.py"), *options]
    # Not `processes.start`: on Windows its children have no terminal. The app would print nothing, and Ctrl-C
    # would not reach it.
    process = subprocess.Popen(command, cwd=folder, env=_environment())  # noqa: S603
    earlier = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    is_stopped = False
    try:
        while True:
            try:
                status = process.wait()
            except KeyboardInterrupt:
                is_stopped = True
                continue
            return 130 if is_stopped else _as_shells_have_it(status)
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _as_shells_have_it(status: int) -> int:
    """An exit status from 0 to 255: 128 and the signal's number where a signal ended the process."""
    return status if status >= 0 else 128 - status


def _environment() -> dict[str, str]:
    """The environment with the library's folder as a whole path: the app runs in another folder."""
    name = variable("home")
    home = os.environ.get(name)
    whole = {name: str(Path(home).expanduser().absolute())} if home else {}
    return {**os.environ, **whole}
