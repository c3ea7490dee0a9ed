"""How much of the tables of annual reports comes back as cells, format by format.

    python benchmarks/tables.py [docx xlsx ...] [--every 4]      default: every format, every table

Each of the 278 tables of ../shared/data/tables/tatqa_dev.jsonl is written as a file of each format, between
two sentences where the format has text, and read back. Nothing in a file says which rows name the columns,
but in Markdown, which can only say one. Printed are, for each format: the share of cells (with something
in them) that come back in their row and column with the same words, whatever the white space; the share of
tables whose number of header rows is right; how many tables came back as none or as several.

Which number is right is not asked of the program: the head ends where the first row begins that has a label
in its first cell and beside it a figure that is no year, date or unit, or nothing at all (a section).
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from explorer.readers import registry  # noqa: E402
from explorer.readers.reading import Source  # noqa: E402
from explorer.readers.tables import DocumentTable, document_tables  # noqa: E402
from tests.readers.office import office_files, test_office  # noqa: E402
from tests.readers.office.test_docx import W  # noqa: E402

TABLES = HERE.parent.parent / "shared" / "data" / "tables" / "tatqa_dev.jsonl"
BEFORE, AFTER = "This sentence stands before the table.", "This sentence stands behind the table."
_FIGURE = re.compile(r"\d")
_NO_FIGURE = re.compile(r"(?:19|20)\d\d|[a-z]{3}", re.IGNORECASE)

Grid = list[list[str]]
Writer = Callable[[Grid], bytes]


def grids(path: Path = TABLES) -> list[Grid]:
    """The tables, each once."""
    found: dict[str, Grid] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            found.setdefault(one["table_id"], one["table"])
    return list(found.values())


def docx(grid: Grid) -> bytes:
    paragraph = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'
    rows = _nested(grid, "<w:tr>{}</w:tr>", f"<w:tc>{paragraph}</w:tc>")
    body = f"{paragraph.format(BEFORE)}<w:tbl>{rows}</w:tbl>{paragraph.format(AFTER)}"
    return office_files.zipped({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def pptx(grid: Grid) -> bytes:
    shown = test_office.table(*(tuple(map(html.escape, row)) for row in grid))
    title = office_files.shape("A slide", "title")
    return office_files.pptx(title + shown + office_files.shape(AFTER, top=90))


def xlsx(grid: Grid) -> bytes:
    lines = [tuple(html.escape(cell) if cell else None for cell in row) for row in grid]
    return office_files.xlsx({"Sheet1": office_files.rows(*lines)})


def ods(grid: Grid) -> bytes:
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    rows = _nested(grid, "<table:table-row>{}</table:table-row>", cell)
    return office_files.opendocument("spreadsheet", f"<table:table table:name='Sheet1'>{rows}</table:table>")


def page(grid: Grid) -> bytes:
    rows = _nested(grid, "<tr>{}</tr>", "<td>{}</td>")
    body = f"<p>{BEFORE}</p><table>{rows}</table><p>{AFTER}</p>"
    return f"<!DOCTYPE html><meta charset=utf-8><html><body>{body}".encode()


def values(grid: Grid) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(grid)
    return out.getvalue().encode()


def markdown(grid: Grid) -> bytes:
    first, *rest = ("| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in grid)
    rule = "|" + "---|" * len(grid[0])
    return "\n".join([BEFORE, "", first, rule, *rest, "", AFTER, ""]).encode()


def _nested(grid: Grid, row: str, cell: str) -> str:
    return "".join(row.format("".join(cell.format(html.escape(held)) for held in line)) for line in grid)


def _escaped(cell: str) -> str:
    """A cell as whoever writes Markdown has to write it."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(cell.split()))


WRITERS: dict[str, Writer] = {
    "docx": docx, "pptx": pptx, "xlsx": xlsx, "ods": ods, "html": page, "csv": values, "md": markdown,
}  # fmt: skip
"""The name's ending → what writes a table as such a file."""


def wanted(grid: Grid) -> Grid:
    """The rows that should come back: those with something in them."""
    return [row for row in ([" ".join(cell.split()) for cell in line] for line in grid) if any(row)]


def named(rows: Grid) -> int:
    """How many rows name the columns, as the head of this file says."""
    for place, (label, *beside) in enumerate(rows):
        figures = [cell for cell in beside if _FIGURE.search(cell) and not _NO_FIGURE.search(cell)]
        if label and (figures or (place and not any(beside))):
            return place
    return 0


@dataclass(frozen=True, slots=True)
class Score:
    """What came back of some tables."""

    tables: int
    cells: int
    right: int
    heads: int
    none: int
    several: int

    @property
    def cells_right(self) -> float:
        return self.right / self.cells

    @property
    def heads_right(self) -> float:
        return self.heads / self.tables


def score(kind: str, chosen: Sequence[Grid], read: Callable[[Path], Iterable[DocumentTable]]) -> Score:
    """Write each table as a file of a kind, and compare what `read` finds in it."""
    cells = right = heads = none = several = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        for grid in chosen:
            path.write_bytes(WRITERS[kind](grid))
            found, rows = list(read(path)), wanted(grid)
            none, several = none + (not found), several + (len(found) > 1)
            best = max(found, key=lambda each: len(each.rows), default=None)
            hits, filled = compare(rows, best.rows if best else ())
            cells, right = cells + filled, right + hits
            heads += best is not None and best.header_rows == named(rows)
    return Score(len(chosen), cells, right, heads, none, several)


def compare(rows: Grid, found: Sequence[Sequence[str]]) -> tuple[int, int]:
    """(cells that are in their place with the same words, cells with something in them)."""
    filled = [(y, x) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell]
    hits = sum(y < len(found) and x < len(found[y]) and found[y][x] == rows[y][x] for y, x in filled)
    return hits, len(filled)


def read_tables(path: Path) -> Iterable[DocumentTable]:
    """The tables that the program's reader finds in a file."""
    return document_tables(registry.detect(path, path.name).load()(Source(path, path.name)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("formats", nargs="*", choices=[*WRITERS, []], help="default: every format")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth table")
    options = parser.parse_args()
    chosen = grids()[:: options.every]
    print(f"{len(chosen)} tables\nformat  cells  heads  none  several")
    for kind in options.formats or WRITERS:
        of = score(kind, chosen, read_tables)
        print(
            f"{kind:<7} {of.cells_right:.3f}  {of.heads_right:.3f}  {of.none:>4}  {of.several:>7}", flush=True
        )


if __name__ == "__main__":
    main()
