"""What is drawn in an Office file: the figures behind a chart as a table, the words of SmartArt as a list.

A chart has one row a category, one column a series. SmartArt keeps its words in a part of its own, as points
and what joins them: a point that belongs to another stands below it, indented.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explorer.readers.assembly import Assembly, one_line
from explorer.readers.office.ooxml import child, children, local, number, value
from explorer.readers.package import Package

_DEEPEST = 12
_HELPERS = frozenset(["pres", "parTrans", "sibTrans"])
"""Points that place others on the page, or stand for the lines between them."""

_MOST_POINTS = 20_000
_KINDS = {
    "bar": "Bar chart",
    "line": "Line chart",
    "pie": "Pie chart",
    "ofPie": "Pie chart",
    "doughnut": "Doughnut chart",
    "scatter": "Scatter chart",
    "bubble": "Bubble chart",
    "area": "Area chart",
    "radar": "Radar chart",
    "stock": "Stock chart",
    "surface": "Surface chart",
}


def add_chart(out: Assembly, root: Any) -> None:
    """Adds a chart's title, kind and figures, as far as it has them. `root` is the tree of its part."""
    chart = child(root, "chart")
    if chart is None:
        return
    title = _shown_text(child(chart, "title"))
    if title:
        out.put(title)
    for plot in children(chart, "plotArea"):
        name = local(plot).removesuffix("Chart").removesuffix("3D")
        series = [each for each in plot if local(each) == "ser"] if local(plot).endswith("Chart") else []
        if series:
            out.put(_KINDS.get(name, "Chart"))
            out.table(_rows(series), 1)


def add_drawing(out: Assembly, package: Package, part: str) -> None:
    """Adds what is drawn on a sheet: text boxes, charts, SmartArt. `part` is the sheet's drawing."""
    root = package.tree(part)
    relations = package.relations(part)
    for anchor in root if root is not None else ():
        for box in anchor.iter("{*}txBody"):
            lines = ("".join(each.text or "" for each in line.iter("{*}t")) for line in box.iter("{*}p"))
            out.put("\n".join(line for line in lines if line.strip()))
        add_drawn(out, package, relations, anchor)


def add_drawn(out: Assembly, package: Package, relations: dict[str, tuple[str, str]], drawn: Any) -> None:
    """Adds the charts and the SmartArt that stand below an element, by the relations of its part."""
    for each in drawn.iter("{*}chart", "{*}relIds"):
        if _is_elsewhere(each, drawn):
            continue
        is_chart = local(each) == "chart"
        kind, name = relations.get(value(each, "id" if is_chart else "dm") or "", ("", ""))
        if kind == ("chart" if is_chart else "diagramData") and (root := package.tree(name)) is not None:
            add_chart(out, root) if is_chart else add_diagram(out, root)


def _is_elsewhere(element: Any, drawn: Any) -> bool:
    """Whether an element stands in a text box, which is read by itself, or is the older form of another."""
    for each in element.iterancestors():
        if each is drawn:
            return False
        if local(each) in ("txbxContent", "Fallback"):
            return True
    return False


def add_diagram(out: Assembly, root: Any) -> None:
    """Adds the words of SmartArt, a point a line. `root` is the tree of its data."""
    separator = "\n\n"
    for depth, text in _points_of_diagram(root):
        out.put(f"{'  ' * min(depth, _DEEPEST)}- {text}", separator)
        separator = "\n"


def _points_of_diagram(root: Any) -> Iterator[tuple[int, str]]:
    """(depth, text) of each point with words, every one once: those that belong to none come last."""
    points = {
        value(each, "modelId") or "": (value(each, "type") or "node", _shown_text(child(each, "t"), " "))
        for each in children(root, "ptLst")
    }
    below: dict[str, list[tuple[int, str]]] = {}
    for each in children(root, "cxnLst"):
        if (value(each, "type") or "parOf") == "parOf":
            place = number(value(each, "srcOrd"), 0)
            below.setdefault(value(each, "srcId") or "", []).append((place, value(each, "destId") or ""))
    tops = [key for key, (kind, _) in points.items() if kind == "doc"]
    owned = {key for listed in below.values() for _, key in listed}
    stack = [(0, key) for key in reversed([*tops, *(key for key in points if key not in owned), *points])]
    while stack:
        depth, key = stack.pop()
        kind, text = points.pop(key, ("pres", ""))
        if kind not in _HELPERS or (text and kind != "pres"):
            if text:
                yield depth, text
            deeper = depth + (kind != "doc")
            stack += [(deeper, name) for _, name in sorted(below.get(key, ()), reverse=True)]


def _rows(series: list[Any]) -> list[list[str]]:
    names: list[str] = []
    columns: list[dict[int, str]] = []
    categories: dict[int, str] = {}
    for each in series:
        names.append(_shown_text(child(each, "tx")))
        points = child(each, "val")
        columns.append(_points(child(each, "yVal") if points is None else points))
        labels = child(each, "cat")
        found = _points(child(each, "xVal") if labels is None else labels)
        categories = {**found, **categories}
    rows = sorted({index for column in columns for index in column} | set(categories))
    figures = [
        [categories.get(row, ""), *(column.get(row, "") for column in columns)] for row in rows[:_MOST_POINTS]
    ]
    return [["", *names], *figures]


def _points(data: Any | None) -> dict[int, str]:
    """The stored values of a series by their places."""
    found: dict[int, str] = {}
    for point in data.iter("{*}pt") if data is not None else ():
        held = child(point, "v")
        text = one_line(held.text or "") if held is not None else ""
        index = number(value(point, "idx"), 0)
        if text:  # a category of several levels (a month of a year) has one point a level, the finest first
            found[index] = f"{_rounded(text)} {found[index]}" if index in found else _rounded(text)
    return found


def _rounded(text: str) -> str:
    """A figure with the 15 digits that spreadsheets keep; other text is not changed."""
    try:
        return f"{float(text):.15g}" if "." in text and len(text) > 15 else text
    except ValueError:
        return text


def _shown_text(element: Any | None, between: str = "") -> str:
    """The words of a title or a name, from its text runs, else from the stored cell that it refers to.

    `between`: what parts its paragraphs.
    """
    if element is None:
        return ""
    lines = list(element.iter("{*}p"))
    runs = [
        between.join("".join(each.text or "" for each in line.iter("{*}t")) for line in lines)
        if lines and between
        else "".join(each.text or "" for each in element.iter("{*}t"))
    ]
    return one_line("".join(runs) or " ".join(each.text or "" for each in element.iter("{*}v")), 500)
