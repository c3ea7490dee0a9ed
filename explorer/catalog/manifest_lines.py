"""The lines of a manifest in its file: added and taken away at a cost that does not grow with the file.

A new line is appended, one that goes is overwritten with spaces where it stands. So both need no room for a
second file, and a kill in between spoils no other line. What was found is remembered, and later only what was
appended since is read. The first line is a mark that changes whenever all is written anew, by which every
other process notices that; readers pass it over.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

BEGIN = b'{"sha256":"'
"""How every line about an original begins; its SHA-256 follows, in hex."""
_DIGITS = 64
_MARK = b'{"mark":"%s"}\n'
_MARK_LENGTH = len(_MARK % (b"0" * 32))
_WASTE = 1 << 16
"""The file is written anew when more than this, and more than half of it, is blank."""


@dataclass(slots=True)
class _Seen:
    """What was found in the file up to a byte of it."""

    mark: bytes
    """Its first line; empty where that is none of ours."""
    end: int = 0
    """Everything before this byte was read; a line begins there."""
    at: dict[bytes, int] = field(default_factory=dict)
    """Where the latest line about each original begins."""
    earlier: list[int] = field(default_factory=list)
    """Where lines begin that a later one has replaced."""
    waste: int = 0
    """Bytes of lines that say nothing."""
    is_damaged: bool = False
    """Whether a line is neither ours nor blank: it may hold the rest of one that should be gone."""

    def note(self, line: bytes) -> None:
        """Take in the line that begins at `end`."""
        sha = sha_of(line)
        if sha is None:
            self.waste += len(line)
            self.is_damaged |= bool(line.strip())
        else:
            before = self.at.get(sha)
            if before is not None:
                self.earlier.append(before)
            self.at[sha] = self.end
        self.end += len(line)


class ManifestLines:
    """The file at `path`, for one writer at a time, whoever sees to that. Every method may raise OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(f"{path.name}.part")
        self._seen: _Seen | None = None

    def all(self) -> Iterator[bytes]:
        """Every line that is not blank, the mark too. Nothing where there is no file."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return
        yield from (line + b"\n" for line in data.split(b"\n") if line.strip())

    def find(self, sha256: str) -> bytes | None:
        """The latest line about an original."""
        try:
            with self.path.open("rb") as file:
                offset = self._look(file).at.get(sha256.encode())
                line = b"" if offset is None else _line_at(file, offset)
        except FileNotFoundError:
            return None
        return line if sha_of(line) == sha256.encode() else None  # else another process has blanked it

    def put(self, lines: Mapping[str, bytes]) -> None:
        """Add lines by the SHA-256 that they are about; earlier ones about the same go."""
        seen = self._looked()
        if not seen.mark or seen.waste > max(_WASTE, seen.end // 2):
            kept = (line for line in self.all() if (sha_of(line) or b"").decode() not in lines)
            self.replace([*kept, *lines.values()])
            return
        self._append(b"".join(lines.values()))
        earlier = self._looked().earlier
        if earlier:
            self._blank(earlier)

    def drop(self, shas: Collection[str]) -> None:
        """Blank the lines about these originals; on disk when it returns."""
        seen = self._looked()
        wanted = [sha.encode() for sha in shas]
        going = [seen.at.pop(sha) for sha in wanted if sha in seen.at]
        if going:
            self._blank([*going, *seen.earlier])

    def tidy(self) -> None:
        """Blank the lines that a later one has replaced, and take out what is damaged."""
        seen = self._looked()
        if seen.is_damaged:
            self.replace(self.all())
        elif seen.earlier:
            self._blank(seen.earlier)

    def replace(self, lines: Iterable[bytes]) -> None:
        """Have these lines and no others, in one step."""
        mark = _MARK % secrets.token_hex(16).encode()
        with self.unfinished.open("wb") as file:
            file.write(mark)
            file.writelines(line for line in lines if sha_of(line) is not None)
            file.flush()
            os.fsync(file.fileno())
        self.unfinished.replace(self.path)
        self._seen = None

    def _looked(self) -> _Seen:
        try:
            with self.path.open("rb") as file:
                return self._look(file)
        except FileNotFoundError:
            return _Seen(b"")

    def _look(self, file: IO[bytes]) -> _Seen:
        """What is in the file now; read from where the last look ended, if it is still the same file."""
        file.seek(0)
        mark = file.read(_MARK_LENGTH)
        if not (mark.startswith(_MARK[:9]) and mark.endswith(b"\n")):
            mark = b""
        seen = self._seen
        if seen is None or not mark or seen.mark != mark or os.fstat(file.fileno()).st_size < seen.end:
            seen = _Seen(mark, len(mark))
        file.seek(seen.end)
        for line in file:
            if line.endswith(b"\n"):  # else it is half a line, left by a power cut, or just being written
                seen.note(line)
        self._seen = seen
        return seen

    def _append(self, new: bytes) -> None:
        with self.path.open("ab+") as file:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # half a line, left by a power cut
                new = b"\n" + new
            file.write(new)

    def _blank(self, offsets: Iterable[int]) -> None:
        seen, self._seen = self._seen, None  # what fails on the way is looked at anew
        blanked = 0
        with self.path.open("r+b") as file:
            for offset in offsets:
                line = _line_at(file, offset)
                if sha_of(line) is None:  # another process has done it
                    continue
                file.seek(offset)
                file.write(b" " * (len(line) - 1))
                blanked += len(line)
            file.flush()
            os.fsync(file.fileno())
        if seen is not None:
            seen.earlier.clear()
            seen.waste += blanked
            self._seen = seen


def sha_of(line: bytes) -> bytes | None:
    """The SHA-256 in hex that a line is about; None for the mark, blank lines, half and damaged ones."""
    end = len(BEGIN) + _DIGITS
    if not line.startswith(BEGIN) or line[end : end + 1] != b'"' or not line.endswith(b"}\n"):
        return None
    return line[len(BEGIN) : end]


def _line_at(file: IO[bytes], offset: int) -> bytes:
    file.seek(offset)
    return file.readline()
