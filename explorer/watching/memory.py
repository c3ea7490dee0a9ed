"""What of a watched folder was taken in: each file as it stood then, kept on the disk.

One file a folder, `watched/<digest>.jsonl` in the library: a line of JSON for each change, the last line on a
path holds. It is written after the catalogue, so that a kill makes a file be looked at twice and never
forgotten. If it is lost, files are compared with their documents by content.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from explorer.watching.looking import Stand

FOLDER = "watched"
"""The folder of a library that holds what is known of watched folders. Names of files stand in it."""


class KnownFiles:
    """The files of one folder that were taken in, by path."""

    def __init__(self, library: Path, root: str) -> None:
        digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
        self.path = library / FOLDER / f"{digest}.jsonl"
        self._files: dict[str, Stand] = {}
        self._digests: dict[str, str] = {}
        self._new: list[str] = []
        self._lines = 0
        self._is_loaded = False

    def load(self) -> None:
        """Read what was written, once. Raises OSError, and then it is tried again the next time."""
        if not self._is_loaded:
            self._load()
            self._is_loaded = True

    def __len__(self) -> int:
        return len(self._files)

    def get(self, path: str) -> Stand | None:
        """The file as it stood when it was taken in; None where it was not."""
        self.load()
        return self._files.get(path)

    def items(self) -> Iterator[tuple[str, Stand]]:
        """All of them."""
        self.load()
        return iter(list(self._files.items()))

    def digest(self, path: str) -> str:
        """What was in the file when it was taken in; "" where that was not noted."""
        self.load()
        return self._digests.get(path, "")

    def undigested(self) -> list[str]:
        """The files of which it was not noted what is in them."""
        self.load()
        return [path for path in self._files if path not in self._digests]

    def put(self, path: str, stand: Stand, digest: str = "") -> None:
        """A file was taken in as it stands. `digest`: what is in it, where that is known."""
        self.load()
        self._keep(path, stand, digest)
        self._new.append(_line(path, stand, digest))

    def forget(self, path: str) -> None:
        """A file is gone, and what the library had of it."""
        self.load()
        self._digests.pop(path, None)
        if self._files.pop(path, None) is not None:
            self._new.append(_line(path, None))

    def save(self) -> None:
        """Write down what is new. Raises OSError, and then it is written with the next."""
        if not self._new:
            return
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        if self._lines > 1000 and self._lines > 4 * len(self._files):
            self._rewrite()
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write("".join(self._new))
        self._lines += len(self._new)
        self._new.clear()

    def drop(self) -> None:
        """Forget all of it."""
        self._files.clear()
        self._digests.clear()
        self._is_loaded = True
        self._new.clear()
        self.path.unlink(missing_ok=True)

    def _rewrite(self) -> None:
        beside = self.path.with_suffix(".new")
        lines = [_line(path, stand, self.digest(path)) for path, stand in self._files.items()]
        beside.write_text("".join(lines), encoding="utf-8")
        beside.replace(self.path)
        self._lines = len(lines)
        self._new.clear()

    def _load(self) -> None:
        with suppress(FileNotFoundError):
            for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._lines += 1
                if not line.isascii():  # damaged on the disk: every line was written in ASCII
                    continue
                with suppress(ValueError, TypeError):  # a line that a kill has cut off: looked at again
                    path, *values = json.loads(line)
                    if values:
                        self._keep(path, Stand(*values[:4]), *values[4:])
                    else:
                        self._files.pop(path, None)
                        self._digests.pop(path, None)
            text = self.path.read_bytes()
            if text and not text.endswith(b"\n"):
                self._new.append("\n")

    def _keep(self, path: str, stand: Stand, digest: str = "") -> None:
        self._files[path] = stand
        if digest:
            self._digests[path] = digest
        else:
            self._digests.pop(path, None)


def _line(path: str, stand: Stand | None, digest: str = "") -> str:
    values: list[object] = []
    if stand is not None:
        values = [stand.size, stand.changed_ns, stand.number, stand.is_elsewhere, *filter(None, [digest])]
    return json.dumps([path, *values]) + "\n"
