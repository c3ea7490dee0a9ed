"""What documents can be told apart by, beside their names: kind, folder, tag, year and language, with counts.

All of it is worked out from one list of the library's documents, which is kept until the library changes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from babel import Locale, UnknownLocaleError

from explorer.readers import find as find_format
from explorer.types import Document, Scope

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
    """The folder it was added from; () for an upload."""
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
    return Shelved(
        document.id,
        document.name,
        document.chunks,
        (document.kind,),
        (os.path.dirname(document.source),) if document.source else (),  # noqa: PTH120 - of another system, maybe
        document.tags,
        (document.date.year,) if document.date else (),
        (document.language,) if document.language else (),
    )


def fits(one: Shelved, scope: Scope, besides: str = "") -> bool:
    """Whether a scope lets look into a document, as far as its facets tell; `besides`: a limit that does not
    count."""
    if scope.documents is not None and one.id not in scope.documents:
        return False
    for name in NAMES:
        wanted = None if name == besides else getattr(scope, name)
        if wanted is None:
            continue
        held = getattr(one, name)
        is_in = _below(held, wanted) if name == "folders" else not set(held).isdisjoint(wanted)
        if not is_in:
            return False
    return True


def _below(held: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(
        each == folder or each.startswith(folder.rstrip("/\\") + os.sep) for each in held for folder in wanted
    )


def counted(documents: Sequence[Shelved], scope: Scope, name: str) -> dict[Any, int]:
    """Every value of a facet in the library, in the order in which it is offered, with how many documents
    that the other limits of the scope leave have it."""
    whole = Counter(value for one in documents for value in getattr(one, name))
    left = Counter(value for one in documents if fits(one, scope, name) for value in getattr(one, name))
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


def folder(path: str) -> str:
    """The last two names of a path: enough to tell folders apart, and short."""
    names = [name for name in path.replace("\\", "/").split("/") if name]
    return "/".join(names[-2:]) or path
