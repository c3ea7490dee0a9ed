"""Names of an archive's files, in the encoding of the machine that it was made on.

A zip says of a name that it is in UTF-8, or says nothing. Then it is in UTF-8 all the same, or in what the
program's system had: a code page of DOS, Windows or Mac, Shift-JIS, GBK and others. All names of an archive
come from one machine, so all together tell the encoding.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from zipfile import ZipInfo

from explorer.readers.encodings import code_pages

_IS_UTF8 = 0x800
_UNICODE_PATH = 0x7075
"""Number of the extra field in which Info-ZIP keeps a name in UTF-8."""
_MOST = 2_000
"""Names that are looked at."""


def of_zip(members: Sequence[ZipInfo]) -> dict[ZipInfo, str]:
    """The name of each member of a zip."""
    odd = (one for one in members if not one.flag_bits & _IS_UTF8 and not one.filename.isascii())
    bare = {one: _bytes(one) for one in odd}
    encoding = _encoding(bare.values())
    return {
        one: (_stated(one, bare[one]) or _decoded(bare[one], encoding)) if one in bare else one.filename
        for one in members
    }


def of_tar(names: Sequence[str]) -> dict[str, str]:
    """What each of those names of a tar says that are not in UTF-8, as Python's reader gives them."""
    bare = {name: name.encode("utf-8", "surrogateescape") for name in names}
    encoding = _encoding(bare.values())
    return {name: _decoded(data, encoding) for name, data in bare.items()}


def _bytes(member: ZipInfo) -> bytes:
    """The name as it stands in the zip, which Python takes for code page 437."""
    return member.filename.encode("cp437", "replace")


def _stated(member: ZipInfo, name: bytes) -> str:
    """The name in UTF-8 beside the name in a code page; "" where there is none, or one for another name."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        held, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and held[1:5] == zlib.crc32(name).to_bytes(4, "little"):
            return held[5:].decode("utf-8", "replace")
    return ""


def _encoding(names: Iterable[bytes]) -> str:
    """The encoding of all names: UTF-8 if it fits all of them."""
    every = [name for name, _ in zip(names, range(_MOST), strict=False)]
    try:
        b"\n".join(every).decode("utf-8")
    except UnicodeDecodeError:
        return code_pages.guess(b"\n".join(every), of_dos=True)
    return "utf-8"


def _decoded(name: bytes, encoding: str) -> str:
    """The characters of a name; one that is in UTF-8 among others that are not, is."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode(encoding, "replace")
