"""Packed RTF of Outlook messages → RTF, by [MS-OXRTFCP]: LZ77 with a dictionary that is known beforehand."""

from __future__ import annotations

import struct

_KNOWN = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_HEADER = struct.Struct("<IIII")
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4_096


class PackingError(Exception):
    """The bytes are no packed RTF, or unpack to more than they may."""


def unpacked(data: bytes, most: int) -> bytes:
    """The RTF, at most `most` bytes of it. Raises PackingError."""
    if len(data) < _HEADER.size:
        raise PackingError
    _, size, kind, _ = _HEADER.unpack_from(data)
    if kind == _PLAIN:
        return data[_HEADER.size :][:size]
    if kind != _PACKED or size > most:
        raise PackingError
    return _inflated(data[_HEADER.size :], size)


def _inflated(data: bytes, size: int) -> bytes:
    window = bytearray(_KNOWN.ljust(_WINDOW, b"\0"))
    place = len(_KNOWN)
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not control & 1 << bit:
                run = data[at : at + 1]
                at += 1
            else:
                reference = int.from_bytes(data[at : at + 2], "big")
                at += 2
                offset, length = reference >> 4, (reference & 0xF) + 2
                if offset == place:
                    return bytes(out[:size])
                run = (
                    bytes(window[(offset + step) % _WINDOW] for step in range(length))
                    if ((place - offset) % _WINDOW >= length)
                    else _overlapping(window, offset, place, length)
                )
            for byte in run:
                window[place] = byte
                place = (place + 1) % _WINDOW
            out += run
    return bytes(out[:size])


def _overlapping(window: bytearray, offset: int, place: int, length: int) -> bytes:
    """A run that goes on into what it writes itself."""
    period = (place - offset) % _WINDOW
    first = bytes(window[(offset + step) % _WINDOW] for step in range(period))
    return bytes(first[step % period] for step in range(length))
