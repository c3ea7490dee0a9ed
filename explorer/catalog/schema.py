"""The versions of the catalogue, as SQL.

Never edit what has been released: a later change is a later migration (`migrations.py`).
Times are seconds since 1970 (UTC), digests are raw bytes except `document.sha256` (hex, it is a file's name).
"""

from __future__ import annotations

VERSION_1 = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

INSERT INTO setting VALUES ('library_id', '"' || lower(hex(randomblob(8))) || '"');

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('revision', 0), ('untidy', 0);

CREATE TABLE model (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, dimension INTEGER NOT NULL, precision TEXT NOT NULL,
    UNIQUE (name, precision, dimension)
);
CREATE TABLE generation (
    id INTEGER PRIMARY KEY AUTOINCREMENT, recipe TEXT NOT NULL, model_id INTEGER NOT NULL REFERENCES model,
    state TEXT NOT NULL CHECK (state IN ('building', 'live')), created_at REAL NOT NULL
);
CREATE UNIQUE INDEX generation_state ON generation (state);  -- one live, at most one building

CREATE TABLE document (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL, source TEXT,
    size INTEGER NOT NULL, added_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX document_name ON document (name);
CREATE INDEX document_source ON document (source) WHERE source IS NOT NULL;
CREATE TABLE tag (
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE, tag TEXT NOT NULL,
    PRIMARY KEY (document_id, tag)
) WITHOUT ROWID;
CREATE INDEX tag_tag ON tag (tag);

CREATE TABLE edition (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    generation_id INTEGER NOT NULL REFERENCES generation ON DELETE CASCADE,
    kind TEXT NOT NULL, title TEXT, author TEXT, language TEXT, date TEXT,
    pages INTEGER NOT NULL, chunks INTEGER NOT NULL, characters INTEGER NOT NULL,
    first_chunk INTEGER NOT NULL,  -- its chunks are first_chunk .. first_chunk + chunks - 1
    headings TEXT NOT NULL, warnings TEXT NOT NULL,
    UNIQUE (document_id, generation_id)
);
CREATE INDEX edition_generation ON edition (generation_id);
CREATE TABLE page (
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    number INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, label TEXT, runs BLOB,
    PRIMARY KEY (edition_id, number)
) WITHOUT ROWID;
-- The text, cut every `text_pieces.PIECE` characters whatever the pages are: a passage of a book that has one
-- page of 30 million characters costs no more than one of a leaflet.
CREATE TABLE piece (
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    number INTEGER NOT NULL, text TEXT NOT NULL,
    UNIQUE (edition_id, number)
);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    position INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    page INTEGER NOT NULL, end_page INTEGER NOT NULL, headings TEXT NOT NULL, embedded BLOB NOT NULL
);
CREATE INDEX chunk_edition ON chunk (edition_id);
CREATE INDEX chunk_embedded ON chunk (embedded);

-- Words are split and stemmed in Python (explorer/words/terms.py); here they only have to stay whole.
CREATE VIRTUAL TABLE chunk_terms USING fts5(
    name, body, tokenize = "ascii tokenchars '.'"
);
INSERT INTO chunk_terms (chunk_terms, rank) VALUES ('secure-delete', 1);

CREATE TABLE embedding (
    id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
    sha BLOB NOT NULL, vector BLOB NOT NULL,
    UNIQUE (model_id, sha)
);

-- What a vector index follows. Rows speak of ranges of chunk ids, which are never used twice.
CREATE TABLE change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, generation_id INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('add', 'remove', 'live')),
    first_chunk INTEGER NOT NULL, last_chunk INTEGER NOT NULL
);

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('add', 'redo', 'map')),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'reading', 'embedding', 'ready', 'failed', 'cancelled')),
    done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL, started_at REAL, finished_at REAL,
    outcome TEXT, document_id TEXT, error TEXT, needs_password INTEGER NOT NULL DEFAULT 0,
    warnings TEXT NOT NULL DEFAULT '[]',
    batch INTEGER NOT NULL, source TEXT, sha256 TEXT, replaces TEXT, keep_both INTEGER NOT NULL DEFAULT 0,
    dimensions INTEGER, cancelling INTEGER NOT NULL DEFAULT 0, worker TEXT, heartbeat REAL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX job_state ON job (state);
CREATE INDEX job_batch ON job (batch);

