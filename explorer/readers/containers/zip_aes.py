"""Members of a zip that are protected with AES, which Python's zipfile cannot open.

The format is WinZip's (AE-1 and AE-2, https://www.winzip.com/en/support/aes-encryption): a salt, two bytes
by which a wrong password is found out in all but one of 65,536 cases, the packed data in counter mode, and
ten bytes that prove that it is unchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

METHOD = 99
_EXTRA = 0x9901
_ROUNDS = 1000
_MAC_BYTES = 10
_BLOCK_BYTES = 2**18
_LOCAL_HEADER = struct.Struct("<26xHH")


class WrongPassword(Exception):  # noqa: N818
    """The password does not open the member."""


def blocks(path: Path, member: zipfile.ZipInfo, password: str) -> Iterator[bytes]:
    """The content of a member, unpacked, block by block.

    Raises WrongPassword, or ValueError, zlib.error and OSError for a damaged member.
    """
    strength, method = _facts(member)
    key_bytes = 8 + 8 * strength
    with path.open("rb") as file:
        file.seek(member.header_offset)
        name_bytes, extra_bytes = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        file.seek(name_bytes + extra_bytes, 1)
        salt, check = file.read(key_bytes // 2), file.read(2)
        keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, 2 * key_bytes + 2)
        if not hmac.compare_digest(keys[-2:], check):
            raise WrongPassword
        seal = hmac.new(keys[key_bytes:-2], digestmod="sha1")
        left = member.compress_size - key_bytes // 2 - 2 - _MAC_BYTES
        plain = _decrypted(_sealed(file.read, left, seal), keys[:key_bytes])
        yield from plain if method == zipfile.ZIP_STORED else _inflated(plain)
        for _ in plain:  # the seal covers what stands behind the end of the packed data, too
            pass
        if not hmac.compare_digest(seal.digest()[:_MAC_BYTES], file.read(_MAC_BYTES)):
            raise ValueError("the data was changed")


def _facts(member: zipfile.ZipInfo) -> tuple[int, int]:
    """(1 to 3 for 128 to 256 bits, method of packing) from the member's extra field."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _EXTRA and size >= 7 and len(extra) >= 11:
            strength, method = struct.unpack_from("<4xBH", extra, 4)
            if strength in (1, 2, 3) and method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return strength, method
        extra = extra[4 + size :]
    raise ValueError("how it is protected is not known")


def _sealed(read: Callable[[int], bytes], left: int, seal: hmac.HMAC) -> Iterator[bytes]:
    while left > 0:
        block = read(min(left, _BLOCK_BYTES))
        if not block:
            raise ValueError("it breaks off")
        left -= len(block)
        seal.update(block)
        yield block


def _decrypted(sealed: Iterator[bytes], key: bytes) -> Iterator[bytes]:
    """The data behind WinZip's counter mode, whose counter starts at 1 and has its lowest byte first."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305  the building block of the mode
    number = 1
    for block in sealed:
        count = -(-len(block) // 16)
        counters = b"".join((number + step).to_bytes(16, "little") for step in range(count))
        number += count
        stream = cipher.update(counters)[: len(block)]
        mixed = int.from_bytes(block, "little") ^ int.from_bytes(stream, "little")
        yield mixed.to_bytes(len(block), "little")


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-15)
    for block in packed:
        left = block
        while left and not unpacker.eof:
            yield unpacker.decompress(left, _BLOCK_BYTES)
            left = unpacker.unconsumed_tail
    while tail := unpacker.decompress(b"", _BLOCK_BYTES):
        yield tail
    if not unpacker.eof:
        raise ValueError("it breaks off")
