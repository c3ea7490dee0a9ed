"""Lines of a PDF page → clean text with a map back to the page's characters. No PDF library is used here.

Rows (see `ordering`) are separated by a line end, paragraphs by a blank line.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from explorer.readers.pdf import bidi
from explorer.readers.pdf.offset_map import Run
from explorer.readers.pdf.ordering import Row, in_order, join_rows
from explorer.readers.pdf.pdfium import HYPHEN, PdfPage

PARAGRAPH_STEP = 1.25
"""A paragraph begins where the step down to a row is more than this many times the smaller step beside it."""
FONT_CHANGE = 1.2
"""It also begins where the height of the font changes by this ratio, like between a heading and its text."""
INDENT = 0.8
"""It also begins where one row alone is indented by this many font heights."""
_UNCLEAN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u115f\u1160"
    "\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2f00-\u2fdf\u3000\u3099\u309a\ud800-\udfff"
    "\uf900-\ufaff\ufb00-\ufdff\ufe00-\ufe48\ufe70-\uffff]|  "
)
_COMPATIBLE = re.compile("[\u2f00-\u2fdf\uf900-\ufaff\ufb00-\ufdff\ufe10-\ufe19\ufe30-\ufe48\ufe70-\ufefc]")
"""NFKC spells these out: ligatures, Arabic and vertical forms, radicals; not m², which is no m2."""
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb]"
)

_WORD_BEFORE = re.compile(r"[^\W_]+(?:-[^\W_]+)*$")
_WORD_AFTER = re.compile(r"[^\W_]+")
_BROKEN = re.compile(rf"[^\W_]*{HYPHEN}\s*[^\W_]*")
_SENTENCE_END = ".:;!?…。！？।"

Piece = tuple[str, int, int]
"""(text, index of the page's first character behind it, number of those characters: 0 for an added space)."""


@dataclass(frozen=True, slots=True)
class PartedRows:
    """The rows of a page: its subject, what is set aside above and below it, and notes and hidden text."""

    body: list[Row]
    above: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)


KeepHyphen = Callable[[str, str], bool]
"""Whether the hyphen between two halves of a word stays ("forward", "looking") or goes ("docu", "ment")."""


@dataclass(slots=True)
class Written:
    """Text while it is written, with the runs behind it."""

    parts: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    length: int = 0
    rows: list[tuple[int, Row]] = field(default_factory=list)
    """Each row with its offset, for finding headings."""
    asides: list[tuple[int, int]] = field(default_factory=list)
    """Spans of the text that are not the page's subject."""

    def add(self, piece: Piece) -> None:
        """Appends text that stands on the page."""
        text, char, chars = piece
        if not chars:
            self.separate(text)
            return
        last = self.runs[-1] if self.runs else None
        if (
            last is not None
            and len(text) == chars
            and last.length == last.chars
            and last.start + last.length == self.length
            and last.char + last.chars == char
        ):
            self.runs[-1] = Run(last.start, last.length + chars, last.char, last.chars + chars)
        else:
            self.runs.append(Run(self.length, len(text), char, chars))
        self.parts.append(text)
        self.length += len(text)

    def separate(self, text: str) -> None:
        """Appends what does not stand on the page: an added space or line end."""
        self.parts.append(text)
        self.length += len(text)

    @property
    def text(self) -> str:
        return "".join(self.parts)


def words(characters: str) -> set[str]:
    """All words of some text in lower case, compounds with their hyphens, for `keep_hyphen` to look up.

    The halves of a word that is broken at a line's end are left out.
    """
    characters = _BROKEN.sub(" ", characters)
    return set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", characters.lower()))


def keep_hyphen(known: set[str], before: str, after: str) -> bool:
    """Whether a hyphen at a line's end belongs to the word, judged by the document's other words (`known`).

    It does not if the joined word occurs elsewhere. It does if the compound occurs, if either half is no word
    in lower case, or if both halves are words of the document by themselves.
    """
    if not after[:1].islower() or not before[-1:].isalpha() or before[-1:].isupper():
        return True
    head, tail = before.lower(), after.lower()
    short = head.rsplit("-", 1)[-1]
    if short + tail in known or head + tail in known:
        return False
    if f"{head}-{tail}" in known or "-" in head:
        return True
    return len(short) > 2 and len(tail) > 2 and short in known and tail in known


