"""A library → one file: a zip that other programs can open, of one moment, also while the library is in use.

Rows are read in one view of the catalogue; the originals, which never change in place, come after it, so that
nobody waits for the writing of them. Where a document was removed before its original was read, all is begun
anew: what a person removed does not get into the file. No key and no password is in it, for none is in a
library.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
import zlib
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from explorer.catalog import room, taken_out, unfinished
from explorer.catalog.generations import find
from explorer.catalog.picture_rows import PictureRow
from explorer.errors import StorageError
from explorer.settings import PAGE_FIELDS
from explorer.transfer import form, own_models
from explorer.transfer.names import UniqueNames
from explorer.transfer.results import Exported
from explorer.transfer.talks import conversations_of

if TYPE_CHECKING:
    import apsw

    from explorer.catalog import Catalog
    from explorer.catalog.records import Generation
    from explorer.catalog.taken_out import DocumentRow
    from explorer.transfer.meter import Meter
    from explorer.transfer.model_form import ExportedModel, ExportedTrial

log = logging.getLogger(__name__)

BLOCK = 1 << 20
ROUNDS = 5
"""How often an export is begun anew because documents were removed meanwhile."""
_TRIED = 1 << 16
"""How much of an original is packed on trial, to see whether that makes it smaller."""
_WORTH = 0.8
_ROW_BYTES = 400
"""About what a passage takes beside its vector."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""What a zip can hold."""


def export(catalog: Catalog, target: Path, meter: Meter) -> Exported:
    """Write the library into the new file `target`.

    Raises:
        DiskFull: there is no room for it; the message says how much is missing.
        StorageError: the file is there already or cannot be written; the catalogue is damaged.
        Cancelled: it was stopped.
    """
    target = unfinished.absolute(target)
    unfinished.refuse_inside(catalog.folder, target)
    if target.exists() or target.is_symlink():
        raise StorageError(f"{target} is there already. Name a new file.")
    with unfinished.making(target, "export", is_file=True) as path:
        for _ in range(ROUNDS):
            made = _Writing(catalog, path, target, meter).run()
            if made is not None:
                return made
        raise removed_again(catalog.folder)


def removed_again(folder: Path) -> StorageError:
    """The error where documents are removed whenever they are to be written."""
    return StorageError(f"Documents were removed again and again while {folder} was exported. Try again.")


