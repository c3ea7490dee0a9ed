"""OLE containers that tests make, Outlook messages among them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

_SECTOR, _SMALL = 512, 64
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_CUTOFF = 4_096
Tree = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    children: list[int] = field(default_factory=list)
    right: int = _FREE
    start: int = _END


def ole(tree: Tree) -> bytes:
    """A container (version 3) of these streams (bytes) and storages (mappings)."""
    entries = [_Entry("Root Entry", 5)]
    _gather(entries, 0, tree)
    small, small_fat = b"", []
    sectors: list[bytes] = []
    fat: list[int] = []

    def store(data: bytes) -> int:
        blocks = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        first = len(sectors)
        for number, block in enumerate(blocks, 1):
            sectors.append(block)
            fat.append(_END if number == len(blocks) else len(sectors))
        return first if blocks else _END

    for entry in entries[1:]:
        if entry.kind != 2 or not entry.content:
            continue
        if len(entry.content) >= _CUTOFF:
            entry.start = store(entry.content)
            continue
        entry.start = len(small) // _SMALL
        count = -(-len(entry.content) // _SMALL)
        small_fat += [entry.start + step + 1 for step in range(count - 1)] + [_END]
        small += entry.content.ljust(count * _SMALL, b"\0")
    entries[0].start, entries[0].content = store(small), small
    small_start = store(b"".join(struct.pack("<I", each) for each in small_fat))
    directory_start = store(b"".join(map(_packed, entries)))
    fat_sectors = -(-(len(fat) + 2) // (_SECTOR // 4))
    fat_start = len(sectors)
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * (_SECTOR // 4) - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_sectors, directory_start, 0, _CUTOFF, small_start, -(-len(small_fat) * 4 // _SECTOR), _END, 0,
        fat_start,
    )  # fmt: skip
    header += b"".join(struct.pack("<I", fat_start + step) for step in range(1, fat_sectors))
    header = header.ljust(_SECTOR, b"\xff")
    return header + b"".join(sectors) + b"".join(struct.pack("<I", each) for each in fat)


def _gather(entries: list[_Entry], parent: int, tree: Tree) -> None:
    numbers = []
    for name in sorted(tree, key=lambda each: (len(each), each.upper())):
        content = tree[name]
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, 2, content))
        else:
            entries.append(_Entry(name, 1))
            _gather(entries, numbers[-1], content)
    for number, following in pairwise(numbers):
        entries[number].right = following
    entries[parent].children = numbers


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    child = entry.children[0] if entry.children else _FREE
    size = len(entry.content)
    return struct.pack(
        "<64sHBBIII36xIQ", name, len(name) + 2, entry.kind, 1, _FREE, entry.right, child, entry.start, size
    )


def msg(
    texts: Mapping[int, str | bytes],
    *,
    code_page: int | None = None,
    body_page: int | None = None,
    attached: Mapping[str, bytes | Tree] | None = None,
    header: int = 32,
) -> dict[str, bytes | Tree]:
    """The tree of an Outlook message: number of a property → characters (UTF-16) or bytes (8-bit)."""
    tree: dict[str, bytes | Tree] = {}
    rows = b""
    for number, text in texts.items():
        kind = 0x1E if isinstance(text, bytes) else 0x1F
        data = text if isinstance(text, bytes) else text.encode("utf-16-le")
        if number in (0x1009, 0x1013):
            kind = 0x0102
        tree[f"__substg1.0_{number:04X}{kind:04X}"] = data
        rows += struct.pack("<HHIII", kind, number, 6, len(data), 0)
    for number, page in ((0x3FFD, code_page), (0x3FDE, body_page)):
        if page is not None:
            rows += struct.pack("<HHIII", 3, number, 6, page, 0)
    tree["__properties_version1.0"] = bytes(header) + rows
    for count, (name, content) in enumerate((attached or {}).items()):
        held: dict[str, bytes | Tree] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
        }
        held["__substg1.0_37010102" if isinstance(content, bytes) else "__substg1.0_3701000D"] = content
        tree[f"__attach_version1.0_#{count:08X}"] = held
    return tree
