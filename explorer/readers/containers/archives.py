"""Archives (zip, tar, and single compressed files) are opened into their files.

Nothing is unpacked to a path: members are sent on block by block, under names that are text. The number of
members and the bytes that they claim to unpack to are found out first, so that an archive beyond a limit, or
made to do harm, costs nothing; the bytes that really come out are counted as well. Links and devices are left
out. Hidden files and leftovers of operating systems are passed over, just as in folders.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import IO, cast

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.containers import member_names, zip_aes
from explorer.readers.containers.members import Damaged, Parts, as_text, is_junk, too_deep, too_many, too_much
from explorer.readers.detection import sniffing
from explorer.readers.reading import Reading, Source, scrubbed

BLOCK_BYTES = 2**20
_HEADER_BYTES = 30
_TAR_BLOCK = 512
_HEADERS_MB = 64
"""Size that the headers of a tar may have, beside its files."""
_IS_ENCRYPTED = 0x1
_UNPACKED_HERE = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
    zip_aes.METHOD,
)
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error)


def read_zip(source: Source) -> Reading:
    """Sends on the files of a zip. Raises PasswordNeeded (after all files that need none), or ReadError."""
    _check_depth(source)
    try:
        archive = zipfile.ZipFile(source.path)
    except (*_BROKEN, ValueError, NotImplementedError) as error:
        raise ReadError(f"{source.shown} could not be opened: the archive is damaged.") from error
    parts = Parts(source, are_everything=True)
    with archive:
        names = member_names.of_zip(archive.infolist())
        members = [
            one
            for one in archive.infolist()
            if not one.filename.endswith("/") and not is_junk(as_text(names[one]))
        ]
        _check_zip(source, archive, members)
        opener = _Opener(source, archive)
        for number, member in enumerate(members, 1):
            source.on_page(number, len(members))
            if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                parts.leave_out("a link or device, which is not followed", names[member])
                continue
            if member.compress_type not in _UNPACKED_HERE:
                parts.leave_out("packed or encrypted in a way that only other programs open", names[member])
                continue
            try:
                parts.add(names[member], opener.blocks(member))
            except PasswordNeeded:
                opener.locked += 1
    if opener.locked:
        raise opener.refusal()
    return _opened(source, "zip", parts)


class _Opener:
    """Unpacks members of a zip, protected ones with the password."""

    def __init__(self, source: Source, archive: zipfile.ZipFile) -> None:
        self.locked = 0
        self._source = source
        self._archive = archive
        self._has_opened = False

    def blocks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of a member, block by block. Raises Damaged, or PasswordNeeded."""
        is_protected = bool(member.flag_bits & _IS_ENCRYPTED)
        password = self._source.password
        if is_protected and not password:
            raise self.refusal()
        try:
            if is_protected and member.compress_type == zip_aes.METHOD:
                yield from zip_aes.blocks(self._source.path, member, password or "")
            else:
                with self._archive.open(member, pwd=(password or "").encode() or None) as file:
                    while block := file.read(BLOCK_BYTES):
                        yield block
            self._has_opened = self._has_opened or is_protected
        except zip_aes.WrongPassword as error:
            raise self.refusal() from error
        except NotImplementedError as error:  # a newer kind of zip than Python knows
            raise Damaged from error
        except (*_BROKEN, ValueError) as error:
            if is_protected and not self._has_opened:
                raise self.refusal() from error
            raise Damaged from error
        except RuntimeError as error:  # what zipfile raises for a wrong password
            raise self.refusal() from error

    def refusal(self) -> PasswordNeeded:
        """The error for members that stay closed."""
        if self._source.password:
            return PasswordNeeded(f"That is not the password of {self._source.shown}: enter its password.")
        return PasswordNeeded(f"{self._source.shown} is protected: enter its password.")


