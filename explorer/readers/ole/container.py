"""The streams of an OLE container under their usual names.

Names in such a container ignore case, yet what reads Excel, Word, PowerPoint and Outlook files looks for them
as Microsoft writes them. Some programs write them in capitals: everything that opens one asks here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.readers.reading import Source

if TYPE_CHECKING:
    from olefile import OleFileIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGE = (OSError, ValueError, LookupError, AttributeError, ArithmeticError, TypeError)
"""What olefile raises on a damaged container."""
_USUAL = {
    name.upper(): name
    for name in (
        "Root Entry", "Workbook", "Book", "WordDocument", "0Table", "1Table", "Data", "ObjectPool",
        "PowerPoint Document", "Current User", "Pictures", "EncryptedPackage", "EncryptionInfo",
        "\x05SummaryInformation", "\x05DocumentSummaryInformation", "\x06DataSpaces",
        "__properties_version1.0", "__nameid_version1.0",
    )
}  # fmt: skip
_NUMBERED = re.compile(
    r"(__(?:substg1\.0|recip_version1\.0|attach_version1\.0)_)(#?[0-9A-F]{8}(?:-[0-9A-F]{8})?)", re.I
)
"""Streams of Outlook messages: a fixed beginning, then digits in capitals."""
_ENTRY = 128
_NAME_BYTES = 64
_MOST_SECTORS = 100_000


def usual(name: str) -> str:
    """The name of a stream or storage as Microsoft writes it, whatever its case; others are not changed."""
    if found := _NUMBERED.fullmatch(name):
        return found[1].lower() + found[2].upper()
    return _USUAL.get(name.upper(), name)


def roots(path: Path) -> frozenset[str]:
    """The usual names at the root of a container; none where it is damaged."""
    import olefile

    try:
        with olefile.OleFileIO(path) as container:
            return frozenset(usual(each[0]) for each in container.listdir())
    except DAMAGE:
        return frozenset()


def prepared(source: Source) -> Source:
    """The source with every name in its container as Microsoft writes it."""
    if source.content is not None:
        return replace(source, content=with_usual_names(source.content))
    with source.path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE or not _has_others(source.path):
            return source
    return replace(source, content=with_usual_names(source.path.read_bytes()))


def with_usual_names(data: bytes) -> bytes:
    """The container with every name as Microsoft writes it; `data` itself where all are, or it is damaged."""
    import olefile

    if not data.startswith(SIGNATURE):
        return data
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            changes = list(_renamed(container))
            places = list(_places(container)) if changes else []
    except DAMAGE:
        return data
    changed = bytearray(data)
    for number, name in changes:
        place = places[number] if number < len(places) else len(data)
        if place + _NAME_BYTES <= len(data):  # names keep their length: only letters change their case
            written = name.encode("utf-16-le")
            changed[place : place + len(written)] = written
    return bytes(changed) if changes else data


def stream(source: Source, *names: str) -> bytes:
    """The content of the first of these streams that there is; nothing where the container is damaged."""
    import olefile

    held = source.path if source.content is None else io.BytesIO(source.content)
    try:
        with olefile.OleFileIO(held) as container:
            found = next((name for name in names if container.exists(name)), None)
            return b"" if found is None else bytes(container.openstream(found).read())
    except DAMAGE:
        return b""


def _has_others(path: Path) -> bool:
    """Whether a name in a container is written in another case than usual: most files need no copy."""
    import olefile

    try:
        with olefile.OleFileIO(path) as container:
            return next(_renamed(container), None) is not None
    except DAMAGE:
        return False


def _renamed(container: OleFileIO) -> Iterator[tuple[int, str]]:
    """(number of a directory entry, its usual name) where it has another one."""
    for number, entry in enumerate(container.direntries):
        if entry is not None and (name := usual(entry.name)) != entry.name and len(name) == len(entry.name):
            yield number, name


def _places(container: OleFileIO) -> Iterator[int]:
    """Where in the file each directory entry stands: the directory is a chain of sectors."""
    size = container.sector_size
    sector = container.first_dir_sector
    for _ in range(_MOST_SECTORS):
        if not 0 <= sector < len(container.fat):
            return
        start = (sector + 1) * size
        yield from range(start, start + size, _ENTRY)
        sector = container.fat[sector]
