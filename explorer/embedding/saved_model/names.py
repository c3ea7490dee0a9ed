"""How a SavedModel is named, and how a person says that it may run: `savedmodel:FOLDER | trusted=DIGITS`.

The digits are of the folder's content: a confirmation holds for these files and no others.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from explorer.embedding.folder import sha256
from explorer.errors import ModelError

PREFIX = "savedmodel:"
_TRUSTED = re.compile(r"(.*?)\s+\|\s+trusted=([0-9a-f]{16})", re.DOTALL)
_SCHEME = "1"
"""Counts up when our code makes other vectors of the same files."""
_GRAPHS = ("saved_model.pb", "saved_model.pbtxt")


@dataclass(frozen=True, slots=True)
class SavedFolder:
    """A folder that is there, and what it holds."""

    path: Path
    fingerprint: str
    """40 hex digits for all its files."""

    @property
    def digits(self) -> str:
        """What a person confirms."""
        return self.fingerprint[:16]


def confirmed(name: str) -> str:
    """The name with the confirmation that the folder behind it, as it is now, may run. Raises ModelError."""
    folder, _ = _looked_at(name)
    return f"{PREFIX}{folder.path} | trusted={folder.digits}"


def trusted(name: str) -> SavedFolder:
    """The folder behind a name. Raises ModelError: it is none, or nobody confirmed that it may run."""
    folder, digits = _looked_at(name)
    if digits is None:
        raise ModelError(
            f"{folder.path} is a SavedModel, which is a program: opening it runs what its maker wrote, as "
            f"you. If you trust whoever made it, name it {PREFIX}{folder.path} | trusted={folder.digits}"
        )
    if digits != folder.digits:
        raise ModelError(
            f"The files in {folder.path} are others than those that you said you trust. If you trust these "
            f"too, name it {PREFIX}{folder.path} | trusted={folder.digits}"
        )
    return folder


def _looked_at(name: str) -> tuple[SavedFolder, str | None]:
    given = _TRUSTED.fullmatch(name)
    base, digits = (given[1], given[2]) if given else (name, None)
    path = Path(base.removeprefix(PREFIX).strip()).expanduser().absolute()
    if not any((path / graph).is_file() for graph in _GRAPHS):
        raise ModelError(
            f"{path} is no SavedModel. Give the folder that holds saved_model.pb, behind “{PREFIX}”."
        )
    digest = hashlib.sha256(_SCHEME.encode())
    for file in sorted(path.rglob("*")):
        if file.is_file():
            digest.update(f"\n{file.relative_to(path).as_posix()} {sha256(file)}".encode())
    return SavedFolder(path, digest.hexdigest()[:40]), digits