def _check_zip(source: Source, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    """Raises ReadError for too many files, for too many bytes, and for entries that share bytes (a bomb)."""
    _check_amount(source, len(members), [member.file_size for member in members])
    end = 0
    for member in sorted(archive.infolist(), key=lambda one: one.header_offset):
        if member.header_offset < end:
            raise ReadError(f"{source.shown} is not opened: its entries overlap, as only in a zip bomb.")
        end = member.header_offset + _HEADER_BYTES + member.compress_size


def read_tar(source: Source) -> Reading:
    """Sends on the files of a tar, packed or not. Raises ReadError."""
    _check_depth(source)
    sizes, bare, is_damaged = _tar_members(source)
    _check_amount(source, len(sizes), sizes)
    names = member_names.of_tar(bare)
    parts = Parts(source, are_everything=True)
    number = 0
    try:
        with _unpacked(source) as stream, _tar(stream) as archive:
            for member in archive:
                if member.isdir() or is_junk(as_text(member.name)):
                    continue
                file = archive.extractfile(member) if member.isfile() else None
                name = names.get(member.name, member.name)
                if file is None:
                    parts.leave_out("a link or device, which is not followed", name)
                    continue
                number += 1
                source.on_page(number, len(sizes))
                parts.add(name, _blocks(file))
    except _BROKEN:
        is_damaged = True
    return _opened(source, "tar", parts, is_damaged=is_damaged)


def _tar_members(source: Source) -> tuple[list[int], list[str], bool]:
    """The size of each file in a tar, those names that are not in UTF-8, and whether the tar breaks off."""
    sizes: list[int] = []
    bare: list[str] = []
    try:
        with _unpacked(source) as stream, _tar(stream) as archive:
            for member in archive:
                if not member.name.isascii() and scrubbed(member.name) != member.name:
                    bare.append(member.name)
                if member.isfile() and not is_junk(as_text(member.name)):
                    sizes.append(member.size)
                    _check_amount(source, len(sizes), [member.size])
    except _BROKEN:
        return sizes, bare, True
    return sizes, bare, False


def _tar(stream: IO[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=stream, mode="r|", bufsize=BLOCK_BYTES)


def read_packed(source: Source) -> Reading:
    """Sends on a single packed file (gz, bz2, xz), or the files of the tar that it is. Raises ReadError."""
    _check_depth(source)
    head = b""
    try:
        with _unpacked(source) as stream:
            while len(head) < _TAR_BLOCK and (block := stream.read(_TAR_BLOCK - len(head))):
                head += block
    except _BROKEN as error:
        if not head:
            raise ReadError(f"{source.shown} could not be unpacked: it is damaged.") from error
    if sniffing.is_tar(head):
        return read_tar(source)
    name = PurePath(source.name)
    is_packed_name = name.suffix.lower() in (".gz", ".bz2", ".xz", ".lzma")
    parts = Parts(source, are_everything=True)
    with _unpacked(source) as stream:
        whole = _Whole(stream)
        parts.add(name.stem if is_packed_name else source.name, whole.blocks())
    return _opened(source, "packed", parts, is_damaged=whole.is_cut)


class _Whole:
    """The content of a packed file, up to where it is cut off, if it is."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.is_cut = False
        self._stream = stream

    def blocks(self) -> Iterator[bytes]:
        """The content, block by block. Raises Damaged where not one block can be unpacked."""
        is_any = False
        try:
            for block in _blocks(self._stream):
                is_any = True
                yield block
        except Damaged:
            if not is_any:
                raise
            self.is_cut = True


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while block := file.read(BLOCK_BYTES):
            yield block
    except _BROKEN as error:
        raise Damaged from error


_UNPACKERS: tuple[tuple[bytes, Callable[[IO[bytes]], object]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ", lzma.LZMAFile),
)


def _unpacked(source: Source) -> IO[bytes]:
    """The file as a stream, unpacked where it is packed; reading beyond the limit raises ReadError."""
    file = source.path.open("rb")
    head = file.read(8)
    file.seek(0)
    for signature, unpack in _UNPACKERS:
        if head.startswith(signature):
            return cast("IO[bytes]", _Bounded(source, cast("io.BufferedReader", unpack(file)), file))
    return file


class _Bounded(io.RawIOBase):
    """A stream that counts the bytes that come out of it. Reading beyond the limit raises ReadError."""

    def __init__(self, source: Source, unpacked: io.BufferedReader, file: IO[bytes]) -> None:
        self._source = source
        self._unpacked = unpacked
        self._file = file
        self._left = (source.limits.unpacked_mb + _HEADERS_MB) * 2**20 - source.spent.unpacked

    def read(self, size: int = -1) -> bytes:
        # Not `read`, which loses what came before a place where the file is cut off.
        block = self._unpacked.read1(BLOCK_BYTES if size < 0 else size)
        self._left -= len(block)
        if self._left < 0:
            raise too_much(self._source)
        return block

    def close(self) -> None:
        self._unpacked.close()
        self._file.close()
        super().close()


def _check_depth(source: Source) -> None:
    if source.spent.depth >= source.limits.depth:
        raise too_deep(source)


def _check_amount(source: Source, count: int, sizes: Sequence[int]) -> None:
    limits, spent = source.limits, source.spent
    if spent.members + count > limits.members:
        raise too_many(source)
    if (
        spent.unpacked + sum(sizes) > limits.unpacked_mb * 2**20
        or max(sizes, default=0) > limits.file_mb * 2**20
    ):
        raise too_much(source)


def _opened(source: Source, kind: str, parts: Parts, *, is_damaged: bool = False) -> Reading:
    """The reading of an archive: no page, its files were sent on. Raises ReadError when there was none."""
    warnings = parts.warnings()
    if is_damaged:
        warnings = (
            "It is damaged: what stands behind the last that could be unpacked is lost.",
            *warnings,
        )
    if not parts.taken:
        said = " ".join(warnings) or "It is empty."
        raise ReadError(f"{source.shown} holds no file that can be read. {said}"[:395])
    out = Assembly(source, warnings=list(warnings))
    return out.reading(kind, needs_text=False)
