"""A library whose vectors are brought into another form by the worker, as the setting `vectors` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import Library
from tests.folders import BREAD, RENT, WHALES, eventually, write

ASKED = {"sea animals": "whales.md", "when is the rent due": "rent.txt", "baking": "bread.md"}


def scores(library: Library) -> dict[str, tuple[str, float]]:
    found = {question: library.search(question, 1, "semantic")[0] for question in ASKED}
    return {question: (hit.document.name, hit.score) for question, hit in found.items()}


def test_it_is_narrowed_while_it_is_searched_and_travels_so(tmp_path: Path) -> None:
    files = write(tmp_path / "files", whales_md=WHALES, rent_txt=RENT, bread_md=BREAD)
    with Library(tmp_path / "library") as library:
        library.add(files[:2])
        assert not library.models.is_narrowing()
        library.change_settings(vectors="int8")
        assert library.models.is_narrowing()
        eventually(lambda: not library.models.is_narrowing())
        library.add(files[2:])
        assert not library.models.is_narrowing(), "new ones come so"
        before = scores(library)
        assert {question: name for question, (name, _) in before.items()} == ASKED
        assert library.needs_redo == ()
        report = library.doctor(verify=True)
        assert report.ok, report.problems
        assert library.doctor(repair=True).ok
        library.transfer.export(tmp_path / "library.zip")
        library.transfer.backup(tmp_path / "copy")
        assert len(library.map().chunk_ids) == library.counts().chunks
    for name in ("copy", "new"):
        with Library(tmp_path / name) as other:
            if name == "new":
                other.transfer.bring_in(tmp_path / "library.zip")
            after = scores(other)
            for question, (document, score) in before.items():
                assert after[question] == (document, pytest.approx(score, abs=0.02))
            assert other.doctor(verify=True).ok