CREATE TABLE conversation (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    question TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'none' CHECK (kind IN ('quotes', 'model', 'none')),
    state TEXT NOT NULL CHECK (state IN ('streaming', 'done', 'failed', 'stopped')),
    found INTEGER NOT NULL DEFAULT 0, error TEXT, model TEXT, scope TEXT,
    forgotten INTEGER NOT NULL DEFAULT 0,  -- a document it drew on was removed, and its text with it
    created_at REAL NOT NULL, updated_at REAL NOT NULL
);
CREATE INDEX message_conversation ON message (conversation_id);
CREATE TABLE citation (
    message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE, number INTEGER NOT NULL,
    document_id TEXT REFERENCES document ON DELETE SET NULL,
    page INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, digest BLOB,
    PRIMARY KEY (message_id, number)
) WITHOUT ROWID;
CREATE INDEX citation_document ON citation (document_id);
CREATE TABLE message_hit (  -- the passages that stood behind an answer, best first
    message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE, rank INTEGER NOT NULL,
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    page INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, digest BLOB, score REAL NOT NULL,
    PRIMARY KEY (message_id, rank)
) WITHOUT ROWID;
CREATE INDEX message_hit_document ON message_hit (document_id);
CREATE TABLE message_source (  -- every document whose text was shown to the language model for this answer
    message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    PRIMARY KEY (message_id, document_id)
) WITHOUT ROWID;
CREATE INDEX message_source_document ON message_source (document_id);

CREATE TABLE layout (
    generation_id INTEGER NOT NULL REFERENCES generation ON DELETE CASCADE,
    dimensions INTEGER NOT NULL, sequence INTEGER NOT NULL,
    chunk_ids BLOB NOT NULL, xy BLOB NOT NULL, cluster_ids BLOB NOT NULL, clusters TEXT NOT NULL,
    created_at REAL NOT NULL,
    PRIMARY KEY (generation_id, dimensions)
);

-- `revision` changes whenever the list of documents would read differently.
CREATE TRIGGER revision_edition_in AFTER INSERT ON edition
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;
CREATE TRIGGER revision_document_out AFTER DELETE ON document
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;
CREATE TRIGGER revision_document AFTER UPDATE ON document
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;
CREATE TRIGGER revision_tag_in AFTER INSERT ON tag
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;
CREATE TRIGGER revision_tag_out AFTER DELETE ON tag
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;
CREATE TRIGGER revision_live AFTER UPDATE OF state ON generation
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;
"""

VERSION_2 = """
ALTER TABLE page ADD COLUMN boxes BLOB;  -- where the words of a recognised page stand
ALTER TABLE document ADD COLUMN part_of TEXT;  -- name of the archive or mail it came in
ALTER TABLE job ADD COLUMN part_of TEXT;
ALTER TABLE job ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;  -- how many archives and mails stand around it
ALTER TABLE job ADD COLUMN parent INTEGER;  -- the job of the file that it came in
ALTER TABLE job ADD COLUMN root INTEGER;  -- the job of the outermost
ALTER TABLE job ADD COLUMN member TEXT;  -- what it is called in there, once in each parent
CREATE UNIQUE INDEX job_member ON job (parent, member) WHERE parent IS NOT NULL;
CREATE INDEX job_root ON job (root) WHERE root IS NOT NULL;

-- Every file that holds a document's bytes: a document goes with the last of them. `document.source` is one.
DROP INDEX document_source;
CREATE TABLE document_source (
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    source TEXT NOT NULL,  -- '' for an upload, which its name tells from others
    name TEXT NOT NULL, part_of TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (document_id, source, name, part_of)
) WITHOUT ROWID;
CREATE INDEX document_source_source ON document_source (source);
INSERT INTO document_source (document_id, source, name) SELECT id, coalesce(source, ''), name FROM document;

-- A model whose files were replaced is another model: its fingerprint is part of what tells models apart.
CREATE TABLE model_of_now (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, dimension INTEGER NOT NULL, precision TEXT NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '',  -- '' where it was not written down yet
    UNIQUE (name, precision, dimension, fingerprint)
);
INSERT INTO model_of_now (id, name, dimension, precision) SELECT id, name, dimension, precision FROM model;
DROP TABLE model;
ALTER TABLE model_of_now RENAME TO model;
"""

VERSION_3 = """
-- The bin. What the live generation held of a document stands in a generation of its own while the document
-- is in the bin; nothing but the bin looks there. `bin_of` is the generation that was live then.
CREATE TABLE generation_of_now (
    id INTEGER PRIMARY KEY AUTOINCREMENT, recipe TEXT NOT NULL, model_id INTEGER NOT NULL REFERENCES model,
    state TEXT NOT NULL CHECK (state IN ('building', 'live', 'binned')), created_at REAL NOT NULL,
    bin_of INTEGER
);
INSERT INTO generation_of_now (id, recipe, model_id, state, created_at)
    SELECT id, recipe, model_id, state, created_at FROM generation;
