"""A folder of plain files: each document's original, with its text and what is known of it beside it.

For other programs and for people: nothing here can be imported again but by adding the files.

    report.pdf         the original
    report.pdf.txt     its text, a form feed between its pages
    report.pdf.json    its name, tags, dates, where it came from, what it is about
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.catalog import room, taken_out, unfinished
from explorer.transfer.exporting import BLOCK, ROUNDS, removed_again
from explorer.transfer.names import UniqueNames
from explorer.transfer.results import Exported

if TYPE_CHECKING:
    import apsw

    from explorer.catalog import Catalog
    from explorer.catalog.taken_out import DocumentRow
    from explorer.transfer.meter import Meter

_TEXT, _FACTS = ".txt", ".json"
_FACTS_BYTES = 4096
"""About what the two files beside an original take beyond the text, in blocks of the disk."""


def export_plain(catalog: Catalog, target: Path, meter: Meter) -> Exported:
    """Write the documents into the new or empty folder `target`, of one moment.

    Raises DiskFull, StorageError and Cancelled, as `exporting.export` does.
    """
    target = unfinished.absolute(target)
    unfinished.refuse_inside(catalog.folder, target)
    unfinished.refuse_full(target)
    with unfinished.making(target, "export") as folder:
        for _ in range(ROUNDS):
            made = _write(catalog, folder, target, meter)
            if made is not None:
                return made
            unfinished.empty(folder)  # of what was removed
        raise removed_again(catalog.folder)


def _write(catalog: Catalog, folder: Path, target: Path, meter: Meter) -> Exported | None:
    """What was written; None where a document was removed meanwhile."""
    names, missing, size = UniqueNames(("", _TEXT, _FACTS)), list[str](), 0
    with catalog.read() as con:
        rows = taken_out.document_rows(con)
        _weigh(rows, folder, target, meter)
        meter.step("Writing texts")
        named = {row.id: folder / names.new(row.name) for row in rows}
        for row in rows:
            size += _write_text(con, row, named[row.id])
            meter.add(row.characters)
    meter.step("Copying originals")
    for row in rows:
        try:
            size += _copy(catalog.originals.path(row.sha256), named[row.id], meter)
        except FileNotFoundError:
            if catalog.documents.by_sha256(row.sha256) is None:
                return None
            missing.append(row.name)
    return Exported(target, len(rows) - len(missing), size, tuple(missing))


def _weigh(rows: list[DocumentRow], folder: Path, target: Path, meter: Meter) -> None:
    total = sum(row.size + row.characters for row in rows)
    needed = total + len(rows) * _FACTS_BYTES + room.SPARE
    if room.is_short(folder, needed):
        raise room.shortage("the export", target, needed)
    meter.begin(total)


def _write_text(con: apsw.Connection, row: DocumentRow, path: Path) -> int:
    text, start, parts = taken_out.text(con, row), 0, []
    for page in taken_out.pages(con, row):
        parts.append(text[start : page.end])
        start = page.end
    facts = json.dumps(_facts(row), ensure_ascii=False, indent=1) + "\n"
    return _put(path, _TEXT, "\f".join(parts)) + _put(path, _FACTS, facts)


def _facts(row: DocumentRow) -> dict[str, Any]:
    known = {
        "name": row.name,
        "sha256": row.sha256,
        "kind": row.kind,
        "tags": json.loads(row.tags),
        "added": datetime.fromtimestamp(row.added, UTC).isoformat(),
        "title": row.title,
        "author": row.author,
        "date": row.date,
        "language": row.language,
        "description": row.description or None,
        "source": row.source,
        "part_of": row.part_of,
        "warnings": json.loads(row.warnings),
    }
    return {key: value for key, value in known.items() if value not in (None, [])}


def _put(path: Path, ending: str, text: str) -> int:
    data = text.encode()
    with path.with_name(path.name + ending).open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return len(data)


def _copy(source: Path, target: Path, meter: Meter) -> int:
    size = 0
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(BLOCK):
            written.write(block)
            size += len(block)
            meter.add(len(block))
        written.flush()
        os.fsync(written.fileno())
    return size
