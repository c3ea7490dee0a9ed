"""The names above the columns of a table: which rows they are, and in which column each name stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.readers.pdf.tabular import columns as of_columns
from explorer.readers.pdf.tabular.columns import Column
from explorer.readers.pdf.tabular.pieces import Piece, RowInPieces
from explorer.readers.pdf.tabular.stretches import ALIGNED, FAR_HEADS, RowsInPieces

ABOVE = 60
"""At most this many rows of the text may be heads: each cell of several lines may be rows of its own."""
LONG = 40
"""Characters: a longer row with a colon at its end leads to the table."""
APART = 1.9
"""What stands so many font heights higher, in the middle, is a title."""
NEAR = 0.4
"""A name over several columns stands at most this share of a column's width from their middle."""
MIDDLE = 0.04
"""A title stands at most this share of the table's width from its middle."""
WRAPPED = 0.92
"""Lines of one name stand closer than this share of the usual step from row to row."""
_UNIT = re.compile(r"\b(?:millions?|thousands?|billions?|except|unaudited|percent(?:age)?)\b|[%$€£]", re.I)
_IN_BRACKETS = re.compile(r"\(.*\)")
_MARK = re.compile(r"[(\[]\w{1,2}[)\]]")
_PERIOD = re.compile(
    r"\b(?:years?|months|weeks|quarters?|periods?|ended|ending|as (?:of|at)|december|january|february|march"
    r"|april|may|june|july|august|september|october|november|fiscal|change|variance|increase)\b|\b(?:19|20)\d\d\b",
    re.I,
)


