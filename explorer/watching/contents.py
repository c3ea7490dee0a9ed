"""Files that were taken in, by what is in them: those that the library has, and those that a person removed.

A document that a person removed leaves nothing in the catalogue. So the memory of a watched folder keeps a
part of the SHA-256 of each file: one that is touched, or written anew with the same bytes, stays removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import ReadError
from explorer.ingestion.receiving import digest_of
from explorer.watching.looking import Stand
from explorer.watching.memory import KnownFiles

if TYPE_CHECKING:
    from explorer.catalog import Catalog

_DIGITS = 32
"""Hex digits of a SHA-256 that are kept: 128 bits."""
_AT_ONCE = 200
"""Files whose contents are noted in one round."""


class Contents:
    """What is in the files of one watched folder. For one thread."""

    def __init__(self, catalog: Catalog, known: KnownFiles, check: Callable[[], None]) -> None:
        """`check` raises to stop."""
        self._catalog = catalog
        self._known = known
        self._check = check
        self._left: dict[str, Stand] = {}
        """Files that failed, as they stand: what is in them is not asked again."""

    def known_as(self, path: str, stand: Stand) -> str:
        """What is in a file that needs no job: the library has it as it stands, or a person removed just
        that. "" for a file that is new or has changed."""
        self._check()
        documents = self._catalog.documents.by_source(path)
        before, earlier = self._known.get(path), self._known.digest(path)
        is_removed = not documents and earlier and before is not None and before.size == stand.size
        if not is_removed and not any(document.size == stand.size for document in documents):
            return ""
        try:
            sha256 = digest_of(Path(path), self._check)
        except ReadError:
            return ""  # its job says why
        same = any(self._catalog.documents.sha256(each.id) == sha256 for each in documents)
        digest = sha256[:_DIGITS]
        return digest if same or (is_removed and digest == earlier) else ""

    def note(self, files: Mapping[str, Stand]) -> None:
        """Note what is in files that were taken in, some at once. `files`: how they stand now. A file is read
        for that only where its document is gone already."""
        wanted = [path for path in self._known.undigested() if self._left.get(path) != self._known.get(path)]
        for path in wanted[:_AT_ONCE]:
            stand = self._known.get(path)
            if stand is None or stand.size < 0 or files.get(path) != stand:
                continue
            self._check()
            digest = self._digest(path, stand)
            if digest:
                self._known.put(path, stand, digest)

    def _digest(self, path: str, stand: Stand) -> str:
        at_work, failed = self._catalog.paths.jobs(path)
        if at_work:
            return ""
        for document in self._catalog.documents.by_source(path):
            if document.size == stand.size:
                return self._catalog.documents.sha256(document.id)[:_DIGITS]
        try:
            if not failed:
                return digest_of(Path(path), self._check)[:_DIGITS]
        except ReadError:
            failed = [0]
        self._left[path] = stand
        return ""
