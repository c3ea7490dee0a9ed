"""`explorer.catalog.verifying`: a flipped byte is seen, named, and gone when the file is added again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from explorer import Library
from explorer.catalog import Catalog
from explorer.catalog.verifying import REPLACED
from explorer.errors import Cancelled
from tests.catalog.making import add
from tests.folders import BREAD, RENT, write


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_few_at_each_start_each_in_its_turn(catalog: Catalog) -> None:
    for number in range(12):
        add(catalog, f"text number {number}", f"{number}.txt")
    hurt = catalog.documents.by_name("7.txt")[0]
    path = catalog.originals.path(catalog.documents.sha256(hurt.id))
    whole = path.read_bytes()
    flip(path)
    assert [name for _ in range(3) for name in catalog.verifying.some()].count("7.txt") >= 1
    assert catalog.verifying.known() == ["7.txt"]
    assert not catalog.verifying.is_whole(catalog.documents.sha256(hurt.id))
    path.write_bytes(whole)
    assert catalog.verifying.known() == []
    assert catalog.verifying.is_whole(catalog.documents.sha256(hurt.id))


def test_all_on_request_and_it_can_be_stopped(catalog: Catalog) -> None:
    ids = [add(catalog, f"text number {number}", f"{number}.txt") for number in range(3)]
    flip(catalog.originals.path(catalog.documents.sha256(ids[1])))
    seen = []
    assert catalog.verifying.all(lambda *at: seen.append(at)) == ["1.txt"]
    assert seen == [(0, 3), (1, 3), (2, 3)]

    def stop(*_: int) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        catalog.verifying.all(stop)
    catalog.documents.remove(ids)
    assert catalog.verifying.known() == []
    assert catalog.verifying.some() == []


def test_added_again_it_is_whole_again(tmp_path: Path) -> None:
    paths = write(tmp_path / "first", rent_txt=RENT, bread_txt=BREAD)
    with Library(tmp_path / "library") as library:
        library.add(paths)
        originals = {one.name: library.original(one.id) for one in library.documents()}
        for path in originals.values():
            flip(path)
        report = library.doctor(verify=True)
        (problem,) = report.problems
        assert "rent.txt" in problem and "bread.txt" in problem and "Add these files again" in problem
        assert library.doctor().problems == (problem,), "it is remembered"
        (outcome,) = library.add(paths[0])
        assert (outcome.status, outcome.warnings) == ("unchanged", (REPLACED,))
        staged = library.stage("bread.txt", io.BytesIO(BREAD.encode()))
        assert staged.was_damaged
        library.discard(staged)
        staged = library.stage("bread.txt", io.BytesIO(BREAD.encode()))
        assert not staged.was_damaged
        library.discard(staged)
        (outcome,) = library.add(paths[0])
        assert outcome.warnings == (), "said once"
        assert originals["rent.txt"].read_text() == RENT
        assert originals["bread.txt"].read_text() == BREAD
        originals["rent.txt"].unlink()
        assert any("missing" in one for one in library.doctor().problems)
        (outcome,) = library.add(paths[0])
        assert outcome.warnings == (REPLACED,)
        assert library.doctor(verify=True).problems == ()