def write(page: PdfPage, keep: KeepHyphen, parts: PartedRows | None = None) -> Written:
    """The page's text with its runs, without a line end behind it.

    `parts` says which rows at the top and the bottom are not of the page's subject: they are written first
    and last, and the result's `asides` are their spans.
    """
    out = Written()
    parts = parts or PartedRows(in_order(join_rows(page.lines)))
    _write_aside(out, page, parts.above, keep)
    if out.length and parts.body:
        out.separate("\n\n")
    _write_rows(out, page, parts.body, keep)
    _write_aside(out, page, parts.below, keep)
    _write_aside(out, page, parts.notes, keep)
    return out


def _write_aside(out: Written, page: PdfPage, rows: list[Row], keep: KeepHyphen) -> None:
    if not rows:
        return
    if out.length:
        out.separate("\n\n")
    start = out.length
    _write_rows(out, page, rows, keep)
    out.asides.append((start, out.length))


def _write_rows(out: Written, page: PdfPage, rows: list[Row], keep: KeepHyphen) -> None:
    usual = _usual_step(rows)
    changes = [False, *(_font_changes(one, other) for one, other in pairwise(rows)), False]
    cleaned = [_clean_row(page, row) for row in rows]
    for number, pieces in enumerate(cleaned):
        out.rows.append((out.length, rows[number]))
        is_last = number + 1 == len(rows)
        paragraph = not is_last and _begins_paragraph(page.characters, rows, number + 1, usual, changes)
        if pieces and pieces[-1][0] == HYPHEN and not is_last and not paragraph:
            ahead = cleaned[number + 1]
            word, rest = _first_word(ahead)
            _write_broken(out, pieces, word or ahead, keep)
            for piece in word:
                out.add(piece)
            cleaned[number + 1] = rest
            out.separate("\n" if word and rest else "")
            continue
        for piece in pieces:
            out.add(piece if piece[0] != HYPHEN else ("-", *piece[1:]))
        if not is_last:
            out.separate("\n\n" if paragraph else "\n")


def _clean_row(page: PdfPage, row: Row) -> list[Piece]:
    """The row's pieces, with a space between its lines. A hyphen at the row's end stays `HYPHEN`."""
    if page.marks and any(line.first in page.marks for line in row):
        return _clean_turned(page, row)
    pieces: list[Piece] = []
    for line in row:
        if pieces and not line.is_close:
            if pieces[-1][0] == HYPHEN:
                pieces[-1] = ("-", *pieces[-1][1:])
            pieces.append((" ", 0, 0))
        first = line.first
        for digit in sorted(each for each in page.raised if line.first < each < line.last):
            pieces.extend(_clean(page.characters[first:digit], first))
            pieces.append((" ", 0, 0))
            first = digit
        pieces.extend(_clean(page.characters[first : line.last], first))
    return pieces


def _clean_turned(page: PdfPage, row: Row) -> list[Piece]:
    """A row with right-to-left text, in the order in which it is read."""
    marks = [
        page.marks[index] for line in row for index in range(line.first, line.last) if index in page.marks
    ]
    pieces: list[Piece] = []
    held = ""
    first = 0

    def flush() -> None:
        nonlocal held
        if held:
            pieces.extend(_clean(held, first))
        held = ""

    for mark in bidi.reading_order(marks, page.from_right):
        if mark.index < 0:
            flush()
            pieces.append((" ", 0, 0))
        elif held and unicodedata.combining(mark.text):
            base = held[-1]
            before, held = held[:-1], ""
            if before:
                pieces.extend(_clean(before, first))
            composed = unicodedata.normalize("NFC", base + mark.text)
            pieces.append((composed, first + len(before), 1))
        else:
            if not held or mark.index != first + len(held):
                flush()
                first = mark.index
            held += mark.text
    flush()
    for line in row:
        if line.first not in page.marks:  # a field's content, which is in the order of reading already
            pieces += [(" ", 0, 0), *_clean(page.characters[line.first : line.last], line.first)]
    return _trimmed(pieces)


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """The pieces without spaces at either end, and with no two spaces side by side."""
    kept: list[Piece] = []
    for piece in pieces:
        again = piece[0].startswith(" ") and (not kept or kept[-1][0].endswith(" "))
        text, char, chars = (piece[0][1:], piece[1] + 1, piece[2] - 1) if again else piece
        if text:
            kept.append((text, char, chars))
    while kept and kept[-1][0].endswith(" "):
        text, char, chars = kept.pop()
        if text[:-1]:
            kept.append((text[:-1], char, chars - 1))
    return kept


