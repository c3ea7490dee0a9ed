"""Files that stand as characters within the text of a mail (uuencode), as old programs attach them."""

from __future__ import annotations

import binascii
import re

_FILE = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[ -`]{1,90}\n){1,2000000}?)end[ \t]*$", re.MULTILINE
)
_MOST_FILES = 1_000


def parted(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without such files, and (name, content) of each. What cannot be decoded stays in the text."""
    files: list[tuple[str, bytes]] = []

    def taken(found: re.Match[str]) -> str:
        content = _decoded(found[2]) if len(files) < _MOST_FILES else None
        if not content:
            return found[0]
        files.append((found[1].strip(), content))
        return ""

    return (_FILE.sub(taken, text), files) if "begin " in text else (text, files)


def _decoded(lines: str) -> bytes | None:
    """The bytes of the lines; None where one of them is no such line."""
    try:
        return b"".join(binascii.a2b_uu(line.ljust(_length(line))) for line in lines.splitlines())
    except binascii.Error:
        return None


def _length(line: str) -> int:
    """How long a line is with the spaces at its end, which mail servers cut off."""
    return 1 + -(-((ord(line[0]) - 32) & 63) // 3) * 4
