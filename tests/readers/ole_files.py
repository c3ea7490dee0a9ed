"""OLE containers, made by hand: what old Office files and Outlook messages stand in."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR, _SMALL_SECTOR, _LARGE = 512, 64, 4_096
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A container with these streams at its root; those below 4,096 bytes stand among small sectors."""
    held = sorted(streams.items(), key=lambda each: (len(each[0]), each[0].upper()))
    small = [content for _, content in held if len(content) < _LARGE]
    of_small, small_starts = _chains([-(-len(each) // _SMALL_SECTOR) for each in small], 0)
    packed = b"".join(_padded(each, _SMALL_SECTOR) for each in small)
    large = [content for _, content in held if len(content) >= _LARGE]
    directory_size = 128 * (1 + len(held))
    table = struct.pack(f"<{len(of_small)}I", *of_small)
    sizes = [directory_size, len(table), len(packed), *map(len, large)]
    counts = [-(-size // _SECTOR) for size in sizes]
    fats = next(n for n in range(1, 110) if n * (_SECTOR // 4) >= n + sum(counts))
    chains, starts = _chains(counts, fats)
    chains = [*[_FAT] * fats, *chains]
    chains += [_FREE] * (fats * (_SECTOR // 4) - len(chains))
    of_large, of_packed = iter(starts[3:]), iter(small_starts)
    entries = [_entry("Root Entry", (5, _FREE, 1 if held else _FREE), starts[2], len(packed))]
    for number, (name, content) in enumerate(held, start=1):
        after = number + 1 if number < len(held) else _FREE
        start = next(of_packed if len(content) < _LARGE else of_large)
        entries.append(_entry(name, (2, after, _FREE), start, len(content)))
    parts = [b"".join(entries), table, packed, *large]
    return _head(fats, starts, counts) + struct.pack(f"<{len(chains)}I", *chains) + b"".join(
        _padded(part, _SECTOR) for part in parts
    )  # fmt: skip


def _head(fats: int, starts: Sequence[int], counts: Sequence[int]) -> bytes:
    return struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, starts[0], 0, _LARGE,
        starts[1], counts[1], _END, 0,
    ) + struct.pack("<109I", *range(fats), *([_FREE] * (109 - fats)))  # fmt: skip


def _chains(counts: Sequence[int], first: int) -> tuple[list[int], list[int]]:
    """(the next sector of each sector, where each chain begins) of chains that follow each other."""
    chains: list[int] = []
    starts = []
    for count in counts:
        at = first + len(chains)
        starts.append(at if count else _END)
        chains += [*range(at + 1, at + count), _END] if count else []
    return chains, starts


def _padded(content: bytes, sector: int) -> bytes:
    return content.ljust(-(-len(content) // sector) * sector, b"\0")


def _entry(name: str, kind_after_child: tuple[int, int, int], start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    kind, after, child = kind_after_child
    return struct.pack(
        "<64sHBBIII36xIQ", written, len(written) + 2, kind, 1, _FREE, after, child, start, size
    )