def _clean(text: str, first: int) -> list[Piece]:
    """A line's pieces; characters count from `first`."""
    if not _UNCLEAN.search(text):
        return [(text, first, len(text))]
    pieces: list[Piece] = []
    plain = at = 0  # text[plain:at] is clean so far and not yet a piece
    while at < len(text):
        end = at + 1
        while end < len(text) and _belongs(text[at], text[end]):
            end += 1
        cleaned = _clean_cluster(text[at:end])
        if end - at > 1 or cleaned != text[at] or cleaned == HYPHEN:
            if at > plain:
                pieces.append((text[plain:at], first + plain, at - plain))
            if cleaned:
                pieces.append((cleaned, first + at, end - at))
            plain = end
        at = end
    if at > plain:
        pieces.append((text[plain:at], first + plain, at - plain))
    return pieces


def _belongs(before: str, after: str) -> bool:
    """Whether two neighbours are cleaned together: white space, a letter and its accents, surrogates."""
    if before.isspace():
        return after.isspace()
    if "\ud800" <= before <= "\udbff":
        return "\udc00" <= after <= "\udfff"
    return unicodedata.combining(after) != 0 and not _DROPPED.match(before)


def _clean_cluster(cluster: str) -> str:
    if cluster == HYPHEN:
        return HYPHEN
    if cluster[0].isspace():
        return " "
    if _DROPPED.match(cluster[0]):
        return ""
    if "\ud800" <= cluster[0] <= "\udfff":
        return cluster.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    form: Literal["NFKC", "NFC"] = "NFKC" if _COMPATIBLE.match(cluster[0]) else "NFC"
    return unicodedata.normalize(form, cluster).strip()


def _first_word(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The pieces up to the first space, and those after it.

    A row of a single word keeps it: the first list is empty then.
    """
    word: list[Piece] = []
    for number, (text, char, chars) in enumerate(pieces):
        space = text.find(" ")
        if space < 0:
            word.append((text, char, chars))
            continue
        if space:
            word.append((text[:space], char, space))
        rest = [(text[space + 1 :], char + space + 1, chars - space - 1)] if space + 1 < len(text) else []
        return word, [*rest, *pieces[number + 1 :]]
    return [], pieces


def _write_broken(out: Written, pieces: list[Piece], ahead: list[Piece], keep: KeepHyphen) -> None:
    """Writes a row that ends within a word, with its hyphen if that stays; `ahead` is what follows."""
    *before, hyphen = pieces
    for piece in before:
        out.add(piece)
    head = _WORD_BEFORE.search("".join(piece[0] for piece in before[-3:]))
    tail = _WORD_AFTER.match("".join(piece[0] for piece in ahead))
    if head is None or tail is None or keep(head[0], tail[0]):
        out.add(("-", *hyphen[1:]))


def _usual_step(rows: Sequence[Row]) -> float:
    steps = [step for one, other in pairwise(rows) if (step := _step(one, other)) > 0]
    return statistics.median(steps) if steps else 0.0


def _step(one: Row, other: Row) -> float:
    """How far down the page `other` stands below `one`; negative above it."""
    return other[0].baseline - one[0].baseline


def _begins_paragraph(
    characters: str, rows: Sequence[Row], number: int, usual: float, changes: Sequence[bool]
) -> bool:
    """Whether a blank line belongs before `rows[number]` (1 or more).

    `changes`: of each row, whether its font is another one than that of the row before.
    """
    before, row = rows[number - 1], rows[number]
    after = rows[number + 1] if number + 1 < len(rows) else None
    if (before[0].upright, before[0].turn) != (row[0].upright, row[0].turn) or changes[number]:
        return True
    step = _step(before, row)
    if step <= 0:  # the next column, or something out of order
        return characters[before[-1].last - 1] in _SENTENCE_END or not characters[row[0].first].islower()
    beside = [usual] if usual > 0 else []
    if number > 1 and not changes[number - 1]:
        beside.append(_step(rows[number - 2], before))
    if after is not None and not changes[number + 1]:
        beside.append(_step(row, after))
    nearest = min((each for each in beside if each > 0), default=step)
    return step > PARAGRAPH_STEP * nearest or (after is not None and _is_indented(before, row, after))


def _font_changes(one: Row, other: Row) -> bool:
    low, high = _height(one), _height(other)
    if low > high:
        low, high = high, low
    return low > 0 and high > FONT_CHANGE * low


def _height(row: Row) -> float:
    return row[0].height if len(row) == 1 else max(line.height for line in row)


def _is_indented(before: Row, row: Row, after: Row) -> bool:
    """Whether a row begins a paragraph the way it does in books: it alone begins further right."""
    height = row[0].height
    lefts = [min(line.left for line in each) for each in (before, row, after)]
    indent = lefts[1] - max(lefts[0], lefts[2])
    return INDENT * height < indent < 5 * height and abs(lefts[0] - lefts[2]) < 0.3 * height
