"""What to send along with a report: versions, settings and figures, never names, texts or keys."""

from __future__ import annotations

import platform
import sqlite3
from importlib import metadata
from pathlib import Path

from pydantic import SecretStr

from explorer import Library
from explorer.extras import EXTRAS
from explorer.settings import Settings

ROOT = Path(__file__).parents[2]


def version() -> str:
    """The version that pyproject.toml names."""
    import tomllib

    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def packages() -> list[str]:
    """The packages that requirements.txt names and that are installed, and those of installed extras."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [
        line.split("==")[0].split("[")[0].strip()
        for line in lines
        if "==" in line and not line.startswith("#")
    ]
    added = [extra.distribution for extra in EXTRAS.values()]
    return [name for name in [*names, *added] if _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def licences() -> str:
    """One line a package: name, version, licence as its own metadata has it."""
    rows = [(name, metadata.version(name), _licence(name)) for name in sorted(packages(), key=str.lower)]
    wide = max((len(name) for name, _, _ in rows), default=0)
    return "\n".join(f"{name:<{wide}}  {number:<12}  {licence}" for name, number, licence in rows)


def _licence(name: str) -> str:
    about = metadata.metadata(name)

    def said(field: str) -> list[str]:
        return [str(value) for value in about.get_all(field) or ()]

    written = ", ".join(said("License-Expression"))
    if not written:
        classified = [line for line in said("Classifier") if line.startswith("License ::")]
        written = ", ".join(line.rsplit("::", 1)[1].strip() for line in classified)
    return written or next(iter("".join(said("License")).strip().splitlines()), "see the package")[:60]


def report(library: Library) -> str:
    """Versions, settings with their sources, figures of the library."""
    settings, counts = library.settings, library.counts()
    lines = [
        f"Document Explorer {version()}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"SQLite {_sqlite()} (Python links {sqlite3.sqlite_version})",
        f"Documents {counts.documents}, pages {counts.pages}, passages {counts.chunks}, bytes {counts.bytes}",
        "",
    ]
    for name in Settings.model_fields:
        value = getattr(settings, name)
        value = "set" if isinstance(value, SecretStr) else value
        if name == "home":
            value = "(a folder)"
        lines.append(f"{name} = {value}  [{library.setting_source(name)}]")
    lines += ["", *(f"{name} {metadata.version(name)}" for name in sorted(packages(), key=str.lower))]
    return "\n".join(lines)


def _sqlite() -> str:
    import apsw

    return apsw.sqlite_lib_version()
