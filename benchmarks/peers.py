"""An environment of its own for what we are measured against."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path


def python(folder: Path, requirements: Path, first: tuple[str, ...] = ()) -> Path:
    """The Python of the environment in `folder`, made anew when `requirements` has changed.

    Lines that start with one of `first` are installed before the others, so that nothing brings another
    build of them.
    """
    found = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making the peer's environment in {folder} ...", flush=True)
        pip = [str(found), "-m", "pip", "install", "--quiet"]
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        for line in requirements.read_text().splitlines():
            if first and line.startswith(first):
                subprocess.run([*pip, line], check=True)
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        stamp.write_text(wanted)
    return found