_PERIOD_OF_YEARS = re.compile(
    r"(?:for the )?(?:fiscal |financial )?(?:\w+ months|years?|quarters?|periods?) end(?:ed|ing)\b"
    r"|as (?:of|at)\b",
    re.I,
)
"""How a name over several years begins; with the year in it, it may be a title."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


HANGING = 5.0
"""Points that a ")" or a dash may reach beyond the numbers of its column, and the name above them."""


@dataclass(slots=True)
class HeadLine:
    """What stands at one height above the numbers."""

    pieces: list[Piece]
    baseline: float
    height: float


def above(  # noqa: PLR0917
    page: RowsInPieces, first: int, last: int, free: int, columns: Sequence[Column], zone: float
) -> list[int]:
    """The rows above the `first` one with numbers (to the `last`) of a table that belong to it, in order.

    They name columns, or stand between such names and the numbers. `free`: the first row of no other table.
    """
    found: list[int] = []
    pending: list[int] = []
    body = page.entry(first)
    top = body.row[0].baseline
    bottom = page.rows[last][0].baseline
    for place in range(first - 1, max(first - 1 - ABOVE, free - 1), -1):
        row = page.rows[place]
        if row[0].aside or not row[0].upright or row[0].turn != body.row[0].turn:
            break
        if row[0].baseline > bottom:
            continue  # a footer, drawn between
        each = page.head(place)
        step = top - each.row[0].baseline
        is_close = step < (FAR_HEADS + 1) * max(each.height, body.height)
        if not is_close or each.row[0].baseline >= body.row[0].baseline or page.is_prose(place):
            break
        is_amount = len(each.pieces) == 1 and each.pieces[0].is_amount
        if (is_amount and not _MARK.fullmatch(each.text)) or each.has_leaders:
            break
        if _names(each, columns, zone, body, is_apart=step > APART * each.height) or (
            found and not pending and _is_beside(each, page, found)
        ):
            found = [place, *pending, *found]
            pending = []
        elif found and (pending or not _UNIT.search(each.text)):
            break
        else:
            pending.insert(0, place)
        top = min(top, each.row[0].baseline)
    if not found:
        label = page.entry(first - 1).text if pending else ""
        return pending[-1:] if label.endswith(":") and not label[:1].islower() else []
    return [*_label_above(page, found[0], free, columns, body, last), *found]


def _label_above(  # noqa: PLR0917
    page: RowsInPieces, place: int, free: int, columns: Sequence[Column], body: RowInPieces, last: int
) -> list[int]:
    """The row above the names of columns if it names the labels: alone, and as close as rows are."""
    if place - 1 < free or not page.follows(place, 1.2) or page.is_prose(place - 1):
        return []
    each = page.head(place - 1)
    apart = page.rows[place][0].baseline - each.row[0].baseline
    rows = page.rows[place + 1 : last + 1]
    steps = sorted(other[0].baseline - one[0].baseline for one, other in pairwise(rows))
    before = page.rows[place - 2][0].baseline if place - 2 >= free else -1e9
    is_first = not 0 < each.row[0].baseline - before < 1.4 * apart
    is_over = abs(each.left - body.left) < each.height and each.right < columns[0].left
    if len(each.pieces) > 1 or not is_first or not is_over or not steps:
        return []
    return [place - 1] if apart <= 1.02 * steps[len(steps) // 2] else []


def _is_beside(each: RowInPieces, page: RowsInPieces, found: Sequence[int]) -> bool:
    """Whether a row stands at the height of another, or between two."""
    baselines = [page.rows[place][0].baseline for place in found]
    return min(baselines) - 0.5 * each.height <= each.row[0].baseline


def _names(
    each: RowInPieces, columns: Sequence[Column], zone: float, body: RowInPieces, *, is_apart: bool
) -> bool:
    """Whether something of a row stands above the numbers, and is no title over the whole table."""
    values = values_of(each, columns, zone)
    is_sentence = each.text.endswith(":") and len(each.text) > LONG and each.pieces[0].left < zone
    if (
        is_sentence
        or not values
        or any(piece.is_amount for piece in each.pieces[1:] if piece.text not in ("%", "$"))
    ):
        return False
    if len(each.pieces) > 1:
        return True
    piece = values[0]
    if each.text.endswith(":"):
        return False
    is_period = _PERIOD_OF_YEARS.match(piece.text) is not None and not _YEAR.search(piece.text)
    return is_period or _is_flush(piece, columns[:-1]) or _is_no_title(piece, columns, zone, body, is_apart)


def _is_no_title(
    piece: Piece, columns: Sequence[Column], zone: float, body: RowInPieces, is_apart: bool
) -> bool:
    """Whether the only words of a row stand above the numbers rather than above the whole table."""
    if piece.left < zone - 0.6 * (columns[-1].right - zone):
        return False
    left, right = min(body.left, zone), columns[-1].right
    if piece.left < left + body.height < columns[0].left:
        return False  # a line of its own over the labels and the numbers
    off = abs(piece.middle - (left + right) / 2) / (right - left)
    off_values = abs(piece.middle - (zone + right) / 2) / (right - left)
    is_wide = piece.right - piece.left > 0.2 * (right - left)
    if (is_wide or is_apart) and off < MIDDLE and off_values > 1.5 * MIDDLE:
        return False  # a title in the middle of the page
    return piece.left > zone or off > 0.12


def values_of(each: RowInPieces, columns: Sequence[Column], zone: float) -> list[Piece]:
    """The pieces of a row that stand above the columns and not above the labels, which end at `zone`."""
    first, last = columns[0].left - 1.5 * each.height, columns[-1].right + 4 * each.height
    return [
        piece for piece in each.pieces
        if _is_right_of_labels(piece, columns, zone) and piece.right > first and piece.left < last
    ]  # fmt: skip


def _is_right_of_labels(piece: Piece, columns: Sequence[Column], zone: float) -> bool:
    """Whether a name is no label: a long one may reach over the labels where it ends as its column does."""
    return piece.middle > zone or _is_flush(piece, columns)


def _is_flush(piece: Piece, columns: Sequence[Column]) -> bool:
    return any(abs(piece.right - column.right) <= HANGING for column in columns)


def lines_of(entries: Sequence[RowInPieces]) -> list[HeadLine]:
    """The heads by height, from the top."""
    found: list[HeadLine] = []
    for each in sorted(entries, key=lambda entry: entry.row[0].baseline):
        baseline = each.row[0].baseline
        if found and baseline - found[-1].baseline < 0.5 * each.height:
            found[-1].pieces = sorted([*found[-1].pieces, *each.pieces], key=lambda piece: piece.left)
        else:
            found.append(HeadLine(list(each.pieces), baseline, each.height))
    return found


def merged(
    lines: list[HeadLine], columns: Sequence[Column], step: float, drawn_apart: bool
) -> list[list[HeadLine]]:
    """The lines in groups: those of one group are lines of the same names. `step`: from row to row below."""
    groups: list[list[HeadLine]] = []
    for line in lines:
        if groups and _goes_on(groups[-1][-1], line, columns, step, drawn_apart):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(
    one: HeadLine, other: HeadLine, columns: Sequence[Column], step: float, drawn_apart: bool
) -> bool:
    down = other.baseline - one.baseline
    if not drawn_apart and down >= WRAPPED * step:
        return False
    upper = [piece for piece in one.pieces if piece.right > columns[0].left]
    lower = [piece for piece in other.pieces if piece.right > columns[0].left]
    if len(upper) < len(lower) and upper and all(_PERIOD.search(piece.text) for piece in upper):
        return False
    if lower and len(columns) > 1 and all(piece.is_period for piece in lower) and len(upper) < len(lower):
        return False
    for piece in upper:
        under = [each for each in other.pieces if each.left < piece.right and each.right > piece.left]
        if len(under) > 1 or (lower and not under and not _is_over(piece, columns)):
            return False
    return True


def _is_over(piece: Piece, columns: Sequence[Column]) -> bool:
    """Whether a name stands over one column and no other."""
    return len(of_columns.overlapped(columns, piece)) == 1


def placed(
    line: HeadLine, columns: Sequence[Column], zone: float | None, below: HeadLine | None
) -> list[tuple[int, Piece]]:
    """(column, piece) of a line of names; -1 stands for the column of labels, which ends at `zone`."""
    pieces = list(line.pieces)
    found: list[tuple[int, Piece]] = []
    if zone is not None and pieces and not _is_right_of_labels(pieces[0], columns, zone):
        found.append((-1, pieces.pop(0)))
        while pieces and pieces[0].right < zone:
            found.append((-1, pieces.pop(0)))
    if len(pieces) == len(columns):
        return found + list(enumerate(pieces))
    if len(pieces) == 1 and _IN_BRACKETS.fullmatch(pieces[0].text) and _UNIT.search(pieces[0].text):
        return [*found, (0, pieces[0])]  # the unit of all columns, wherever it stands above them
    for piece in pieces:
        found.append((_first_spanned(piece, pieces, columns, below), piece))
    return found


def _first_spanned(
    piece: Piece, pieces: Sequence[Piece], columns: Sequence[Column], below: HeadLine | None
) -> int:
    """The first column that a name stands over. One over several stands above their middle."""
    over = of_columns.spanned(columns, piece)
    reach = columns[0].left - 1.5 * (below.height if below else 0.0)
    values = [each for each in pieces if each.right > reach]
    beneath = [each for each in below.pieces if each.right > reach] if below else []
    if len(values) >= len(beneath):
        return over[0]
    if piece in values and len(values) > 1 and len(columns) % len(values) == 0:
        share = len(columns) // len(values)
        firsts = [of_columns.spanned(columns, each)[0] // share for each in values]
        if firsts == list(range(len(values))):
            return share * values.index(piece)
    if any(abs(piece.left - each.left) < ALIGNED for each in beneath):
        return over[0]
    own = [
        each for each in beneath
        if all(abs(piece.middle - each.middle) <= abs(other.middle - each.middle) + 0.01 for other in values)
    ]  # fmt: skip
    apart = max((other.middle - one.middle for one, other in pairwise(beneath)), default=0.0)
    best: tuple[float, int, Piece] | None = None
    for start, first in enumerate(own):
        for end, last in enumerate(own[start + 1 :], start + 1):
            off = abs(piece.middle - (first.left + last.right) / 2)
            if off < NEAR * apart:
                is_only = len(values) == 1  # the widest that it may be over
                found = (0.0 if is_only else off // (0.4 * NEAR * apart), start - end, first)
                best = found if best is None or found[:2] < best[:2] else best
    if best is None or (len(over) > 1 and best[2].left > columns[over[0]].right):
        return over[0]
    if len(beneath) == len(columns):
        return next(place for place, each in enumerate(beneath) if each is best[2])
    return of_columns.spanned(columns, best[2])[0]
