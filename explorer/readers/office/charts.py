"""The figures behind a chart of an Office file, as a table: one row a category, one column a series."""

from __future__ import annotations

from typing import Any

from explorer.readers.assembly import Assembly, one_line
from explorer.readers.office.ooxml import child, children, local, number, value

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


def _shown_text(element: Any | None) -> str:
    """The words of a title or a name, from its text runs, else from the stored cell that it refers to."""
    if element is None:
        return ""
    runs = [each.text or "" for each in element.iter("{*}t")]
    return one_line("".join(runs) or " ".join(each.text or "" for each in element.iter("{*}v")), 500)
