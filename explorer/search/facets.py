"""What documents can be told apart by, beside their names, and how many of a scope have it.

All of it is worked out from one list of documents, without a look at the catalogue, so that the
choices for a scope can be counted at every click. What is searched is `catalog.documents.in_scope`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from explorer.types import Document, Scope
from explorer.words.folding import fold

FACETS = ("kinds", "folders", "tags", "years", "languages")
"""Each is a limit of a `Scope`, and a part of `Shelved`."""


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


def shelved(documents: Iterable[Document]) -> tuple[Shelved, ...]:
    """Documents as they are counted, in order of name."""
    return tuple(map(_of, sorted(documents, key=lambda document: document.name.casefold())))


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


def folder_of(document: Document) -> PurePath | None:
    """The folder of the file that a document came from, or of the archive or mail around it; None for an
    upload."""
    if document.source is None:
        return None
    path = PurePath(document.source)
    for _ in range(document.part_of.count("/") + 1 if document.part_of else 0):
        path = path.parent
    return path.parent


def fitting(documents: Sequence[Shelved], scope: Scope, besides: str = "") -> list[Shelved]:
    """The documents that a scope lets look into, as far as their facets tell; `besides`: a limit that does
    not count."""
    ids = None if scope.documents is None else set(scope.documents)
    left = [one for one in documents if ids is None or one.id in ids]
    for name in FACETS:
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
