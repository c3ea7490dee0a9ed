"""Names that people give to documents; the files keep their own."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from explorer.errors import ReadError
from explorer.ingestion.prepare import name_terms

if TYPE_CHECKING:
    from explorer.catalog import Catalog

LONGEST = 200
"""Characters of a name, its ending included."""


def tidy(name: str, now: str) -> str:
    """The name as it is kept: on one line, not too long, with the ending of the name that it has `now`, by
    which readers know its format. Raises ReadError for one without a letter or digit."""
    ending = PurePath(now).suffix
    wanted = " ".join("".join(mark if mark.isprintable() else " " for mark in name).split())
    if ending and wanted.casefold().endswith(ending.casefold()):
        wanted = wanted[: -len(ending)].rstrip()
    if not any(mark.isalnum() for mark in wanted):
        raise ReadError(f"{name!r} is no name for a document: it needs a letter or a digit.")
    return wanted[: LONGEST - len(ending)].rstrip() + ending


def rename(catalog: Catalog, document_id: str, name: str) -> None:
    """Give a document a name of a person's choice. Raises NotFound, and ReadError as `tidy`."""
    document = catalog.documents.get(document_id)
    wanted = tidy(name, document.name)
    if wanted != document.name:
        terms = name_terms(wanted, document.language)
        catalog.documents.rename(document_id, wanted, terms, keeps_file=True)


def given_name(catalog: Catalog, document_id: str | None) -> str | None:
    """The name that a person gave to a document; None where it is called as its file, or is not there."""
    if document_id is None:
        return None
    found = catalog.documents.list([document_id])
    return found[0].name if found and found[0].file_name is not None else None


def hand_on(catalog: Catalog, name: str | None, document_id: str) -> None:
    """Give a document that took another one's place the name that a person gave to that one."""
    if name is not None:
        rename(catalog, document_id, name)
