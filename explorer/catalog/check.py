"""What `doctor` asks of the catalogue: is it whole, and does everything in it agree."""

from __future__ import annotations

import apsw

from explorer.catalog import shape
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.catalog.database import Database
from explorer.catalog.originals import Originals
from explorer.catalog.records import Check
from explorer.catalog.text_pieces import PIECE

_QUESTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "document",
        "with more or fewer passages than there should be: {names}",
        "SELECT d.name FROM edition e JOIN document d ON d.id = e.document_id LEFT JOIN (SELECT"
        " edition_id, count(*) n,"
        " min(id) low, max(id) high FROM chunk GROUP BY edition_id) x ON x.edition_id = e.id"
        " WHERE coalesce(x.n, 0) != e.chunks"
        " OR (e.chunks > 0 AND (x.low != e.first_chunk OR x.high != e.first_chunk + e.chunks - 1))",
    ),
    (
        "document",
        "with passages outside the text: {names}",
        "SELECT DISTINCT d.name FROM chunk c JOIN edition e ON e.id = c.edition_id JOIN document d ON"
        " d.id = e.document_id"
        ' WHERE c.start < 0 OR c."end" <= c.start OR c."end" > e.characters',
    ),
    (
        "document",
        "with tables outside the text: {names}",
        "SELECT DISTINCT d.name FROM document_table t JOIN edition e ON e.id = t.edition_id"
        " JOIN document d ON d.id = e.document_id"
        ' WHERE t.start < 0 OR t."end" <= t.start OR t."end" > e.characters',
    ),
    (
        "document",
        "with pages that do not make up the text: {names}",
        "SELECT d.name FROM edition e JOIN document d ON d.id = e.document_id LEFT JOIN (SELECT"
        " edition_id, count(*) n,"
        ' min(start) low, max("end") high, sum("end" - start) size FROM page GROUP BY edition_id) x'
        " ON x.edition_id = e.id WHERE coalesce(x.n, 0) != e.pages"
        " OR (e.pages > 0 AND (x.low != 0 OR x.high != e.characters OR x.size != e.characters))",
    ),
    (
        "document",
        "with a part of the text lost: {names}",
        "SELECT d.name FROM edition e JOIN document d ON d.id = e.document_id"
        " WHERE (SELECT count(*) FROM piece p WHERE p.edition_id = e.id)"
        f" != (e.characters + {PIECE - 1}) / {PIECE}",
    ),
    (
        "document",
        "with passages without an embedding: {names}",
        "SELECT DISTINCT d.name FROM chunk c JOIN edition e ON e.id = c.edition_id JOIN document d ON"
        " d.id = e.document_id"
        " JOIN generation g ON g.id = e.generation_id WHERE NOT EXISTS (SELECT 1 FROM embedding v"
        " WHERE v.model_id = g.model_id AND v.sha = c.embedded)",
    ),
    (
        "document",
        "with passages that keyword search does not know: {names}",
        "SELECT DISTINCT d.name FROM chunk c JOIN edition e ON e.id = c.edition_id JOIN document d ON"
        " d.id = e.document_id"
        " WHERE NOT EXISTS (SELECT 1 FROM chunk_terms_content t WHERE t.id = c.id)",
    ),
    (
        "keyword row",
        "without a passage",
        "SELECT t.id FROM chunk_terms_content t WHERE NOT EXISTS (SELECT 1 FROM chunk c WHERE c.id = t.id)",
    ),
    (
        "document",
        "in the catalogue but in no index: {names}",
        "SELECT d.name FROM document d WHERE NOT EXISTS (SELECT 1 FROM edition e"
        " JOIN generation g ON g.id = e.generation_id WHERE e.document_id = d.id"
        " AND g.state = iif(d.binned_at IS NULL, 'live', 'binned'))",
    ),
)
_COUNTS = {
    "documents": "SELECT count(*) FROM document WHERE binned_at IS NULL",
    "in_the_bin": "SELECT count(*) FROM document WHERE binned_at IS NOT NULL",
    "pages": "SELECT count(*) FROM page",
    "chunks": "SELECT count(*) FROM chunk",
    "live_chunks": (
        "SELECT count(*) FROM chunk c JOIN edition e ON e.id = c.edition_id"
        " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
    ),
    "keyword_rows": "SELECT count(*) FROM chunk_terms_content",
    "embeddings": "SELECT count(*) FROM embedding",
}


def check(database: Database, originals: Originals) -> Check:
    """Read everything once; takes seconds in a large library. Raises StorageError."""
    problems: list[str] = []
    with database.read() as con:
        problems += _sqlite_problems(con) + shape.problems(con)
        is_mendable = shape.is_remakeable(con)
        for noun, fault, sql in _QUESTIONS:
            rows = [str(row[0]) for row in con.execute(sql)]
            if rows:
                problems.append(f"{counted(len(rows), noun)} {fault.format(names=_names(rows))}.")
        counts = {name: int(fetch_value(con, sql)) for name, sql in _COUNTS.items()}
        lost, names = _lost_originals(con, originals)
    if names:
        problems.append(
            f"{counted(len(names), 'original')} missing or damaged: {_names(names)}. Add "
            f"{'this file' if len(names) == 1 else 'these files'} again."
        )
    orphans = originals.orphans()
    if orphans:
        known = originals.manifest.entries()
        names = [known[name].name if name in known else name for name in orphans]
        problems.append(
            f"No document needs {counted(len(orphans), 'file')} in {originals.folder}: {_names(names)}."
        )
    return Check(tuple(problems), counts, tuple(orphans), tuple(lost), is_mendable or bool(orphans))


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 original", "1,366 originals"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _sqlite_problems(con: apsw.Connection) -> list[str]:
    # A connection that has read the keyword rows once keeps their structure in memory, and `integrity_check`
    # (SQLite 3.54) calls them damaged after another connection has changed them. A search reads them anew.
    con.execute("SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH 'x' LIMIT 1").fetchall()
    problems = [f"SQLite: {row[0]}" for row in con.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    broken = fetch_all(con, "PRAGMA foreign_key_check")
    if broken:
        problems.append(f"{len(broken)} rows refer to others that are gone (table {broken[0][0]}).")
    return problems


def _lost_originals(con: apsw.Connection, originals: Originals) -> tuple[list[str], list[str]]:
    lost, names = [], []
    for document_id, sha256, size, name in con.execute("SELECT id, sha256, size, name FROM document"):
        path = originals.path(sha256)
        if not path.is_file() or path.stat().st_size != size:
            lost.append(document_id)
            names.append(name)
    return lost, names


def _names(names: list[str], limit: int = 3) -> str:
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
