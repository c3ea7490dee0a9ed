"""How models are named that a library has of its own: `tuned-1:library`, `tuned-2:library` were trained
further on it, `static:library` was made quick for it.

They stand in the library's folder. Their name doesn't say which library, so that it can be moved;
`in_library` says it to whoever loads them.
"""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = "tuned"
"""The folder of a library that holds its own models."""
STATIC = "static:library"
"""The name of a library's own static model (`explorer.embedding.static`)."""
_NAME = re.compile(r"(?:tuned-([1-9][0-9]{0,5})|static):library")
_PLACED = re.compile(rf"{_NAME.pattern} in (.+)", re.DOTALL)


def name_of(number: int) -> str:
    """The name of a library's own model of that number."""
    return f"tuned-{number}:library"


def own_folder(library: Path, number: int) -> Path:
    """Where a library keeps its own model of that number."""
    return library / FOLDER / str(number)


def static_folder(library: Path) -> Path:
    """Where a library keeps its own static model."""
    return library / FOLDER / "static"


def in_library(name: str, library: Path | None) -> str:
    """A name that also says in which library its model is; other names stay as they are.

    Options may stand behind it, which stay behind it.
    """
    base, bar, options = name.partition(" | ")
    is_open = library is not None and is_own(base)
    return f"{base} in {library}{bar}{options}" if is_open else name


def is_own(name: str) -> bool:
    """Whether a name, without options, means a model of the library that is open."""
    return _NAME.fullmatch(name) is not None


def placed(name: str) -> Path | None:
    """The folder that `in_library` spoke of; None for other names."""
    found = _PLACED.fullmatch(name)
    if found is None:
        return None
    return own_folder(Path(found[2]), int(found[1])) if found[1] else static_folder(Path(found[2]))


def shown(name: str) -> str:
    """The name as a person knows it: without the library that `in_library` put into it."""
    base, bar, options = name.partition(" | ")
    found = _PLACED.fullmatch(base)
    if found is None:
        return name
    return f"{name_of(int(found[1])) if found[1] else STATIC}{bar}{options}"
