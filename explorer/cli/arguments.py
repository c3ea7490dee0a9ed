"""What the arguments of a command stand for: a library, a scope, a password."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import libraries
from explorer.errors import NotFound
from explorer.types import Scope

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.types import Document


def library_of(options: argparse.Namespace, *, may_create: bool = False) -> Library:
    """The library that was named, open: by its folder, or by the name it has in the app.

    Raises NotFound, except with `may_create`: then it is made.
    """
    from explorer.library import Library

    return Library(folder_of(options, may_create=may_create))


def folder_of(options: argparse.Namespace, *, may_create: bool = False) -> Path:
    """The folder of the library that was named, whether it can be opened or not.

    Raises NotFound where there is none, except with `may_create`.
    """
    if options.library is None:
        return libraries.default_folder()
    folder = Path(options.library).expanduser()
    if not folder.is_dir():
        for info in libraries.list_libraries():
            if options.library in (info.name, info.folder.name):
                return info.folder
        if not may_create:
            raise NotFound(f"There is no library {options.library!r}. {_known_libraries()}")
    return folder


def _known_libraries() -> str:
    names = [info.name for info in libraries.list_libraries()]
    return f"There are: {', '.join(names)}." if names else "There is none yet: `add` makes one."


def scope_of(options: argparse.Namespace, library: Library) -> Scope | None:
    """The scope that the options name; None for everything. Raises NotFound for what is not there."""
    if options.kind:
        _check_kinds(options.kind, library)
    scope = Scope(
        documents=_document_ids(options.document, library) if options.document else None,
        tags=options.tag,
        kinds=options.kind,
        folders=options.folder,
        dates=(options.first, options.last) if options.first or options.last else None,
    )
    return None if scope.is_everything else scope


def _check_kinds(wanted: Sequence[str], library: Library) -> None:
    known = sorted({document.kind for document in library.documents()})
    for one in wanted:
        if known and one not in known:
            raise NotFound(f"There is no document of kind {one!r} in this library, only: {', '.join(known)}.")


def _document_ids(wanted: Sequence[str], library: Library) -> list[str]:
    found: list[str] = []
    documents = library.documents()
    for one in wanted:
        ids = [document.id for document in documents if one in (document.id, document.name)]
        if not ids:
            raise NotFound(f"There is no document named {one!r} in this library.")
        found += ids
    return found


def named(wanted: Sequence[str], known: Sequence[Document], where: str) -> list[Document]:
    """The documents of these names or ids. Raises NotFound where there is none, or several of one name."""
    chosen: dict[str, Document] = {}
    for one in wanted:
        found = [document for document in known if one in (document.id, document.name)]
        if not found:
            raise NotFound(f"There is no document named {one!r} {where}.")
        if len(found) > 1:
            ids = ", ".join(document.id for document in found)
            raise NotFound(f"{len(found)} documents {where} are named {one!r}. Give one by its id: {ids}.")
        chosen[found[0].id] = found[0]
    return list(chosen.values())


def password() -> str:
    """The password of protected files: typed without being shown, or the first line of a pipe.

    It is never an argument, which other users of the machine could see.
    """
    if sys.stdin.isatty():
        return getpass.getpass("Password of the files: ")
    return sys.stdin.readline().rstrip("\r\n")
