"""What detection may look at of a file: its name, its first bytes, what a container lists."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from explorer.readers import decoding
from explorer.readers.detection import sniffing, text_sniffing
from explorer.readers.ole import container

BYTES = 65_536
"""How much of a file is looked at to find out its format."""


@dataclass(frozen=True)
class Sample:
    """What detection may look at: the name, the first bytes, and a zip's list of members."""

    path: Path
    name: str
    head: bytes

    @property
    def extension(self) -> str:
        """Lower case, with its dot; empty where there is none."""
        return PurePath(self.name).suffix.lower()

    @cached_property
    def text(self) -> str | None:
        """The first characters, or None for binary content."""
        encoding = decoding.text_encoding(self.head)
        if encoding is None:
            return None
        return decoding.without_terminal_codes(self.head.decode(encoding, "replace").lstrip("\ufeff"))

    def is_text(self, matches: Callable[[str, str], bool]) -> bool:
        """Whether this is text for which `matches(first characters, extension)`, no program or picture."""
        if self.text is None or not matches(self.text, self.extension):
            return False
        return sniffing.refused(self.head, frozenset()) is None

    @cached_property
    def members(self) -> frozenset[str]:
        """Names in a zip; empty for everything else and for a broken zip."""
        if not self.head.startswith(b"PK"):
            return frozenset()
        try:
            with zipfile.ZipFile(self.path) as archive:
                return frozenset(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return frozenset()

    @cached_property
    def streams(self) -> frozenset[str]:
        """Usual names at the root of an old Office file (an OLE container); empty for everything else."""
        if not self.head.startswith(container.SIGNATURE):
            return frozenset()
        return container.roots(self.path)

    @property
    def is_html(self) -> bool:
        """Whether this is a page of HTML: it begins like one, or has tags and is called one."""
        names = (self.extension in text_sniffing.HTML, self.extension in text_sniffing.MARKDOWN)
        return sniffing.is_html(self.text, *names)

    def is_opendocument(self, kind: str, *extensions: str) -> bool:
        """Whether this is an OpenDocument "text", "spreadsheet" or "presentation"."""
        stated = f"application/vnd.oasis.opendocument.{kind}".encode() in self.head[:200]
        return "content.xml" in self.members and (stated or self.extension in extensions)
