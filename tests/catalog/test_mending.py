"""Libraries whose step 2 was an earlier form of it are known by their tables and get what they lack."""

from __future__ import annotations

import time
from pathlib import Path

import apsw
import pytest

from explorer.catalog import Catalog, mending
from tests.catalog import released


@pytest.mark.parametrize("name", ["schema-2a", "schema-2b", "schema-2c"])
def test_mending_twice_is_mending_once(tmp_path: Path, name: str) -> None:
    con = apsw.Connection(str(released.unpack(name, tmp_path) / "catalog.sqlite3"))
    assert mending.is_whole(con) == (name == "schema-2c")
    found = []
    for _ in range(2):
        mending.mend(con)
        assert mending.is_whole(con)
        found.append(
            con.execute("SELECT * FROM sqlite_schema, document_source ORDER BY 1, 2, 3, 6, 7, 8").get
        )
    assert found[0] == found[1]
    con.close()


def test_what_is_half_mended_is_known_by_its_tables(tmp_path: Path) -> None:
    """As a library that another program, or a hand, has changed."""
    folder = released.unpack("schema-2a", tmp_path)
    con = apsw.Connection(str(folder / "catalog.sqlite3"))
    con.execute(mending._SOURCES)
    con.close()
    with Catalog(folder) as catalog:
        assert catalog.check().problems == ()


def test_ten_thousand_files_are_mended_in_a_moment(tmp_path: Path) -> None:
    folder = released.unpack("schema-2b", tmp_path)
    con = apsw.Connection(str(folder / "catalog.sqlite3"))
    con.execute(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)"
        " INSERT INTO job (kind, name, state, created_at, batch, document_id, source)"
        " SELECT 'add', n || '.txt', 'ready', 0, 9, (SELECT id FROM document LIMIT 1), '/many/' || n FROM n"
    )
    con.close()
    start = time.monotonic()
    with Catalog(folder) as catalog, catalog.read() as con:
        assert time.monotonic() - start < 5
        assert con.execute("SELECT count(*) FROM document_source WHERE source LIKE '/many/%'").get == 10_000
