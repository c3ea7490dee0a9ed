"""Archives that tests make, honest and otherwise."""

from __future__ import annotations

import hashlib
import hmac
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HOSTILE_NAMES = (
    "../../up.txt",
    "/etc/cron.d/absolute.txt",
    "C:\\Windows\\drive.txt",
    "./dot.txt",
    "a\\..\\b.txt",
)
"""Names that lead elsewhere where they are taken for paths."""
HARMLESS_NAMES = ("up.txt", "etc/cron.d/absolute.txt", "Windows/drive.txt", "dot.txt", "a/b.txt")
"""What they are called here."""


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def stored(files: Mapping[str, bytes]) -> bytes:
    """A zip whose members are not packed."""
    return zipped(files, zipfile.ZIP_STORED)


def tarred(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def locked_zip(files: Mapping[str, bytes], password: str) -> bytes:
    """A zip with the old protection (ZipCrypto), which Python reads and cannot write."""
    body, directory = b"", b""
    for name, content in files.items():
        crc = zlib.crc32(content)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        plain = bytes(11) + bytes([crc >> 24]) + packer.compress(content) + packer.flush()
        sealed = _ZipCrypto(password.encode()).encrypt(plain)
        facts = struct.pack("<HHHHHIIIHH", 20, 1, 8, 0, 33, crc, len(sealed), len(content), len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + facts
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\x03\x04" + facts + name.encode() + sealed
    tail = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + tail


class _ZipCrypto:
    def __init__(self, password: bytes) -> None:
        self._keys = [0x12345678, 0x23456789, 0x34567890]
        for byte in password:
            self._turn(byte)

    def encrypt(self, plain: bytes) -> bytes:
        sealed = bytearray()
        for byte in plain:
            word = self._keys[2] | 2
            sealed.append(byte ^ (((word * (word ^ 1)) >> 8) & 0xFF))
            self._turn(byte)
        return bytes(sealed)

    def _turn(self, byte: int) -> None:
        first, second, third = self._keys
        first = _crc_step(byte, first)
        second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self._keys = [first, second, _crc_step(second >> 24, third)]


def _crc_step(byte: int, crc: int) -> int:
    """One step of CRC-32 without the two inversions of zlib's."""
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def aes_zip(files: Mapping[str, bytes], password: str, strength: int = 3) -> bytes:
    """A zip as WinZip and 7-Zip protect it (AE-2), with one round of keys a member."""
    body, directory = b"", b""
    for number, (name, content) in enumerate(files.items()):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        key_bytes = 8 + 8 * strength
        salt = bytes([number]) * (key_bytes // 2)
        keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 2 * key_bytes + 2)
        cipher = Cipher(algorithms.AES(keys[:key_bytes]), modes.ECB()).encryptor()
        counters = b"".join((at + 1).to_bytes(16, "little") for at in range(len(packed) // 16 + 1))
        sealed = bytes(a ^ b for a, b in zip(packed, cipher.update(counters), strict=False))
        vouched = hmac.digest(keys[key_bytes:-2], sealed, "sha1")[:10]
        data = salt + keys[-2:] + sealed + vouched
        extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", strength, 8)
        sizes = (0, len(data), len(content), len(name), len(extra))
        facts = struct.pack("<HHHHHIIIHH", 51, 1, 99, 0, 33, *sizes)
        directory += b"PK\x01\x02" + struct.pack("<H", 51) + facts
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode() + extra
        body += b"PK\x03\x04" + facts + name.encode() + extra + data
    tail = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + tail


def overlapping_zip(copies: int = 2000) -> bytes:
    """Many entries over the same bytes: a few kilobytes that unpack to gigabytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = bytes(10 * 2**20)
    data = packed.compress(content) + packed.flush()
    facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(content), len(data), len(content), 5, 0)
    body = b"PK\x03\x04" + facts + b"a.txt" + data
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    directory = b"".join(entry + f"{number:05d}".encode() for number in range(copies))
    tail = struct.pack("<HHHHIIH", 0, 0, copies, copies, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + tail
