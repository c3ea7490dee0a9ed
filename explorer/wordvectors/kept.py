"""The vectors that a library has of its own, and whether they are of the documents that are there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.embedding.words.names import TRAINED, own_file
from explorer.errors import ModelError
from explorer.wordvectors.asked import TrainedVectors

if TYPE_CHECKING:
    from explorer.catalog import Catalog


def is_kept(catalog: Catalog, kind: str) -> bool:
    """Whether the library has vectors of this kind."""
    return own_file(catalog.folder, kind).is_file()


def kept(catalog: Catalog, kind: str) -> TrainedVectors:
    """What is known of the library's vectors of a kind. Raises ModelError: there are none, or damaged."""
    from explorer.embedding.words import files

    path = own_file(catalog.folder, kind)
    about = files.about(path)
    learned, present = set(about.ids), {one.id for one in catalog.documents.list()}
    return TrainedVectors(
        name=f"{kind}:library",
        trained_at=about.trained_at,
        documents=about.documents,
        octets=path.stat().st_size,
        added=len(present - learned),
        removed=len(learned - present),
    )


def said_of(catalog: Catalog) -> list[str]:
    """What a person should know of the library's vectors, in words, a line each."""
    lines = []
    for kind in (kind for kind in TRAINED if is_kept(catalog, kind)):
        try:
            removed = kept(catalog, kind).removed
        except ModelError as error:
            lines.append(str(error))
            continue
        if removed:
            what = "1 document that was" if removed == 1 else f"{removed} documents that were"
            lines.append(
                f"The word vectors {kind}:library were trained on {what} removed since, and hold words of "
                f"theirs. Train them again (words train --kind {kind}) or delete them (words forget {kind})."
            )
    return lines
