"""What the map is coloured by (`ui.map.colouring`, `ui.map.palette`), and that everybody can tell it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.maps import drawing
from explorer.types import Atlas, Cluster, Document
from tests.pages.components import data, trigger
from tests.pages.conftest import open_page, texts
from ui.map import colouring, palette, subjects

# Machado, Oliveira & Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", severity 1, on linear RGB.
EYES = {
    "all three cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}  # fmt: skip
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
GROUNDS = ("#ffffff", "#15181c")
"""Of the light and the dark theme (.streamlit/config.toml)."""


def linear(colour: str) -> Any:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour: str, eye: str) -> Any:
    """CIE L*a*b* of a colour as an eye sees it."""
    xyz = XYZ @ np.clip(np.array(EYES[eye]) @ linear(colour), 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eye", EYES)
def test_the_scale_keeps_its_order_for_every_eye(eye: str) -> None:
    """From the first day on, what is later lies farther off, up to the last."""
    points = [seen(colour, eye) for colour in palette.SHADES[:: len(palette.SHADES) // 9]]
    away = [float(np.linalg.norm(point - points[0])) for point in points]
    assert away == sorted(away)
    assert away[-1] > 60
    assert min(float(np.linalg.norm(b - a)) for a, b in zip(points[::2], points[2::2], strict=False)) > 5, (
        "some 2.3 is just seen"
    )


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_scale_and_grey_stand_out_from_both_grounds(ground: str) -> None:
    assert min(contrast(colour, ground) for colour in (*palette.SHADES, palette.GREY)) >= 3


def document(number: int, **facts: Any) -> Document:
    given = {"kind": "pdf", "pages": 1, "chunks": 1, "size": 1, "added_at": datetime(2026, 1, 1, tzinfo=UTC)}
    return Document(id=str(number), name=f"{number}.pdf", **(given | facts))


def coloured(by: colouring.By, documents: list[Document | None], index: list[int]) -> colouring.Colouring:
    return colouring.colouring(subjects.Subjects([], [], len(index)), by, documents, np.array(index))


def listed(colours: colouring.Colouring) -> list[tuple[str, int]]:
    return [(group.name, group.size) for group in colours.groups]


def test_the_largest_documents_have_colours_and_the_others_are_grey_and_said() -> None:
    documents: list[Document | None] = [document(number) for number in range(220)]
    index = [row for row in range(220) for _ in range(220 - row)]
    colours = coloured("documents", documents, index)
    assert [group.colour for group in colours.groups[:16]] == list(palette.CATEGORIES)
    assert {group.colour for group in colours.groups[16:]} == {palette.GREY}
    assert len(colours.groups) == 200
    assert colours.title == "220 documents"
    assert "16 largest have colours; the other 204 are grey" in colours.note
    assert "largest 200 are listed" in colours.note
    assert coloured("documents", documents[:16], list(range(16))).note == ""


def test_kinds_go_by_their_names_the_largest_first() -> None:
    documents = [document(0), document(1, kind="html"), document(2, kind="html"), None]
    colours = coloured("kinds", documents, [0, 1, 2, 2, -1, 3])
    assert [size for _, size in listed(colours)] == [3, 1, 1]
    assert [group.id for group in colours.groups] == [0, 1, -1]
    assert colours.groups[1].name == "PDF"
    assert colours.of is not None
    assert colours.of.tolist() == [1, 0, 0, -1]


def test_a_passage_with_several_tags_has_the_colour_of_the_rarest() -> None:
    documents = [document(0, tags=("all", "new")), document(1, tags=("all",)), document(2)]
    colours = coloured("tags", documents, [0, 1, 1, 2])
    assert listed(colours) == [("all", 2), ("new", 1), ("No tag", 1)]
    assert colours.groups[-1].colour == palette.GREY
    assert "several tags" in colours.note
    assert coloured("tags", documents[1:], [0, 1]).note == ""


def test_dates_are_a_scale_with_its_ends_named_and_listed_by_year() -> None:
    days = [date(2010, 1, 1), date(2020, 1, 1), date(2015, 1, 1), None, date(1990, 1, 1)]
    documents = [document(number, date=when) for number, when in enumerate(days)]
    colours = coloured("dates", documents, [0, 0, 1, 2, 3])
    assert listed(colours) == [("2010", 2), ("2015", 1), ("2020", 1), ("No date", 1)]
    assert colours.dates is not None
    assert (colours.dates.first, colours.dates.last) == ("Jan 1, 2010", "Jan 1, 2020"), (
        "not 1990: no point has it"
    )
    last = len(palette.SHADES) - 1
    assert colours.dates.shades[:2] == (0, last)
    assert abs(colours.dates.shades[2] - last / 2) <= 1
    assert colours.dates.shades[3:] == (-1, -1)
    assert colours.groups[0].colour == palette.SHADES[0]


def test_dates_of_one_year_are_listed_by_month_and_of_none_said() -> None:
    days = [date(2020, 3, 5), date(2020, 3, 9), date(2020, 11, 1)]
    colours = coloured("dates", [document(number, date=day) for number, day in enumerate(days)], [0, 1, 2])
    assert listed(colours) == [("Mar 2020", 2), ("Nov 2020", 1)]
    one = coloured("dates", [document(0, date=days[0])], [0, 0])
    assert (one.title, one.dates.shades if one.dates else None) == ("1 month", (0,))
    none = coloured("dates", [document(0)], [0])
    assert (listed(none), none.dates) == ([("No date", 1)], None)
    assert "No document here has a date" in none.note


def test_subjects_have_their_colours_and_what_is_of_none_is_grey() -> None:
    xy, of = np.array([[0, 0], [0, 1], [5, 5]], np.float32), np.array([0, 0, -1])
    named = subjects.subjects(Atlas(np.arange(3), xy, of, (Cluster(0, "a", 2),)))
    colours = colouring.colouring(named, "clusters", [], np.zeros(3, np.int64))
    assert (colours.title, listed(colours)) == ("1 subject", [("a", 2), ("Unclustered", 1)])
    assert [group.colour for group in colours.groups] == [palette.colour(0), palette.GREY]
    assert (colours.of, named.finer) == (None, [])


@pytest.fixture
def drawn(library: Library) -> Library:
    drawing.draw(library._catalog)
    return library


def test_the_choice_stays_while_another_page_is_visited(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    app.selectbox(key="map_by").set_value("kinds").run()
    sent = data(app, "map")
    assert sent["title"] == "2 kinds"
    assert sorted(set(sent["of"])) == [0, 1]
    assert "coloured by kind" in sent["summary"]
    assert {label["colour"] for label in sent["labels"]} == {""}, (
        "names stay, without colours that mean others"
    )
    open_page(app, "search")
    open_page(app, "map")
    assert data(app, "map")["title"] == "2 kinds"


def test_a_ticked_tag_selects_its_passages(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    app.selectbox(key="map_by").set_value("tags").run()
    assert [(group["name"], group["id"]) for group in data(app, "map")["groups"]] == [
        ("nature", 0),
        ("No tag", -1),
    ]
    trigger(app, "map", "chosen", {"groups": [0]})
    assert "Selected 1 passage in 1 document" in texts(app)
    trigger(app, "map", "chosen", {"groups": [-1]})
    assert "Selected 2 passages in 2 documents" in texts(app)


def test_without_dates_the_map_says_so_and_has_no_scale(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    app.selectbox(key="map_by").set_value("dates").run()
    sent = data(app, "map")
    assert sent["scale"] is None
    assert "No document here has a date" in sent["note"]


def test_dates_reach_the_browser_as_steps_of_a_scale(
    app: AppTest, drawn: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    days = {"rivers.md": date(2001, 2, 3), "bread.txt": date(2011, 2, 3)}
    known = [replace(one, date=days.get(one.name)) for one in drawn.documents()]
    monkeypatch.setattr(Library, "documents", lambda _self: known)
    open_page(app, "map")
    app.selectbox(key="map_by").set_value("dates").run()
    sent = data(app, "map")
    assert (sent["scale"]["first"], sent["scale"]["last"]) == ("Feb 3, 2001", "Feb 3, 2011")
    assert sorted(sent["scale"]["shades"]) == [-1, 0, 63]
    trigger(app, "map", "chosen", {"groups": [2001 * 12]})
    assert [row["title"] for row in data(app, "map")["results"]["rows"]] == ["rivers.md"]
    assert data(app, "map")["results"]["rows"][0]["colour"] == palette.SHADES[0]
