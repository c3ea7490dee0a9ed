"""How figures out of tables are shown: a line that names them, the rows that they stand in, their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.chat.composing import Composition, in_table, plain
from explorer.chat.tabled.asked import AskedTable, FoundFigure, Span, full_name, label_of, section_of
from explorer.figures import Figure
from explorer.figures.labels import column_name, heading
from explorer.figures.periods import MONTHS, periods_in

_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
"""The line under the head of a table in Markdown, which is no row."""
_GAP = re.compile(r"(?P<currency>[$€£¥₹])\s+(?=[\d.(])")
_NUMBER = re.compile(r"\(?-?\d[\d,.]*\)?")
_SIGN = re.compile(r"[$€£¥₹]")
_SIGNS = "$€£¥₹"
_MONEY = (
    (re.compile(r"\$|\bdollars?\b|\bUSD\b", re.IGNORECASE), "$"),
    (re.compile(r"€|\beuros?\b|\bEUR\b", re.IGNORECASE), "€"),
    (re.compile(r"£|\bpounds?\b|\bGBP\b", re.IGNORECASE), "£"),
    (re.compile(r"¥|\byen\b|\bJPY\b", re.IGNORECASE), "¥"),
)
"""What tables call the money that they are in."""
_COUNTED = re.compile(
    r"\b(?:shares|number|employees|stores|headcount|customers|units|accounts|connections|subscribers|"
    r"ratio|rate|percent|weighted)\b|%",
    re.IGNORECASE,
)
"""Lines that are no money though their table is."""
_TITLE_LENGTH = 90
_NEIGHBOURS, _FEW = 6, 2
"""Columns that are shown of a row."""


def tell(told: Composition, found: FoundFigure, span: Span, *, is_brief: bool = False) -> None:
    """Add the figure: a line that names it, and the row that it stands in with its neighbours: fewer of them,
    and no title, where `is_brief`. `span` reads a document's text."""
    figure, table = found.figure, found.table
    formula = _formula(told, found, span)
    mark = cited(told, found, span)
    first = figure.cells[0]
    label = full_name(table, first[0])
    where = " · ".join(
        plain(text)
        for text in (
            found.document.name,
            "" if is_brief else _titled(table),
            _head(table, first[1]),
            found.table.unit or "",
        )
        if text
    )
    name = f"{plain(label)}: " if label else ""
    if found.part:
        name = f"For the {found.part} alone, no figure of the whole year was found: {name}"
    rows = _rows(found, _FEW if is_brief else _NEIGHBOURS)
    if figure.formula:
        told.say(f"{name}**{plain(shortly(found))}** = {formula} {mark}\n\n{rows}\n\n{where}")
    else:
        amount, scale = amounts_of(found), _scale_of(figure)
        told.say(f"{name}**{plain(amount)}**{scale} ({where}) {mark}\n\n{rows}")


def _formula(told: Composition, found: FoundFigure, span: Span) -> str:
    """The formula, each of its terms followed by the mark of its cell; "" where the figure was only read."""
    table, document, text = found.table, found.document, found.figure.formula
    whole = span(document.id, table.start, table.end) if text else ""
    pieces, at = [], 0
    for row, column in dict.fromkeys(found.figure.cells):
        printed = table.rows[row][column].strip()
        place = text.find(printed, at)
        if not printed or place < 0:
            continue
        start, end = span_of_cell(table.start, whole, row, [cell.strip() for cell in table.rows[row]], column)
        mark = told.cite(document.id, table.page, start, end, whole[start - table.start : end - table.start])
        pieces.append(f"{plain(text[at : place + len(printed)])} {mark}")
        at = place + len(printed)
    return " ".join([*pieces, plain(text[at:])]).rstrip()


def shortly(found: FoundFigure) -> str:
    """The figure alone, with its currency and its scale."""
    return f"{amounts_of(found)}{_scale_of(found.figure)}"


def amounts_of(found: FoundFigure) -> str:
    """The figure with its currency, before its scale: "-$1,126", "$5,651"; as it is printed where it has
    none."""
    text = _GAP.sub(r"\g<currency>", found.figure.text)
    sign = _currency(found)
    if not sign or not _NUMBER.fullmatch(text):
        return text
    return f"-{sign}{text[1:]}" if text[0] == "-" else f"({sign}{text[1:]}" if text[0] == "(" else sign + text


