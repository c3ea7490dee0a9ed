"""The two levels of subjects in the list beside the map (`ui.map.subjects`, `ui.map.naming`)."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.maps import drawing
from explorer.types import Atlas, Cluster
from tests.pages.components import data, trigger
from tests.pages.conftest import open_page, texts
from ui.map import palette, scene, subjects


def atlas_of(
    of: list[int], finer_of: list[int], parents: list[int], xy: list[tuple[float, float]] | None = None
) -> Atlas:
    """A map of two levels; the finer subjects are called "part 0", "part 1" …"""
    places = np.array(xy or [(row, 2 * row) for row in range(len(of))], np.float32)
    clusters = [Cluster(number, f"subject {number}", of.count(number)) for number in sorted(set(of) - {-1})]
    parts = [Cluster(i, f"part {i}", finer_of.count(i), parent=parent) for i, parent in enumerate(parents)]
    numbers = np.arange(len(of))
    return Atlas(numbers, places, np.array(of), tuple(clusters), np.array(finer_of), tuple(parts))


def test_finer_subjects_stand_under_theirs_the_largest_first() -> None:
    found = subjects.subjects(atlas_of([0, 0, 0, 1, 1, -1], [0, 1, 1, 2, 2, -1], [0, 0, 1]))
    assert [(group.name, [part.name for part in group.parts]) for group in found.coarse] == [
        ("subject 0", ["part 1", "part 0"]),
        ("subject 1", []),
    ], "one that is all of its subject says nothing"
    assert [(part.name, part.size, part.colour) for part in found.finer] == [
        ("part 1", 2, palette.colour(0)),
        ("part 2", 2, palette.colour(1)),
        ("part 0", 1, palette.colour(0)),
    ]
    assert found.rest == 1


def test_the_bounds_of_a_subject_hold_all_of_its_points_and_no_more() -> None:
    random = np.random.default_rng(3)
    xy = random.normal(size=(200, 2)).astype(np.float32)
    finer_of = random.integers(0, 4, 200)
    atlas = atlas_of([0] * 200, finer_of.tolist(), [0] * 4, [(x, y) for x, y in xy.tolist()])
    parts = subjects.subjects(atlas).coarse[0].parts
    assert len(parts) == 4
    for part in parts:
        assert part.bounds is not None and part.at is not None
        inside = xy[finer_of == part.id]
        x0, x1, y0, y1 = part.bounds
        assert [x0, x1] == [inside[:, 0].min(), inside[:, 0].max()]
        assert [y0, y1] == [inside[:, 1].min(), inside[:, 1].max()]
        assert list(part.at) in inside.tolist(), "its name stands at a point of its own"


def test_a_subject_lists_so_many_finer_ones_at_most() -> None:
    many = subjects.PARTS + 5
    finer_of = [number for number in range(many) for _ in range(number + 1)]
    found = subjects.subjects(atlas_of([0] * len(finer_of), finer_of, [0] * many))
    assert [part.id for part in found.coarse[0].parts] == list(range(many))[: -subjects.PARTS - 1 : -1]
    assert len(found.finer) == many, "all have their name on the map"


def test_a_map_of_three_dimensions_and_one_of_one_level_are_listed_too() -> None:
    atlas = atlas_of([0, 0], [0, 1], [0, 0])
    high = replace(atlas, xy=np.array([[0, 1, 9], [2, 3, 9]], np.float32))
    assert subjects.subjects(high).coarse[0].bounds == (0, 2, 1, 3)
    flat = subjects.subjects(replace(atlas, finer_ids=None, finer=()))
    assert ([group.parts for group in flat.coarse], flat.finer) == ([()], [])


@pytest.fixture
def drawn(library: Library) -> Library:
    """The library with a map on which one subject has two finer ones: rivers, and bread with chess."""
    drawing.draw(library._catalog)
    kept = library._catalog.layouts.get()
    assert kept is not None
    (river,) = [one.id for one in library.documents() if one.name == "rivers.md"]
    (chunk,) = library.chunks(river)
    of = np.where(kept.atlas.chunk_ids == chunk.id, 0, 1)
    parts = (Cluster(0, "gravel", 1, parent=0), Cluster(1, "flour, king", 2, parent=0))
    one = np.zeros(3, np.int64)
    atlas = replace(kept.atlas, cluster_ids=one, clusters=(Cluster(0, "all", 3),), finer_ids=of, finer=parts)
    live = library._catalog.generations.live()
    assert live is not None
    assert library._catalog.layouts.put(live.id, 2, library._catalog.layouts.sequence(), atlas)
    return library


def parts(app: AppTest) -> list[dict[str, Any]]:
    """What the list has below its first entry."""
    return list(data(app, "map")["groups"][0]["parts"])


def test_the_browser_gets_the_finer_subjects_of_each_with_their_bounds(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    atlas = drawn.stored_map().atlas
    assert [(part["id"], part["name"], part["note"], part["own"]) for part in parts(app)] == [
        (1, "flour, king", "2", ""),
        (0, "gravel", "1", ""),
    ]
    two = atlas.xy[atlas.finer_ids == 1]
    expected = [two[:, 0].min(), two[:, 0].max(), two[:, 1].min(), two[:, 1].max()]
    assert parts(app)[0]["bounds"] == pytest.approx(expected)
    app.selectbox(key="map_by").set_value("documents").run()
    assert {len(group["parts"]) for group in data(app, "map")["groups"]} == {0}, "documents have none"


def test_bounds_are_those_of_all_points_where_not_all_are_drawn(
    app: AppTest, drawn: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page(app, "map")
    whole = parts(app)
    monkeypatch.setattr(scene, "DRAWN", 1)
    scene._ready.clear()
    app.run()
    assert "1 of 3 passages are drawn" in texts(app)
    assert parts(app) == whole


def test_a_finer_subject_is_renamed_everywhere_and_gets_its_own_name_back(
    app: AppTest, drawn: Library
) -> None:
    def in_table() -> list[str]:
        rows = csv.DictReader(drawn.maps.as_csv(drawn.stored_map().atlas).splitlines())
        return sorted(row["Finer subject"] for row in rows)

    open_page(app, "map")
    name = "<b>Mine</b> *and* yours"
    trigger(app, "map", "rename", {"id": 1, "finer": True, "name": name})
    assert [(part["name"], part["own"]) for part in parts(app)] == [(name, "flour, king"), ("gravel", "")]
    sent = data(app, "map")
    assert sent["groups"][0]["name"] == "all", "the subject that it is a part of keeps its name"
    assert [label["name"] for label in sent["finer"]] == [name, "gravel"]
    assert in_table() == [name, name, "gravel"]
    trigger(app, "map", "rename", {"id": 0, "finer": False, "name": "Coarse"})
    assert [part["name"] for part in parts(app)] == [name, "gravel"], "the same number on the other level"
    drawing.draw(drawn._catalog)
    open_page(app, "map")
    assert name in [label["name"] for label in data(app, "map")["finer"]], "it outlives a redraw"
    (again,) = [one for one in drawn.stored_map().atlas.finer if one.label == name]
    trigger(app, "map", "rename", {"id": again.id, "finer": True, "name": None})
    assert name not in [label["name"] for label in data(app, "map")["finer"]]


def test_a_finer_subject_that_is_not_there_is_said_and_nothing_is_renamed(
    app: AppTest, drawn: Library
) -> None:
    open_page(app, "map")
    before = drawn.stored_map().atlas
    trigger(app, "map", "rename", {"id": 7, "finer": True, "name": "Mine"})
    assert "There is no subject 7 on the map" in texts(app)
    trigger(app, "map", "rename", {"id": 1, "finer": False, "name": "Mine"})
    assert "There is no subject 1 on the map" in texts(app), "1 is the number of a finer one"
    trigger(app, "map", "rename", {"id": 1, "finer": True, "name": "--"})
    assert "needs a letter or a digit" in texts(app)
    for level in (None, 1, "finer", [], {}):
        trigger(app, "map", "rename", {"id": 1, "finer": level, "name": "Mine"})
    after = drawn.stored_map().atlas
    assert (after.clusters, after.finer) == (before.clusters, before.finer)
