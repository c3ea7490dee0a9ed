"""What an export says of a document → what the catalogue stores: checked, or refused and then read anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalog.columns import now
from explorer.catalog.documents import tidy_tags
from explorer.catalog.manifest import ManifestEntry
from explorer.catalog.picture_rows import PictureRow
from explorer.catalog.records import NewChunk, NewDocument, NewTable, StoredHeading
from explorer.embedding import identify, is_remote, load
from explorer.errors import ModelError
from explorer.ingestion.intake import base_name
from explorer.readers import registry
from explorer.readers.ocr import word_boxes
from explorer.readers.pdf import offset_map
from explorer.types import Box

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.catalog import Catalog, Generation
    from explorer.settings import Settings
    from explorer.transfer.form import (
        ExportedDocument,
        ExportedIndex,
        ExportedPage,
        ExportedPicture,
        ExportedRows,
    )

_LENGTH_OFF = 0.01
"""How far from 1 the length of an embedding may be."""
_LAST_CHARACTER = 2**31


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    text: str
    label: str | None
    runs: bytes
    boxes: bytes


def entry_of(document: ExportedDocument) -> ManifestEntry:
    """What the manifest beside the originals knows of a document.

    Its day is never one to come, from which the days of the bin would be counted.
    """
    return ManifestEntry(
        sha256=document.sha256,
        name=base_name(document.name),
        added=min(document.added.timestamp(), now()),
        tags=tuple(tidy_tags(document.tags)),
        source=document.source,
        part_of=document.part_of,
    )


def new_document(document: ExportedDocument, rows: ExportedRows) -> NewDocument:
    """The document as the catalogue stores it.

    Raises ValueError: what is said of it cannot be, or this version knows no such kind of document.
    """
    try:
        registry.find(document.kind)
    except KeyError as error:
        raise ValueError(f"documents of the kind {document.kind} are not known") from error
    if not rows.chunks:
        raise ValueError("it has no passage")
    entry, names = entry_of(document), rows.name_words.split()
    return NewDocument(
        sha256=entry.sha256,
        name=entry.name,
        size=document.size,
        kind=document.kind,
        pages=_pages(rows),
        chunks=[
            NewChunk(
                chunk.start,
                chunk.end,
                chunk.page,
                chunk.end_page,
                chunk.embedded,
                tuple(chunk.headings),
                names,
                chunk.words.split(" "),
            )
            for chunk in rows.chunks
        ],
        source=entry.source,
        title=rows.title,
        author=rows.author,
        language=rows.language,
        date=rows.day,
        headings=[StoredHeading(one.start, one.level, one.text) for one in rows.headings],
        tables=[NewTable(one.start, one.end, one.header_rows, one.apart) for one in rows.tables],
        pictures=[_picture(one) for one in rows.pictures],
        warnings=rows.warnings,
        part_of=entry.part_of,
    )


def _picture(picture: ExportedPicture) -> PictureRow:
    """A picture as it is stored. Raises ValueError where its thumbnail, shown as it comes, is no JPEG."""
    if picture.thumbnail and not picture.thumbnail.startswith(b"\xff\xd8\xff"):
        raise ValueError("the thumbnail of a picture is none")
    return PictureRow(
        picture.page,
        picture.start,
        picture.end,
        picture.where,
        picture.sha256,
        picture.media_type,
        picture.width,
        picture.height,
        Box(*picture.box) if picture.box else None,
        picture.caption,
        picture.alt,
        picture.thumbnail,
    )


def vectors_of(data: bytes, number: int, dimension: int) -> Vectors:
    """(number, dimension) float32 of length 1. Raises ValueError where the bytes are none."""
    import numpy as np

    if len(data) != number * dimension * 4:
        raise ValueError("its embeddings are not as many as its passages")
    found = np.frombuffer(data, "<f4").reshape(number, dimension).astype(np.float32)
    lengths = np.linalg.norm(found.astype(np.float64), axis=1)
    if not np.all(np.abs(lengths - 1) < _LENGTH_OFF):  # also where one is no number
        raise ValueError("its embeddings are none")
    return found


def fitting(catalog: Catalog, settings: Settings, index: ExportedIndex | None) -> Generation | None:
    """The live index where it was made as an export's was, so that what the export holds can join it.

    A library without documents takes over how the export was made, if its model is the one that the settings
    name and is on this machine with the same files. None where the two do not fit: documents have to be read
    and embedded anew then.
    """
    if index is None:
        return None
    model = (index.model, index.dimension, index.precision, index.fingerprint)
    live = catalog.generations.live()
    if is_new(catalog) and _is_here(settings, index, catalog.folder):
        live = catalog.generations.ensure_live(index.recipe, *model)
    if live is None or dict(live.recipe) != dict(index.recipe):
        return None
    made = (live.model.name, live.model.dimension, live.model.precision, live.model.fingerprint)
    return live if made == model else None


def is_new(catalog: Catalog) -> bool:
    """Whether a library holds no document, in its bin neither."""
    return not catalog.documents.counts().documents and catalog.bin.is_empty()


def _is_here(settings: Settings, index: ExportedIndex, library: Path) -> bool:
    """Whether the settings name the model that made an export, and it has the same files here."""
    if index.model != settings.embedder:
        return False
    if is_remote(index.model):
        return True  # its server is asked before the first question: `embedding.loaded`
    try:
        precision, fingerprint = identify(index.model, index.precision, library)
        is_same = precision == index.precision and index.fingerprint in ("", fingerprint)
        return is_same and load(index.model, index.precision, library=library).dimension == index.dimension
    except ModelError:
        return False


def _pages(rows: ExportedRows) -> list[_Page]:
    pages, start = [], 0
    for page in rows.pages:
        _check_places(page, page.end - start)
        pages.append(_Page(page.number, rows.text[start : page.end], page.label, page.runs, page.boxes))
        start = page.end
    return pages


def _check_places(page: ExportedPage, length: int) -> None:
    """Raises ValueError unless the maps from a page's text to the page lie within both."""
    ends = [run.start + run.length for run in offset_map.decode(page.runs) if _is_on_a_page(run)]
    ends += [word.start + word.length for word in word_boxes.decode(page.boxes)]
    if max(ends, default=0) > length:
        raise ValueError("what is known of a page does not fit its text")


def _is_on_a_page(run: offset_map.Run) -> bool:
    if not (run.char >= 0 and run.chars > 0 and run.char + run.chars < _LAST_CHARACTER):
        raise ValueError("what is known of a page lies outside of it")
    return True
