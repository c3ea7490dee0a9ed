"""Zip members as XML trees, with nothing that a hostile file could use: no DTD, no entity, no network.

Bytes are counted as they are really inflated, whatever sizes the archive claims; members are read into memory
and never written anywhere.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any

from explorer.errors import ReadError
from explorer.readers.reading import Source

BLOCK = 1 << 20


class Package:
    """An Office file: a zip of XML parts, opened for reading. Raises ReadError where it is damaged."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = source.limits.inflated_mb * 2**20
        try:
            self._archive = zipfile.ZipFile(Path(source.path))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self.damaged() from error
        self.names = frozenset(self._archive.namelist())

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def damaged(self) -> ReadError:
        """The error for a file that is not what it says."""
        return ReadError(f"{self._source.shown} could not be read: the file is damaged.")

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises ReadError beyond the limit of unpacked bytes, and for a damaged member."""
        parts: list[bytes] = []
        try:
            with self._archive.open(name) as member:
                while block := member.read(BLOCK):
                    self._left -= len(block)
                    if self._left < 0:
                        raise ReadError(
                            f"{self._source.shown} unpacks to more than "
                            f"{self._source.limits.inflated_mb:,} MB and was given up."
                        )
                    parts.append(block)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            KeyError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise self.damaged() from error
        return b"".join(parts)

    def tree(self, name: str) -> Any | None:
        """A member's root element, or None where there is no such member.

        Raises ReadError for XML that is damaged, and for any document type declaration: Office files have
        none, and everything that expands or fetches starts with one.
        """
        if name not in self.names:
            return None
        from lxml import etree

        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise self.damaged() from error
        if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
            raise ReadError(f"{self._source.shown} was refused: its XML declares a document type.")
        return root
