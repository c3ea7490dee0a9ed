"""`explorer.maps.spreadsheet`: the map as a table, no cell of which is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.maps import defused
from explorer.maps.maps import Maps
from explorer.types import Atlas, Cluster
from tests.catalog import making
from tests.maps.test_process import NoWorker

FORMULA = "=HYPERLINK(A1)"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "library") as opened:
        making.add(opened, 'First words,\nand "more".'.ljust(40) + FORMULA.ljust(40), "@SUM(1).txt")
        making.add(opened, "x" * 300, "long.txt", step=300)
        yield opened


def atlas_of(catalog: Catalog, *, dimensions: int = 2, is_finer: bool = True) -> Atlas:
    ids = catalog.chunks.ids()
    xy = np.arange(len(ids) * dimensions, dtype=np.float32).reshape(-1, dimensions) / 3
    of = np.array([0, 0, -1])
    finer = (Cluster(0, "part", 1, parent=0), Cluster(1, "-1+1", 1, parent=0))
    clusters = (Cluster(0, "+cmd", 2, is_renamed=True),)
    return Atlas(ids, xy, of, clusters, np.array([0, 1, -1]) if is_finer else None, finer if is_finer else ())


def rows(catalog: Catalog, atlas: Atlas, chosen: np.ndarray | None = None) -> list[list[str]]:
    return list(csv.reader(io.StringIO(Maps(catalog, NoWorker()).as_csv(atlas, chosen))))


def test_each_point_has_a_row_with_its_place_document_subjects_and_words(catalog: Catalog) -> None:
    head, first, second, third = rows(catalog, atlas_of(catalog))
    assert head == ["x", "y", "Document", "Page", "Subject", "Finer subject", "Text"]
    assert first == ["0.0", "0.3333", "'@SUM(1).txt", "1", "'+cmd", "part", 'First words, and "more".']
    assert second[5:] == ["'-1+1", f"'{FORMULA}"]
    assert third[2:] == ["long.txt", "1", "", "", "x" * 200]
    assert float(second[0]) == pytest.approx(0.6667)


def test_only_what_is_wanted_and_still_there_has_a_row(catalog: Catalog) -> None:
    atlas = atlas_of(catalog, dimensions=3, is_finer=False)
    head, one = rows(catalog, atlas, atlas.chunk_ids[2:])
    assert head[:4] == ["x", "y", "z", "Document"]
    assert (one[3], one[6]) == ("long.txt", "")
    catalog.documents.remove([catalog.documents.by_name("long.txt")[0].id])
    assert len(rows(catalog, atlas, atlas.chunk_ids[2:])) == 1
    assert len(rows(catalog, atlas)) == 3


def test_a_cell_stays_text_in_every_spreadsheet() -> None:
    for sign in ("=", "+", "-", "@", "\t", "\r"):
        assert defused(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"
    assert defused("x;=1+1") == "x;'=1+1"
    assert defused("x\t=1+1\n +2") == "x\t'=1+1\n' +2"
    assert defused("  @SUM(1)") == "'  @SUM(1)"
    assert defused("net sales = 3; a - b") == "net sales = 3; a - b"
