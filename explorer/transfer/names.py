"""Names for files that leave the library: what people call a document, fit for every system, each once."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_LONGEST = 120
"""Bytes of a name; with the endings that are put behind it, it fits every file system."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_ENDING = re.compile(r"(?<=.)\.[^\W_]{1,20}$")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Windows opens devices by these names."""


def safe(name: str) -> str:
    """A name of a single file, much like `name`, that leads nowhere else on any system; never empty."""
    plain = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    plain = _FORBIDDEN.sub("_", plain).strip(" .") or "unnamed"
    found = _ENDING.search(plain)
    suffix = found[0] if found else ""
    stem = _cut(plain.removesuffix(suffix), _LONGEST - len(suffix.encode())).rstrip(" .")
    plain = f"{stem or 'unnamed'}{suffix}"
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain


class UniqueNames:
    """Gives each document a name of its own, "report.pdf", "report (2).pdf", whatever the case of letters."""

    def __init__(self, endings: tuple[str, ...] = ("",)) -> None:
        """`endings`: of the files that stand beside each other for one document."""
        self._endings = endings
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}
        """The number that a name got last: thousands of pictures may have one name."""

    def new(self, name: str) -> str:
        """A safe name that was not given yet, nor any with the endings behind it."""
        plain = PurePosixPath(safe(name))
        number, found = self._last.get(plain.name, 1), plain.name
        while self._taken.intersection(self._files(found)):
            number += 1
            found = f"{plain.stem} ({number}){plain.suffix}"
        self._last[plain.name] = number
        self._taken.update(self._files(found))
        return found

    def _files(self, name: str) -> set[str]:
        return {unicodedata.normalize("NFKC", name + ending).casefold() for ending in self._endings}


def _cut(text: str, length: int) -> str:
    return text.encode()[:length].decode("utf-8", "ignore")
