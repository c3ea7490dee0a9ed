"""Libraries of 23 November 2026, whose format says 2 and whose tables are not those of format 2.

Step 2 was changed in place on that evening, twice, before it had the form that it has in `schema.py`. Whoever
opened a library in between has one that lacks what came later. They are known by what their tables really are
and brought to what step 2 makes today; each part is made only where it is missing. `shape.py` compares the
result.
"""

from __future__ import annotations

import apsw

from explorer.catalog.columns import fetch_one

_FILES_IN_FILES = """
ALTER TABLE job ADD COLUMN parent INTEGER;  -- the job of the file that it came in
ALTER TABLE job ADD COLUMN root INTEGER;  -- the job of the outermost
ALTER TABLE job ADD COLUMN member TEXT;  -- what it is called in there, once in each parent
CREATE UNIQUE INDEX job_member ON job (parent, member) WHERE parent IS NOT NULL;
CREATE INDEX job_root ON job (root) WHERE root IS NOT NULL;
"""

_FINGERPRINTS = """
CREATE TABLE model_of_now (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, dimension INTEGER NOT NULL, precision TEXT NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '',  -- '' where it was not written down yet
    UNIQUE (name, precision, dimension, fingerprint)
);
INSERT INTO model_of_now (id, name, dimension, precision) SELECT id, name, dimension, precision FROM model;
DROP TABLE model;
ALTER TABLE model_of_now RENAME TO model;
"""

# The last finished job of each path, or of each upload's name, tells which document's bytes stand there.
_SOURCES = """
DROP INDEX document_source;
CREATE TABLE document_source (
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    source TEXT NOT NULL,  -- '' for an upload, which its name tells from others
    name TEXT NOT NULL, part_of TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (document_id, source, name, part_of)
) WITHOUT ROWID;
CREATE INDEX document_source_source ON document_source (source);
INSERT INTO document_source (document_id, source, name, part_of)
    SELECT id, coalesce(source, ''), name, coalesce(part_of, '') FROM document;
INSERT OR IGNORE INTO document_source (document_id, source, name, part_of)
    SELECT document_id, coalesce(source, ''), name, coalesce(part_of, '') FROM job
    WHERE document_id IN (SELECT id FROM document) AND id IN (
        SELECT max(id) FROM job WHERE kind = 'add' AND state = 'ready'
        GROUP BY source, CASE WHEN source IS NULL THEN name END
    );
"""


def is_whole(con: apsw.Connection) -> bool:
    """Whether a library of format 2 has all that step 2 makes today."""
    return not _missing(con)


def mend(con: apsw.Connection) -> None:
    """Make what is missing. Runs inside a transaction; does nothing where nothing is."""
    for sql in _missing(con):
        con.execute(sql)


def _missing(con: apsw.Connection) -> list[str]:
    missing = []
    if not _has_column(con, "job", "member"):
        missing.append(_FILES_IN_FILES)
    if not _has_column(con, "model", "fingerprint"):
        missing.append(_FINGERPRINTS)
    if fetch_one(con, "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = 'document_source'"):
        missing.append(_SOURCES)
    return missing


def _has_column(con: apsw.Connection, table: str, column: str) -> bool:
    return fetch_one(con, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column)) is not None
