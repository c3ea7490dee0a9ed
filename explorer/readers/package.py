"""Members of a zip as XML trees, for Office files and EPUB.

Bytes are counted as they are really inflated, whatever sizes the archive claims; members are read into memory
and never written anywhere.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from explorer.errors import ReadError
from explorer.readers import xml_parsing
from explorer.readers.assembly import one_line
from explorer.readers.limits import variable
from explorer.readers.reading import Source
from explorer.readers.xml_parsing import DocumentTypeError, MalformedError

BLOCK = 1 << 20
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated=[\"'](\d{5,18})[\"']")
_XML = re.compile(r".*\.(?:xml|rels)", re.DOTALL)
_PROTECTED = "META-INF/manifest.xml"


class DamagedError(ReadError):
    """A part is damaged: what can be done without it, can be read."""


class Package:
    """An Office file: a zip of XML parts, opened for reading. Raises ReadError where it is damaged."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = source.limits.inflated_mb * 2**20
        try:
            held = None if source.content is None else io.BytesIO(source.content)
            self._archive = zipfile.ZipFile(held or Path(source.path))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self.damaged() from error
        self.names = frozenset(self._archive.namelist())

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def damaged(self) -> DamagedError:
        """The error for a file that is not the zip or the XML that it should be."""
        return DamagedError(f"{self._source.shown} could not be read: the file is damaged.")

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises ReadError beyond the limit of unpacked bytes, and for a damaged member."""
        return b"".join(self.blocks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """A member's bytes, block by block, as they are unpacked. Raises what `read` raises."""
        try:
            with self._archive.open(name) as member:
                while block := member.read(BLOCK):
                    self._left -= len(block)
                    if self._left < 0:
                        raise ReadError(
                            f"{self._source.shown} unpacks to more than "
                            f"{self._source.limits.inflated_mb:,} MB and was given up. "
                            f"Split it, or raise {variable('inflated_mb')}, if you trust it."
                        )
                    yield block
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

    def read_apart(self, name: str, most: int) -> bytes:
        """The bytes of a member that is not XML, such as a picture; they do not count as unpacked.

        Raises DamagedError, also where they are more than `most`.
        """
        left, self._left = self._left, most
        try:
            return self.read(name)
        except ReadError as error:
            raise self.damaged() from error
        finally:
            self._left = left

    def elements(self, name: str, tags: Sequence[str]) -> Iterator[Any]:
        """The elements of a member called one of `tags` ("{namespace}name"), each when it is whole.

        For parts too large for a tree: see `xml_parsing.elements`. Nothing where there is no such member.
        Raises what `tree` raises.
        """
        if name not in self.names:
            return
        try:
            yield from xml_parsing.elements(self.blocks(name), tags)
        except DocumentTypeError as error:
            raise self.refused() from error
        except MalformedError as error:
            raise self.damaged() from error

    def search(self, name: str, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
        """The first group of every match of a short pattern in a member, which is not kept."""
        left, before = self._left, b""
        for block in self.blocks(name):
            data = before + block
            end = 0
            for found in pattern.finditer(data):
                end = found.end()
                yield found[1]
            before = data[max(end, len(data) - 200) :]
        self._left = left  # it is counted when it is read

    def core_properties(self) -> dict[str, str]:
        """Title, creator, created and others by their local names; none where they are damaged."""
        try:
            root = self.tree("docProps/core.xml")
        except ReadError:
            return {}
        held: dict[str, str] = {}
        for each in root if root is not None else ():
            if text := one_line(each.text or "", 500):
                held[each.tag.rpartition("}")[2]] = text
        return held

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to within the package, and not outside: id → (kind, member's name)."""
        folder, _, base = part.rpartition("/")
        root = self.tree(f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels")
        found: dict[str, tuple[str, str]] = {}
        for each in root if root is not None else ():
            target = each.get("Target") or ""
            if each.get("TargetMode", "Internal") == "Internal" and target and each.get("Id"):
                name = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                found[each.get("Id")] = ((each.get("Type") or "").rpartition("/")[2], name.lstrip("/"))
        return found

    def tree(self, name: str) -> Any | None:
        """A member's root element, or None where there is no such member.

        Raises ReadError for XML that is damaged, and for any document type declaration: Office files have
        none.
        """
        return self.tree_of(self.read(name)) if name in self.names else None

    def tree_of(self, data: bytes) -> Any:
        """The root element of XML that stands in the package. Raises what `tree` raises."""
        try:
            return xml_parsing.root(data)
        except DocumentTypeError as error:
            raise self.refused() from error
        except MalformedError as error:
            raise self.damaged() from error

    def refused(self) -> ReadError:
        """The error for XML with a document type."""
        return ReadError(f"{self._source.shown} was refused: its XML declares a document type.")


def is_package(source: Source) -> bool:
    """Whether a file is a zip, by its first bytes."""
    if source.content is not None:
        return source.content.startswith(b"PK")
    with source.path.open("rb") as file:
        return file.read(2) == b"PK"


def check_package(
    source: Source, count: Callable[[frozenset[str]], int], needed: re.Pattern[str] = _XML
) -> int:
    """Unpacks the XML of an Office file once, for a reader that does its own unpacking.

    `needed`: the names of the parts that it parses. OpenOffice writes document types into others: into its
    manifest, macros and formulas. Returns what `count` makes of the members' names. Raises ReadError for what
    `Package` refuses: damage, more bytes than the limit, document types in a part that is needed; and for
    elements with too many attributes, for which such a reader takes quadratic time.
    """
    with Package(source) as package:
        check_protected(source, package)
        for name in sorted(package.names):
            if name.endswith((".xml", ".rels")):
                part = package.read(name)
                if not needed.fullmatch(name):
                    continue
                if xml_parsing.declares_type(part[:BLOCK]):
                    raise package.refused()
                if xml_parsing.is_crowded(part):
                    raise ReadError(
                        f"{source.shown} was refused: an element of its XML has more than "
                        f"{xml_parsing.MOST_ATTRIBUTES:,} attributes, which no program writes."
                    )
        for found in package.search("content.xml", _REPEATED) if "content.xml" in package.names else ():
            if int(found) > source.limits.cells // 100:
                raise ReadError(
                    f"{source.shown} says that it repeats a cell {int(found):,} times: it is damaged."
                )
        return count(package.names)


def check_protected(source: Source, package: Package) -> None:
    """Raises ReadError for an OpenDocument file that is encrypted: its password would not help here."""
    if _PROTECTED in package.names and b"encryption-data" in package.read(_PROTECTED):
        raise ReadError(
            f"{source.shown} is protected in a way that cannot be opened here. Save it without a password, "
            "then add it again."
        )
