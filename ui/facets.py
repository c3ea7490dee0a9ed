"""What people call what documents can be told apart by: kind, folder, tag, year and language.

What a scope leaves of them is counted by `explorer.search`, from one list of documents, which is
kept until the library changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st
from babel import Locale, UnknownLocaleError

from explorer import search
from explorer.readers import find as find_format
from explorer.search import Shelved
from ui.wording import distinct, flat

if TYPE_CHECKING:
    from explorer import Library

NAMES = {"kinds": "Kind", "folders": "Folder", "tags": "Tag", "years": "Year", "languages": "Language"}
"""By the limits of a `Scope` that are facets, in the order in which they are offered."""


def shelved(library: Library) -> tuple[Shelved, ...]:
    """All documents of a library, in order of name."""
    return _shelved(library, str(library.folder), library.revision)


@st.cache_resource(show_spinner=False, max_entries=8)
def _shelved(_library: Library, folder: str, revision: int) -> tuple[Shelved, ...]:  # noqa: ARG001 - the cache's key
    return search.shelved(_library.documents())


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
