"""What documents can be told apart by, beside their names: kind, folder, tag, year and language, with counts.

All of it is worked out from one list of the library's documents, which is kept until the library changes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from babel import Locale, UnknownLocaleError

from explorer.readers import find as find_format
from explorer.search import fold
from explorer.types import Document, Scope
from ui.documents.folders import folder_of
from ui.wording import distinct, flat

if TYPE_CHECKING:
    from explorer import Library

NAMES = {"kinds": "Kind", "folders": "Folder", "tags": "Tag", "years": "Year", "languages": "Language"}
"""Each is a limit of a `Scope`."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document as it is counted: what it has of each facet, and its passages."""

    id: str
    name: str
    passages: int
    kinds: tuple[str, ...]
    folders: tuple[str, ...]
    """The folder it was added from, or the archive or mail around it; () for an upload."""
    tags: tuple[str, ...]
    years: tuple[int, ...]
    languages: tuple[str, ...]


def shelved(library: Library) -> tuple[Shelved, ...]:
    """All documents of a library, in order of name."""
    return _shelved(library, str(library.folder), library.revision)


@st.cache_resource(show_spinner=False, max_entries=8)
def _shelved(_library: Library, folder: str, revision: int) -> tuple[Shelved, ...]:  # noqa: ARG001 - the cache's key
    return tuple(map(_of, sorted(_library.documents(), key=lambda document: document.name.casefold())))


def _of(document: Document) -> Shelved:
    place = folder_of(document)
    return Shelved(
        document.id,
        document.name,
        document.chunks,
        (document.kind,),
        () if place is None else (str(place),),
        document.tags,
        (document.date.year,) if document.date else (),
        (document.language,) if document.language else (),
    )


def fitting(documents: Sequence[Shelved], scope: Scope, besides: str = "") -> list[Shelved]:
    """The documents that a scope lets look into, as far as their facets tell; `besides`: a limit that does
    not count."""
    ids = None if scope.documents is None else set(scope.documents)
    left = [one for one in documents if ids is None or one.id in ids]
    for name in NAMES:
        given = None if name == besides else getattr(scope, name)
        if given is not None:
            wanted = _meant(left, name, given)
            left = [one for one in left if not wanted.isdisjoint(getattr(one, name))]
    return left


def _meant(documents: Sequence[Shelved], name: str, given: Sequence[Any]) -> set[Any]:
    """The values that the documents have of a facet, of which a limit speaks: folders below its folders, and
    tags that differ only in case and accents, as the engine takes them."""
    if name == "folders":
        held = {folder for one in documents for folder in one.folders}
        above = tuple(folder.rstrip("/\\") + os.sep for folder in given)
        return {folder for folder in held if f"{folder.rstrip(os.sep)}{os.sep}".startswith(above)}
    if name == "tags":
        folded = {fold(str(tag)) for tag in given}
        return {tag for tag in {tag for one in documents for tag in one.tags} if fold(tag) in folded}
    return set(given)


def counted(documents: Sequence[Shelved], scope: Scope, name: str) -> dict[Any, int]:
    """Every value of a facet in the library, in the order in which it is offered, with how many documents
    that the other limits of the scope leave have it."""
    whole = Counter(value for one in documents for value in getattr(one, name))
    left = Counter(value for one in fitting(documents, scope, name) for value in getattr(one, name))
    if name == "years":
        order = sorted(whole, reverse=True)
    elif name in ("kinds", "languages"):
        order = sorted(whole, key=lambda value: (-whole[value], value))
    else:
        order = sorted(whole, key=str.casefold)
    return {value: left[value] for value in order}


def label(name: str, value: Any) -> str:
    """What a value of a facet is called, as plain text."""
    if name == "kinds":
        said = kind(str(value))
        return said[:1].upper() + said[1:]
    if name == "languages":
        return language(str(value))
    return folder(str(value)) if name == "folders" else str(value)


def labels(name: str, values: Collection[Any]) -> dict[Any, str]:
    """What the values of a facet are called in a list, none like another: folders with more of their path."""
    if name == "folders":
        return distinct(values, folder, lambda path: folder(path, 3), lambda path: folder(path, 5), str)
    return distinct(values, lambda value: flat(label(name, value), 40), lambda value: label(name, value))


def titles(documents: Sequence[Shelved]) -> dict[str, str]:
    """What documents are called in a list, by their ids: of equal names each stands with its folder."""
    by_id = {one.id: one for one in documents}

    def name(id_: str) -> str:
        return flat(by_id[id_].name)

    def place(id_: str) -> str:
        return "".join(by_id[id_].folders)

    return distinct(
        by_id,
        name,
        lambda id_: f"{name(id_)} · {folder(place(id_)) or id_[:8]}",
        lambda id_: f"{name(id_)} · {place(id_)}",
        lambda id_: f"{name(id_)} · {id_}",
    )


def kind(value: str) -> str:
    try:
        return find_format(value).label
    except KeyError:  # an address can name any kind
        return value


def language(code: str) -> str:
    """ "German" of "de"; the code itself where nobody knows it."""
    try:
        return str(Locale.parse(code, sep="-").get_language_name("en") or code)
    except (UnknownLocaleError, ValueError):
        return code


def folder(path: str, most: int = 2) -> str:
    """The last names of a path: two are mostly enough to tell folders apart, and short."""
    names = [name for name in path.replace("\\", "/").split("/") if name]
    return "/".join(names[-most:]) or path