DELETE FROM sqlite_sequence WHERE name = 'generation_of_now';
INSERT INTO sqlite_sequence (name, seq)  -- an id is never used twice, not that of one that is gone either
    SELECT 'generation_of_now', seq FROM sqlite_sequence WHERE name = 'generation';
DROP TABLE generation;
ALTER TABLE generation_of_now RENAME TO generation;
CREATE UNIQUE INDEX generation_state ON generation (state) WHERE state <> 'binned';  -- one live, one building
CREATE UNIQUE INDEX generation_bin_of ON generation (bin_of) WHERE bin_of IS NOT NULL;
CREATE TRIGGER revision_live AFTER UPDATE OF state ON generation
    BEGIN UPDATE counter SET value = value + 1 WHERE name = 'revision'; END;

ALTER TABLE document ADD COLUMN binned_at REAL;  -- when it was put into the bin; NULL where it is not there
CREATE INDEX document_binned ON document (binned_at) WHERE binned_at IS NOT NULL;

-- Of all that an edition is, and of the words of its document's name (`checksums.py`); NULL where an earlier
-- version stored it, until it is looked at for the first time.
ALTER TABLE edition ADD COLUMN checksum BLOB;
ALTER TABLE edition ADD COLUMN name_checksum BLOB;
"""

VERSION_4 = """
-- Where the tables of a document stand in its text, and what the text does not tell of them.
CREATE TABLE document_table (
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    number INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    header_rows INTEGER,  -- NULL where the file did not say
    apart TEXT NOT NULL,  -- [[row, [cell, ...]], ...] for rows whose cells their line does not tell
    PRIMARY KEY (edition_id, number)
) WITHOUT ROWID;
"""

VERSION_5 = """
-- The pictures of an edition. Only a thumbnail stands here: the picture itself is taken out of the original.
CREATE TABLE picture (
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    number INTEGER NOT NULL, page INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    "left" REAL, top REAL, "right" REAL, bottom REAL,  -- its box, as shares of the page; NULL for none
    caption TEXT NOT NULL, alt TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    media_type TEXT NOT NULL, sha256 TEXT NOT NULL,
    place TEXT NOT NULL,  -- how its reader finds it in the original
    thumbnail BLOB NOT NULL,
    UNIQUE (edition_id, number)
);
"""

VERSION_6 = """
-- Answers that are put together by rule: a CHECK cannot be changed, so the table is made anew.
CREATE TABLE message_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    question TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'none' CHECK (kind IN ('quotes', 'model', 'composed', 'none')),
    state TEXT NOT NULL CHECK (state IN ('streaming', 'done', 'failed', 'stopped')),
    found INTEGER NOT NULL DEFAULT 0, error TEXT, model TEXT, scope TEXT,
    forgotten INTEGER NOT NULL DEFAULT 0,  -- a document it drew on was removed, and its text with it
    created_at REAL NOT NULL, updated_at REAL NOT NULL
);
INSERT INTO message_anew SELECT id, conversation_id, question, text, kind, state, found, error, model, scope,
    forgotten, created_at, updated_at FROM message;
DELETE FROM sqlite_sequence WHERE name = 'message_anew';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'message_anew', seq FROM sqlite_sequence WHERE name = 'message';
DROP TABLE message;
ALTER TABLE message_anew RENAME TO message;
CREATE INDEX message_conversation ON message (conversation_id);
"""

VERSION_7 = """
-- How a question was understood, and what its answer was made from: JSON, without words of documents.
ALTER TABLE message ADD COLUMN reading TEXT;
ALTER TABLE message ADD COLUMN material TEXT;
"""

VERSION_8 = """
-- What pictures look like: those that stand in documents, known by their SHA-256, and the pages of picture
-- files, known by their numbers. No part of an edition: a document that is read again has the same pictures.
CREATE TABLE picture_vector (
    document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    picture TEXT NOT NULL,
    fingerprint TEXT NOT NULL,  -- of the model
    vector BLOB NOT NULL,  -- float16; empty for a picture that could not be opened
    UNIQUE (document_id, picture)
);
CREATE INDEX picture_sha256 ON picture (edition_id, sha256);  -- so that counting reads no thumbnail
"""

VERSION_9 = """
-- Vectors may be kept in fewer bytes: NULL for float32, 2 for float16, 1 for int8 (`vector_forms.py`).
ALTER TABLE embedding ADD COLUMN width INTEGER;
"""

VERSION_10 = """
-- A document in a sentence or two of its own: chosen in the background, no part of what was read.
CREATE TABLE description (
    edition_id INTEGER PRIMARY KEY REFERENCES edition ON DELETE CASCADE,
    text TEXT NOT NULL,  -- '' where no sentence says anything by itself
    rules INTEGER NOT NULL  -- the version of the rules that chose it
);
"""