def _currency(found: FoundFigure) -> str:
    """The sign of the money that an amount is in, where its table says so, for amounts of money: "" for
    counts, ratios, and what is worked out as one."""
    table, figure = found.table, found.figure
    if figure.scale == "percent" or (figure.formula and "÷" in figure.formula and not figure.unit):
        return ""
    rows = [row for row, _ in figure.cells]
    if any(_COUNTED.search(f"{label_of(table, row)} {section_of(table, row)}") for row in rows):
        return ""
    column = figure.cells[0][1]
    printed = " ".join(row[column] for row in table.rows[table.header_rows :] if column < len(row))
    in_column = _SIGN.search(printed) if figure.scale else None
    said = next((sign for pattern, sign in _MONEY if table.unit and pattern.search(table.unit)), "")
    return (
        figure.unit
        if figure.unit and figure.unit in _SIGNS
        else said or (in_column.group() if in_column else "")
    )


def named(found: FoundFigure) -> str:
    """What the figure is called: its row, with the heading above it where it is called like others."""
    return full_name(found.table, found.figure.cells[0][0])


def headed(found: FoundFigure) -> str:
    """The head of the figure's column."""
    return _head(found.table, found.figure.cells[0][1])


def _titled(table: AskedTable) -> str:
    """What the table is called, cut to one line."""
    title = " ".join((table.title or "").split())
    return title if len(title) <= _TITLE_LENGTH else f"{title[:_TITLE_LENGTH].rsplit(' ', 1)[0]} …"


def _scale_of(figure: Figure) -> str:
    return (
        f" {figure.scale}"
        if figure.scale in {"thousand", "million", "billion"}
        else "%"
        if figure.scale == "percent" and "%" not in figure.text
        else ""
    )


def _head(table: AskedTable, column: int) -> str:
    name = column_name(table.rows[: table.header_rows], column)
    return " ".join(name.replace(f"({table.unit})", "").split())


def _apart(heads: Sequence[str]) -> list[str]:
    """Heads without the words that all of them begin with, where no more than years or days is left."""
    words = [head.split() for head in heads]
    same = 0
    while len(words) > 1 and all(len(one) > same + 1 and one[same] == words[0][same] for one in words):
        same += 1
    while same and words[0][same - 1].rstrip(",.").lower() in MONTHS:
        same -= 1
    rest = [" ".join(one[same:]) for one in words]
    are_days = all(len(periods_in(one)) == 1 and not heading(one).words for one in rest)
    return rest if are_days else list(heads)


def _rows(found: FoundFigure, most: int) -> str:
    """The rows of the cells with the columns beside them, as a small table; the cells are bold."""
    table, figure = found.table, found.figure
    marked = set(figure.cells)
    rows = list(dict.fromkeys(row for row, _ in figure.cells))
    filled = [
        column
        for column in range(1, len(table.rows[rows[0]]))
        if any(table.rows[row][column].strip() for row in rows)
    ]
    wanted = {column for _, column in figure.cells}
    columns = sorted({*filled[:most], *wanted})
    heads = _apart([_head(table, column) for column in columns])
    head = [plain(table.unit or ""), *map(plain, heads)]
    lines = []
    for row in rows:
        cells = [table.rows[row][column].strip() for column in columns]
        shown = [
            f"**{plain(cell)}**" if (row, column) in marked else plain(cell)
            for cell, column in zip(cells, columns, strict=True)
        ]
        lines.append([plain(full_name(table, row)), *shown])
    return in_table(head, lines, "right")


def cited(told: Composition, found: FoundFigure, span: Span) -> str:
    """The mark of a citation of the rows that the cells stand in."""
    table, document = found.table, found.document
    rows = [row for row, _ in found.figure.cells]
    text = span(document.id, table.start, table.end)
    start, end = span_of_rows(table.start, text, min(rows), max(rows))
    return told.cite(document.id, table.page, start, end, text[start - table.start : end - table.start])


def span_of_rows(start: int, text: str, first: int, last: int) -> tuple[int, int]:
    """The span of the rows `first` to `last` (from 0) of a table whose `text` begins at `start` of its
    document; the whole table where it has fewer lines."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        is_rule = len(lines) == 1 and _RULE.fullmatch(line.strip())
        if line.strip() and not is_rule:
            lines.append((at, at + len(line.rstrip("\n"))))
        at += len(line)
    if last >= len(lines):
        return start, start + len(text)
    return start + lines[first][0], start + lines[last][1]


def span_of_cell(start: int, text: str, row: int, cells: Sequence[str], column: int) -> tuple[int, int]:
    """The span of the cell `column` (from 0) of a row with these `cells`; all of the row where its line does
    not hold them one after the other."""
    first, last = span_of_rows(start, text, row, row)
    line, at = text[first - start : last - start], 0
    for cell in cells[: column + 1]:
        at = line.find(cell, at)
        if at < 0:
            return first, last
        at += len(cell)
    return first + at - len(cells[column]), first + at
