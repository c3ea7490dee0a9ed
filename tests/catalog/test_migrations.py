"""Every library can be opened by this version: new, old, half migrated, by two processes at once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from explorer import Library
from explorer.catalog import Catalog, copies, schema, shape
from explorer.catalog.database import Database
from explorer.catalog.migrations import MIGRATIONS, Migration, apply, migrate
from explorer.catalog.schema import VERSION_1
from explorer.errors import StorageError
from tests.catalog import released
from tests.catalog.making import add

FROZEN = {
    1: (
        "3b0c8b97ad0a9c2979ed253678eb859bac05218a6935e6a5d10d7526ba4ceb8e",
        "cc22721b6ffb229d77dfb4d537b6faa4f37479f10db30d8543ae83558a4a2f2a",
    ),
    2: (
        "4623380151adfe5dbc886463ac917a6c4beea45ab90068db770c3141ed70a56c",
        "2552c49ed6623a54c75c11791ddaf699945eca3f72f2b97b866947745ea0e78e",
    ),
    3: (
        "84e9ab3f465e8c45b1d97e00339b7bc3df309d1c3fd24f04be83e9003d8cc839",
        "27ad3b28caffee8c685203e23f97f43a14e884befa04dd59697a2b1fafb779da",
    ),
    4: (
        "1b4e785b953d070507f40ef5f956126cc3806c7ec95593e05870f48656e0d06f",
        "6570d9f25ae9875fb084956196bb086f5e6ba93c40245cf59bc6f228dbbd7de7",
    ),
    5: (
        "0afe64f713c3d547b0b980c14f51a764a16de194c21e2106efb0146f9db1bbd0",
        "fc62756385196ed9a5dfe5b754baba900e5c86a53c78145dcfc9737808f6056e",
    ),
    6: (
        "d40d962e0b820a51b0b985e62eeb16913f2b8b8ca086e34c620ce9086a4c0a68",
        "48687c00eadd5dfa778092ec5be9e0df935d62844332f919c3d4acb44fddd442",
    ),
    7: (
        "19a5c766c92e25b4ac9dd0cb462870808874c1393afe2f6305a6bb9a3b57230d",
        "0ce9eab426d83ba57c90b4ccaaf33cea2f92a88067522d1630252ee6ab540452",
    ),
    8: (
        "0a6709285cacf1c6f2904e81aa80c259d7d3b59dd04b7d77d721ccb41bc02b8c",
        "923ac6517aba63cdcde41bb64d3f5e46eb69a136172e26ec35029c949d8f32f3",
    ),
    9: (
        "653ce5ec306b0a9ba1562e2fdec680d6f8134987b7f74dc34fefb5ad4a579575",
        "a54f3c374affb0aca065b689f923c5a0a58a4fb77d723d11fde5e19b0bc0bf68",
    ),
    10: (
        "97cc2c052dc8bf9ce25f225d9ca427773d9ee2fab42f2db086995e82d2765df3",
        "c457be4c61ca1877372fb106b27451a1cdc401fe3db6cbdcb9ce24c8cc567b1d",
    ),
}
"""Of each released step the SHA-256 of its SQL, and of the tables that stand then; comments may change."""
FIRST_TABLES = """
change chunk chunk_terms citation conversation counter document edition embedding generation job layout
message message_hit message_source migration model page piece setting tag
"""


def add_column(con: apsw.Connection) -> None:
    con.execute("ALTER TABLE document ADD COLUMN colour TEXT")
    con.execute("UPDATE document SET colour = 'blue'")


NEXT = Migration(MIGRATIONS[-1].number + 1, "documents have a colour", add_column)
LATER = (*MIGRATIONS, NEXT)


def versions(path: Path) -> list[tuple[int, str]]:
    con = apsw.Connection(str(path))
    return con.execute("SELECT number, name FROM migration ORDER BY number").fetchall()


def test_from_nothing(tmp_path: Path) -> None:
    with Catalog(tmp_path / "a" / "library") as catalog:
        assert versions(catalog.path) == [(step.number, step.name) for step in MIGRATIONS]
        with catalog.read() as con:
            tables = {
                row[0]
                for row in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
                if not row[0].startswith(("sqlite_", "chunk_terms_"))
            }
            assert tables >= set(FIRST_TABLES.split())
            assert con.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
            assert con.execute("PRAGMA secure_delete").fetchall() == [(1,)]
            assert con.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
            assert con.execute("PRAGMA synchronous").fetchall() == [(2,)]
    assert not list((tmp_path / "a" / "library").glob("*before*"))


def test_numbers_and_names_are_fixed() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert MIGRATIONS[0].name == "documents, chunks, jobs, conversations and maps"


@pytest.mark.parametrize("number", FROZEN)
def test_what_was_released_is_never_edited(number: int) -> None:
    sql, tables = FROZEN[number]
    edited = (
        f"VERSION_{number} of explorer/catalog/schema.py was edited. It was released: libraries that have it"
        " already would lack what you changed, as those of 23 November 2026 did (see explorer/catalog/"
        "mending.py). Put it back as it was, and add a step with the next number to MIGRATIONS."
    )
    released_sql = shape.plain(getattr(schema, f"VERSION_{number}"))
    assert hashlib.sha256(released_sql.encode()).hexdigest() == sql, edited
    con = apsw.Connection(":memory:")
    for step in MIGRATIONS[:number]:
        apply(con, step)
    rows = con.execute("SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name, type")
    made = "\n".join(f"{name} {kind} {shape.plain(text)}" for name, kind, text in rows)
    assert hashlib.sha256(made.encode()).hexdigest() == tables, edited


def test_every_step_is_frozen() -> None:
    assert list(FROZEN) == [step.number for step in MIGRATIONS], "write down the hashes of the step you added"


def test_from_the_oldest_schema(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    con = apsw.Connection(str(path))
    con.execute("BEGIN")
    con.execute(VERSION_1)
    con.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at REAL)")
    con.execute("INSERT INTO migration VALUES (1, ?, 0)", (MIGRATIONS[0].name,))
    con.execute("INSERT INTO document VALUES ('d', 's', 'n.txt', NULL, 1, 0)")
    con.execute("COMMIT")
    con.close()
    migrate(Database(path).connect, path, LATER)
    con = apsw.Connection(str(path))
    assert con.execute("SELECT id, colour FROM document").fetchall() == [("d", "blue")]
    assert con.execute("SELECT * FROM document_source").fetchall() == [("d", "", "n.txt", "")]
    con.close()
    with pytest.raises(StorageError):
        Catalog(tmp_path)  # it is newer than this program now


def test_a_copy_is_kept_before_a_library_changes(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        document_id = add(catalog, "what was there before")
    migrate(Database(catalog.path).connect, catalog.path, LATER)
    copy = copies.name(catalog.path, NEXT.number)
    assert versions(copy) == versions(catalog.path)[:-1]
    assert apsw.Connection(str(copy)).execute("SELECT id FROM document").fetchall() == [(document_id,)]
    copy.unlink()
    migrate(Database(catalog.path).connect, catalog.path, LATER)
    assert not copy.exists()


def test_interrupted_half_way(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        add(catalog, "what was there before")

    def fails(con: apsw.Connection) -> None:
        add_column(con)
        raise KeyboardInterrupt

    broken = (*MIGRATIONS, Migration(NEXT.number, NEXT.name, fails))
    with pytest.raises(KeyboardInterrupt):
        migrate(Database(catalog.path).connect, catalog.path, broken)
    assert len(versions(catalog.path)) == len(MIGRATIONS)
    with Catalog(tmp_path) as again:
        assert again.check().problems == ()
    migrate(Database(catalog.path).connect, catalog.path, LATER)
    assert versions(catalog.path)[-1] == (NEXT.number, NEXT.name)


KILLED = """
import os, signal, sys
from pathlib import Path
from explorer.catalog.database import Database
from explorer.catalog.migrations import MIGRATIONS, Migration, apply, migrate

