"""The attic: `files/.attic/<day>/`, where repair puts what it takes out of a library and nothing else holds.

Only a person empties it (`doctor --empty-attic`). What belongs to a removed document never stays here.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from explorer.catalog.manifest import Manifest, ManifestEntry
from explorer.errors import StorageError

ATTIC = ".attic"
"""Its folder in `files/`."""


class Attic:
    """`originals.attic`. It is a folder that is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, path: Path, entry: ManifestEntry | None = None) -> Path:
        """Move a file into today's folder and note what it was called; returns where it is now.

        Raises StorageError.
        """
        day = self.folder / datetime.now(UTC).date().isoformat()
        try:
            day.mkdir(parents=True, exist_ok=True)
            target, number = day / path.name, 1
            while target.exists():
                number += 1
                target = day / f"{path.name}.{number}"
            if entry is not None:
                Manifest(day).put([entry])
            path.rename(target)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be moved to {self.folder} ({error.strerror}). Close the programs that use "
                "it, and check that you may write there."
            ) from error
        return target

    def files(self) -> list[Path]:
        """What lies here, without the lists of names."""
        found = self.folder.glob("*/*") if self.folder.is_dir() else ()
        return sorted(path for path in found if path.is_file() and not path.name.startswith("manifest.jsonl"))

    def drop(self, sha256: str) -> bool:
        """Delete the copies of an original, and what they were called. False where one is held open."""
        if not self.folder.is_dir():
            return True
        for path in self.folder.glob(f"*/{sha256}*"):
            Manifest(path.parent).drop([sha256])
            try:
                path.unlink(missing_ok=True)
            except OSError:
                return False  # its original stays doomed, and this is tried again
        return True

    def empty(self) -> int:
        """Delete all that lies here; returns how many files. Raises StorageError."""
        number = len(self.files())
        try:
            if self.folder.is_dir():
                shutil.rmtree(self.folder)
        except OSError as error:
            raise StorageError(
                f"{self.folder} cannot be emptied ({error.strerror}). Close the programs that use its files."
            ) from error
        return number
