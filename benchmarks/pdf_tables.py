"""How many cells of tables in PDFs come back right: statements of filings, and tables that this writes.

    python benchmarks/pdf_tables.py

`data/statements.jsonl` holds what a person reads on pages of the 12 filings: the rows of names, and cells as
(label of the row, number of the column, text). The tables of annual reports in ../shared/data/tables are
written as PDFs, ruled and not, in the order of reading and in any other, and read back. Last, it counts the
tables on pages that have none.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))

from benchmarks.tables import named  # noqa: E402
from explorer.readers.pdf import reader  # noqa: E402
from explorer.readers.reading import Reading, Source  # noqa: E402
from explorer.readers.tables import DocumentTable, document_tables  # noqa: E402
from tests.readers.pdf.table_pages import drawn_table  # noqa: E402

STATEMENTS = Path(__file__).resolve().parent / "data" / "statements.jsonl"


def main() -> None:
    print(f"{'':34}{'cells':>8}{'right':>9}{'heads':>8}{'right':>9}")
    _show("statements of 12 filings", *statements(SHARED / "financebench"))
    grids = written_tables(SHARED / "tables" / "tatqa_dev.jsonl")
    for ruled in (True, False):
        for shuffled in (False, True):
            kind = f"written, {'ruled' if ruled else 'not ruled'}{', in any order' if shuffled else ''}"
            _show(kind, *read_back(grids, ruled=ruled, shuffled=shuffled))


def _show(kind: str, cells: int, right: int, heads: int, right_heads: int) -> None:
    print(f"{kind:34}{cells:8,}{right / cells:9.3f}{heads:8,}{right_heads / heads:9.3f}")


def statements(folder: Path) -> tuple[int, int, int, int]:
    """(cells, those that are right, tables, those whose rows of names are right) of the filings."""
    held: dict[str, list[DocumentTable]] = {}
    counts: Counter[str] = Counter()
    for line in STATEMENTS.read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        name = wanted["doc"]
        if name not in held:
            held[name] = list(document_tables(_read(folder / f"{name}.pdf")))
        tables = [table for table in held[name] if table.page == wanted["page"]]
        best = max(tables, key=lambda table: _right(table, wanted["cells"]), default=None)
        found = _right(best, wanted["cells"]) if best else 0
        heads = [list(row) for row in best.rows[: best.header_rows]] if best else []
        counts.update(cells=len(wanted["cells"]), right=found, heads=1, right_heads=heads == wanted["header"])
        if found < len(wanted["cells"]) or heads != wanted["header"]:
            print(f"  {name} {wanted['page']}: {found} of {len(wanted['cells'])} cells; heads {heads}")
    return counts["cells"], counts["right"], counts["heads"], counts["right_heads"]


def _read(path: Path) -> Reading:
    return reader.read(Source(path, path.name))


def _right(table: DocumentTable, cells: Sequence[tuple[str, int, str]]) -> int:
    """How many cells stand in a row of their label, in their column."""
    rows = {(row[0], column, cell) for row in table.rows for column, cell in enumerate(row)}
    return sum((label, column, text) in rows for label, column, text in cells)


def written_tables(path: Path) -> list[list[list[str]]]:
    """Tables of annual reports, without rows and columns that hold nothing.

    Ligatures and the sign for minus are written by their like: the font that they are drawn in has none.
    """
    found: dict[str, list[list[str]]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            found.setdefault(one["table_id"], one["table"])
    return [_bare(grid) for grid in found.values()]


def _bare(grid: Sequence[Sequence[str]]) -> list[list[str]]:
    rows = [[" ".join(unicodedata.normalize("NFKC", cell).replace("\u2212", "–").split()) for cell in row]
            for row in grid]  # fmt: skip
    rows = [row for row in rows if any(row)]
    used = [column for column in range(len(rows[0])) if any(row[column] for row in rows)]
    return [[row[column] for column in used] for row in rows]


def read_back(
    grids: Sequence[list[list[str]]], *, ruled: bool, shuffled: bool, right: bool = True
) -> tuple[int, int, int, int]:
    """(cells, those that come back in their place, tables, those whose rows of names do)."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        for grid in grids:
            path.write_bytes(drawn_table(grid, ruled=ruled, shuffled=shuffled, right=right))
            tables = list(document_tables(_read(path)))
            table = max(tables, key=lambda each: len(each.rows), default=None)
            cells = list(_cells(grid))
            counts.update(
                cells=len(cells),
                right=sum(table is not None and _is_there(table, *cell) for cell in cells),
                heads=1,
                right_heads=table is not None and table.header_rows == named(grid),
            )
    return counts["cells"], counts["right"], counts["heads"], counts["right_heads"]


def _cells(grid: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    for number, row in enumerate(grid):
        for column, cell in enumerate(row):
            if cell:
                yield number, column, _plain(cell)


def _is_there(table: DocumentTable, row: int, column: int, text: str) -> bool:
    """Whether a cell stands in its place; a name over several columns may stand in any of them."""
    if row < min(table.header_rows, len(table.rows)) and text in map(_plain, table.rows[row]):
        return True
    return _at(table, row, column) == text


def _at(table: DocumentTable, row: int, column: int) -> str:
    inside = row < len(table.rows) and column < len(table.rows[row])
    return _plain(table.rows[row][column]) if inside else ""


def _plain(cell: str) -> str:
    return re.sub(r"\s+", "", cell)


if __name__ == "__main__":
    main()