def killed(con):
    con.execute("ALTER TABLE document ADD COLUMN colour TEXT")
    con.execute("DELETE FROM page")
    os.kill(os.getpid(), signal.SIGKILL)

path = Path(sys.argv[1])
migrate(Database(path).connect, path, (*MIGRATIONS, Migration(99, "killed", killed)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_half_way(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        document_id = add(catalog, "what was there before")
    done = subprocess.run([sys.executable, "-c", KILLED, str(catalog.path)], check=False)
    assert done.returncode == -9
    with Catalog(tmp_path) as again:
        assert len(again.documents.pages(document_id)) == 1
        assert again.check().problems == ()


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("mode", ["closed", "left open", "without its folders"])
def test_a_newer_library_is_refused_and_not_touched(tmp_path: Path, mode: str) -> None:
    made = tmp_path / "made"
    with Catalog(made) as catalog:
        with catalog.write() as con:
            con.execute("INSERT INTO migration VALUES (4711, 'from the future', 0)")
        folder = tmp_path / "library"
        if mode == "left open":
            shutil.copytree(made, folder)  # as a killed process leaves it: what it says stands in the log
    if mode != "left open":
        shutil.copytree(made, folder)
    if mode == "without its folders":
        shutil.rmtree(folder / "files")
    before = digests(folder)
    assert any(name.endswith("-wal") for name in before) == (mode == "left open")
    for opened in (Catalog, Library):
        with pytest.raises(StorageError, match=r"newer version.*4711.*Update"):
            opened(folder)
    after = digests(folder)
    scratch = {"catalog.sqlite3-shm"}  # SQLite's notes of what the log holds, made anew by whoever reads it
    assert {k: v for k, v in after.items() if k not in scratch} == {
        k: v for k, v in before.items() if k not in scratch
    }
    assert set(after) == set(before)


OPEN = """
import sys
from pathlib import Path
from explorer import Library
from explorer.catalog import Catalog, copies, schema, shape

print(Catalog(Path(sys.argv[1])).library_id)
"""


@pytest.mark.parametrize("name", [None, "schema-1", "schema-2a"])
def test_many_processes_open_a_library_at_once(tmp_path: Path, name: str | None) -> None:
    folder = tmp_path / "new" if name is None else released.unpack(name, tmp_path / "old")
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(folder)], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    ids = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert all(process.returncode == 0 for process in processes)
    assert len(ids) == 1
    assert len(ids.pop()) == 16
    with Catalog(folder) as catalog:
        assert catalog.check().problems == ()
        assert len(copies.beside(catalog.path)) == (name is not None)


def test_several_steps_at_once_leave_one_copy(tmp_path: Path) -> None:
    path = released.unpack("schema-1", tmp_path) / "catalog.sqlite3"
    migrate(Database(path).connect, path, LATER)
    assert copies.beside(path) == [copies.name(path, 2)]


def test_models_get_fingerprints_and_keep_their_embeddings(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    con = apsw.Connection(str(path))
    con.execute("BEGIN")
    con.execute(VERSION_1)
    con.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at REAL)")
    con.execute("INSERT INTO migration VALUES (1, ?, 0)", (MIGRATIONS[0].name,))
    con.execute("INSERT INTO model VALUES (7, 'm', 2, 'float32')")
    con.execute("INSERT INTO generation VALUES (3, '{}', 7, 'live', 0)")
    con.execute("INSERT INTO embedding (model_id, sha, vector) VALUES (7, x'00', x'0000803f00000000')")
    con.execute("COMMIT")
    con.close()
    with Catalog(tmp_path) as catalog:
        live = catalog.generations.live()
        assert live is not None
        assert (live.model.id, live.model.name, live.model.fingerprint) == (7, "m", "")
        assert catalog.embeddings.known(7, [b"\0"]) == {b"\0"}
        with catalog.read() as con:
            assert con.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
            assert con.execute("PRAGMA foreign_key_check").fetchall() == []
            (sql,) = con.execute("SELECT sql FROM sqlite_schema WHERE name = 'embedding'").fetchone()
            assert "REFERENCES model ON DELETE CASCADE" in sql
        catalog.generations.identify(7, "abc")
        catalog.generations.identify(7, "def")
        assert catalog.generations.live().model.fingerprint == "abc"  # type: ignore[union-attr]


def test_a_step_that_leaves_rows_that_point_nowhere_is_undone(tmp_path: Path) -> None:
    def lose(con: apsw.Connection) -> None:
        con.execute("DELETE FROM model")

    with Catalog(tmp_path) as catalog:
        add(catalog, "some text")
        path = catalog.path
    with pytest.raises(StorageError, match="point nowhere"):
        migrate(Database(path).connect, path, (*MIGRATIONS, Migration(NEXT.number, "loses models", lose)))
    with Catalog(tmp_path) as catalog:
        assert catalog.generations.live() is not None
