"""A foreign export, opened with care: it is a zip that anybody may have made.

Its files are read block by block by their names in the zip, which never become paths. Before one is read,
all of them are looked at: how many there are, how much they claim to unpack to, whether two have one name or
share bytes, whether one is packed or protected in a way that no export of ours is. zipfile gives no more of a
file than it claims.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import ReadError, StorageError
from explorer.transfer import form
from explorer.transfer.form import ExportManifest

ENTRIES = 600_000
"""Files that an export may hold: three for each document."""
UNPACKED_TIMES = 200
"""How many times its own size an export may unpack to, beyond `UNPACKED_MB`."""
UNPACKED_MB = 1024
"""What an export of any size may unpack to, in MB."""
JSON_MB = 512
"""Size of one JSON file in an export, in MB."""
COMMAS = 20_000_000
"""Commas in one JSON file: what a parser makes of a value takes many times the memory of its text."""
_DIRECTORY_BYTES = 128 << 20
"""The list of files at the end of a zip, which is read at once: about 200 bytes for each of `ENTRIES`."""
_HEADER_BYTES = 30
_IS_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)
_BLOCK = 1 << 20


class DamagedFile(ReadError):  # noqa: N818 (named as the others are)
    """One file of an export is missing or damaged; the others may be whole."""


class _Bounded(io.FileIO):
    """A file of which nobody reads more at once than the longest list of files: zipfile believes its size."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY_BYTES:
            raise zipfile.BadZipFile("a list of files without end")
        return super().read(_DIRECTORY_BYTES if size is None or size < 0 else size) or b""


class Archive:
    """An export that is read. Use it in a `with` statement.

    Raises ReadError: it is no export, is damaged or made to do harm; StorageError: a newer version wrote it.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        """`name`: what people call it, where its path does not say it."""
        self.name = name or path.name
        try:
            self.size = path.stat().st_size
            self._file = _Bounded(path)
            self._zip = zipfile.ZipFile(self._file)
        except FileNotFoundError as error:
            raise ReadError(f"There is no file {path}.") from error
        except _BROKEN as error:
            raise ReadError(
                f"{self.name} could not be opened: it is no zip, or cut off or damaged. Copy it here again."
            ) from error
        try:
            self._files = {entry.filename: entry for entry in self._checked()}
            self.sizes = {name: entry.file_size for name, entry in self._files.items()}
            """How many bytes each file unpacks to."""
            self.manifest = self._manifest()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    def size_of(self, name: str) -> int:
        """How many bytes a file unpacks to. Raises DamagedFile where there is none of that name."""
        return self._entry(name).file_size

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a file, block by block. Raises DamagedFile."""
        try:
            with self._zip.open(self._entry(name)) as file:
                while block := file.read(_BLOCK):
                    yield block
        except _BROKEN as error:
            raise DamagedFile(f"its place in {self.name} is damaged. Export it again.") from error

    def json(self, name: str) -> bytes:
        """The content of a JSON file. Raises DamagedFile."""
        if self.size_of(name) > JSON_MB << 20:
            raise DamagedFile(f"what is said of it takes more than {JSON_MB:,} MB.")
        data = b"".join(self.blocks(name))
        if data.count(b",") > COMMAS:
            raise DamagedFile("what is said of it has too many parts.")
        return data

    def _entry(self, name: str) -> zipfile.ZipInfo:
        found = self._files.get(name)
        if found is None:
            raise DamagedFile(f"it is not in {self.name}. Export it again.")
        return found

    def _checked(self) -> list[zipfile.ZipInfo]:
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        if len(entries) > ENTRIES:
            raise self._refused(f"it holds more than {ENTRIES:,} files")
        if len({entry.filename for entry in entries}) < len(entries):
            raise self._refused("two files in it have one name")
        if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
            raise self._refused("files in it are protected by a password, as in no export")
        if any(entry.compress_type not in _METHODS for entry in entries):
            raise self._refused("files in it are packed as in no export")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > (UNPACKED_MB << 20) + UNPACKED_TIMES * self.size:
            raise self._refused(f"it would unpack to {unpacked >> 20:,} MB, as only a zip bomb does")
        end = 0
        for entry in sorted(self._zip.infolist(), key=lambda one: one.header_offset):
            if entry.header_offset < end:
                raise self._refused("its entries overlap, as only in a zip bomb")
            end = entry.header_offset + _HEADER_BYTES + entry.compress_size
        return entries

    def _manifest(self) -> ExportManifest:
        if form.MANIFEST not in self._files:
            raise ReadError(
                f"{self.name} is no export of this program: it has no {form.MANIFEST}. To add what an "
                "archive holds, add it as a document."
            )
        try:
            data = self.json(form.MANIFEST)
            head = form.ManifestHead.model_validate_json(data)
        except (DamagedFile, ValueError) as error:
            raise self._unreadable() from error
        if head.program != form.PROGRAM:
            raise ReadError(f"{self.name} is no export of this program.")
        if head.format > form.FORMAT:
            raise StorageError(
                f"{self.name} was written by a newer version of this program (its format is {head.format}, "
                f"this version reads up to {form.FORMAT}). Nothing was changed. Update the program first."
            )
        try:
            return ExportManifest.model_validate_json(data)
        except ValueError as error:
            raise self._unreadable() from error

    def _unreadable(self) -> ReadError:
        return ReadError(f"{self.name} is damaged: its {form.MANIFEST} cannot be read. Copy it here again.")

    def _refused(self, why: str) -> ReadError:
        return ReadError(f"{self.name} is not opened: {why}.")
