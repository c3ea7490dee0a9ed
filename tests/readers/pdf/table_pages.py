"""PDFs with tables, drawn cell by cell: ruled or not, in the order of reading or in any other."""

from __future__ import annotations

import random
from collections.abc import Sequence

Grid = Sequence[Sequence[str]]
Text = tuple[str, float, float]
"""What is drawn, with the left end of its baseline, y up."""

SIZE = 9.0
STEP = 14.0
TOP = 740.0
LEFT = 50.0
PAD = 4.0
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 "
    "556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 "
    "667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 "
    "556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
)
"""Of Helvetica's characters from the blank on, in thousandths of its size (Adobe's font metrics)."""
_WIDTH = [int(each) for each in _WIDTHS.split()]


def width(text: str, size: float = SIZE) -> float:
    """How wide a text is, in points."""
    return sum(_WIDTH[ord(mark) - 32] if 32 <= ord(mark) < 127 else 556 for mark in text) * size / 1000


def pdf(
    texts: Sequence[Text], lines: Sequence[tuple[float, float, float, float]] = (), *, size: float = SIZE,
    page: tuple[float, float] = (612, 792),
) -> bytes:  # fmt: skip
    """A page with texts, and lines from one point to another."""
    drawn = [f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S" for x0, y0, x1, y1 in lines]
    for text, x, y in texts:
        coded = text.encode("cp1252", "replace")
        escaped = coded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").decode("latin-1")
        drawn.append(f"BT /F1 {size} Tf {x:.2f} {y:.2f} Td ({escaped}) Tj ET")
    stream = "\n".join(drawn).encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page[0]} {page[1]}]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, each)
    start = len(made)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, start)
    )


def drawn_table(
    grid: Grid, *, ruled: bool = False, right: bool = True, shuffled: bool = False, widest: float = 200.0,
    above: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """A page with a table. `right`: all columns but the first end at the same place; else they begin there.

    Cells wider than `widest` points are broken into lines. `above`: lines of text over the table.
    """
    cells = [[broken(cell, widest) for cell in row] for row in grid]
    columns = range(max(map(len, cells)))
    wide = [
        max((width(line) for row in cells if column < len(row) for line in row[column]), default=0.0)
        + 2 * PAD + 6 for column in columns
    ]  # fmt: skip
    edges = [LEFT + sum(wide[:column]) for column in range(len(wide) + 1)]
    texts = [(line, LEFT, TOP - STEP * number) for number, line in enumerate(above)]
    y = TOP - STEP * (len(above) + 1)
    heights = [y + SIZE + PAD / 2]
    for row in cells:
        most = max(map(len, row), default=1) or 1
        for column, lines in enumerate(row):
            for number, line in enumerate(lines):
                is_right = right and column > 0
                x = edges[column + 1] - PAD - width(line) if is_right else edges[column] + PAD
                texts.append((line, x, y - (most - len(lines) + number) * (SIZE + 1.5)))
        y -= (most - 1) * (SIZE + 1.5) + STEP + (PAD if ruled else 0)
        heights.append(y + SIZE + PAD / 2)
    if shuffled:
        random.Random(4).shuffle(texts)
    rules: list[tuple[float, float, float, float]] = []
    if ruled:
        rules += [(edges[0], height, edges[-1], height) for height in heights]
        rules += [(edge, heights[0], edge, heights[-1]) for edge in edges]
    low, far = min(y - 40, 0), max(edges[-1] + LEFT, 612)
    moved = [(text, x, height - low) for text, x, height in texts]
    ruling = [(x0, y0 - low, x1, y1 - low) for x0, y0, x1, y1 in rules]
    return pdf(moved, ruling, page=(far, 792 - low))


def broken(text: str, widest: float) -> list[str]:
    """A text in lines of at most so many points; none for an empty one."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}") <= widest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