class _Writing:
    """One try, into the unfinished file."""

    def __init__(self, catalog: Catalog, path: Path, target: Path, meter: Meter) -> None:
        self._catalog = catalog
        self._path = path
        self._target = target
        self._meter = meter
        self._names = UniqueNames()
        self._weights: dict[str, int] = {}
        self._documents: dict[str, form.ExportedDocument] = {}
        self._missing: list[str] = []
        self._damaged: list[str] = []
        self._models: list[ExportedModel] = []
        self._trials: list[ExportedTrial] = []

    def run(self) -> Exported | None:
        """What was written; None where a document was removed meanwhile."""
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with self._catalog.read() as con:
                live = find(con, "live")
                rows = taken_out.document_rows(con)
                self._weigh(rows, live)
                self._write_rows(con, archive, rows)
            self._meter.step("Copying originals")
            for row in rows:
                if not self._write_original(archive, row):
                    return None
            self._meter.step("Copying models")
            self._trials = own_models.trials_of(self._catalog.folder)
            self._models = own_models.write(archive, self._catalog.folder, self._meter, len(self._trials))
            archive.writestr(form.MANIFEST, self._manifest(live).model_dump_json(indent=1))
        unfinished.sync_file(self._path)
        size = self._path.stat().st_size
        return Exported(
            self._target,
            len(self._documents),
            size,
            tuple(self._missing),
            tuple(self._damaged),
            models=tuple(model.name for model in self._models),
        )

    def _weigh(self, rows: list[DocumentRow], live: Generation | None) -> None:
        """Note how much there is to write, and refuse what has no room."""
        dimension = 0 if live is None else live.model.dimension
        self._weights = {row.id: _weight(row, dimension) for row in rows}
        total = sum(self._weights.values()) + sum(row.size for row in rows)
        total += own_models.size_of(self._catalog.folder)
        if room.is_short(self._path.parent, total + room.SPARE):
            raise room.shortage("the export", self._target, total + room.SPARE)
        self._meter.begin(total)

    def _write_rows(self, con: apsw.Connection, archive: zipfile.ZipFile, rows: list[DocumentRow]) -> None:
        self._meter.step("Writing text and passages")
        for row in rows:
            self._write_row(con, archive, row)
            self._documents[row.id] = _document(con, row, self._names.new(row.name))
            self._meter.add(self._weights[row.id])
        talks = conversations_of(con, {row.id: row.sha256 for row in rows})
        archive.writestr(form.CONVERSATIONS, talks.model_dump_json(indent=1))

    def _write_row(self, con: apsw.Connection, archive: zipfile.ZipFile, row: DocumentRow) -> None:
        """What a document was read as. One whose rows are none that an import takes goes without them, and is
        read anew there."""
        try:
            said = _rows(con, row).model_dump_json()
        except ValueError as error:
            log.warning("a document is exported without its text: %s", type(error).__name__)
            return
        archive.writestr(form.rows_name(row.sha256), said)
        with archive.open(_stored(form.vectors_name(row.sha256)), "w", force_zip64=True) as file:
            for vector in taken_out.vectors(con, row):
                file.write(vector)

    def _write_original(self, archive: zipfile.ZipFile, row: DocumentRow) -> bool:
        """False where the document was removed meanwhile. One that the library has lost is left out."""
        try:
            with self._catalog.originals.path(row.sha256).open("rb") as file:
                digest = self._copy(file, archive, _entry(self._documents[row.id].file, row))
        except FileNotFoundError:
            del self._documents[row.id]
            self._missing.append(row.name)
            return self._catalog.documents.by_sha256(row.sha256) is not None
        if digest != row.sha256:
            self._damaged.append(row.name)
        return True

    def _copy(self, file: IO[bytes], archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
        digest = hashlib.sha256()
        head = file.read(_TRIED)
        is_packed_smaller = len(zlib.compress(head, 1)) < len(head) * _WORTH
        entry.compress_type = zipfile.ZIP_DEFLATED if is_packed_smaller else zipfile.ZIP_STORED
        with archive.open(entry, "w", force_zip64=True) as target:
            block = head
            while block:
                digest.update(block)
                target.write(block)
                self._meter.add(len(block))
                block = file.read(BLOCK)
        return digest.hexdigest()

    def _manifest(self, live: Generation | None) -> form.ExportManifest:
        chosen = self._catalog.settings.all()
        return form.ExportManifest(
            format=form.FORMAT,
            program=form.PROGRAM,
            exported=datetime.now(UTC),
            library=self._catalog.settings.name,
            index=None if live is None else _index(live),
            settings={key: chosen[key] for key in sorted(chosen) if key in PAGE_FIELDS},
            documents=list(self._documents.values()),
            models=self._models,
            trials=self._trials,
        )


def _weight(row: DocumentRow, dimension: int) -> int:
    return row.characters + row.chunks * (dimension * 4 + _ROW_BYTES)


def _index(live: Generation) -> form.ExportedIndex:
    model = live.model
    return form.ExportedIndex(
        recipe=dict(live.recipe),
        model=model.name,
        dimension=model.dimension,
        precision=model.precision,
        fingerprint=model.fingerprint,
    )


def _document(con: apsw.Connection, row: DocumentRow, file: str) -> form.ExportedDocument:
    return form.ExportedDocument(
        sha256=row.sha256,
        file=form.DOCUMENTS + file,
        size=row.size,
        name=row.name,
        added=datetime.fromtimestamp(row.added, UTC),
        kind=row.kind,
        tags=json.loads(row.tags),
        source=row.source or None,
        part_of=row.part_of or None,
        sources=[
            form.ExportedSource(path=path or None, name=name, part_of=part_of or None)
            for path, name, part_of in taken_out.sources(con, row)
        ],
    )


def _rows(con: apsw.Connection, row: DocumentRow) -> form.ExportedRows:
    return form.ExportedRows(
        title=row.title,
        author=row.author,
        language=row.language,
        day=None if row.date is None else datetime.fromisoformat(row.date).date(),
        warnings=json.loads(row.warnings),
        name_words=taken_out.name_terms(con, row),
        text=taken_out.text(con, row),
        headings=[
            form.ExportedHeading(start=start, level=level, text=text)
            for start, level, text in json.loads(row.headings)
        ],
        tables=[
            form.ExportedTable(
                start=table.start,
                end=table.end,
                header_rows=table.header_rows,
                apart=[(row, list(cells)) for row, cells in table.apart],
            )
            for table in taken_out.tables(con, row)
        ],
        pages=[
            form.ExportedPage(
                number=page.number, end=page.end, label=page.label, runs=page.runs, boxes=page.boxes
            )
            for page in taken_out.pages(con, row)
        ],
        chunks=[
            form.ExportedChunk(
                start=chunk.start,
                end=chunk.end,
                page=chunk.page,
                end_page=chunk.end_page,
                headings=json.loads(chunk.headings),
                words=chunk.terms,
                embedded=chunk.embedded,
            )
            for chunk in taken_out.chunks(con, row)
        ],
        pictures=[_picture(picture) for picture in taken_out.pictures(con, row)],
    )


def _picture(picture: PictureRow) -> form.ExportedPicture:
    return form.ExportedPicture(
        page=picture.page,
        start=picture.start,
        end=picture.end,
        where=picture.where,
        sha256=picture.sha256,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        box=astuple(picture.box) if picture.box else None,
        caption=picture.caption,
        alt=picture.alt,
        thumbnail=picture.thumbnail,
    )


def _stored(name: str) -> zipfile.ZipInfo:
    """An entry that is not packed: numbers hardly get smaller."""
    now = datetime.now(UTC)
    return zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))


def _entry(name: str, row: DocumentRow) -> zipfile.ZipInfo:
    added = datetime.fromtimestamp(row.added, UTC)
    day = (added.year, added.month, added.day, added.hour, added.minute, added.second)
    entry = zipfile.ZipInfo(name, day if added.year in range(1980, 2108) else _EARLIEST)
    entry.external_attr = 0o600 << 16
    return entry
