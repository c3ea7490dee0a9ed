"""The words of a row → its pieces: what a wide gap parts, with the signs that belong to a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.tabular.words import Word

GAP = 0.55
"""A gap wider than this many font heights parts two cells; blanks between words are half as wide."""
GAP_OF_NUMBERS = 0.35
"""The same between two numbers that stand close."""
TO_SIGN = 2.0
"""A ")" or "%" stands at most this many font heights behind its number."""
FROM_SIGN = 40.0
"""A "$" stands at most this many before it: it is set at the left edge of its column."""

_BEFORE = re.compile(r"(?:[(\[]|[-+–−]|(?:US|C|A|HK|NZ|S)?[$€£¥₹₩]|(?:USD|EUR|GBP|CHF|JPY|RMB|Rs\.?))+")
_BEHIND = re.compile(r"[)\]]?(?:%|x|bps|pts?\.?|pp)?[)\]]?|%\)")
_MARK = r"\s?(?:\([\da-z]{1,2}\)|\[[\da-z]{1,2}\]|\*{1,3}|[†‡§]|[¹²³])"
_FIGURE = re.compile(
    r"[(\[]?\s?[-+–−~<>≈]?\s?(?:(?:US|C|A|HK|NZ|S)?[$€£¥₹₩]|(?:USD|EUR|GBP|CHF|JPY|RMB|Rs\.?)\s?)?\s?[(]?[-+–−]?\s?"
    r"(?:\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)\s?[)\]]?\s?(?:%|x|bps?|bp|pts?|pp|ppt|[$€£¥])?\s?[)\]]?"
    rf"(?:{_MARK})*"
)
_NOTHING = re.compile(
    rf"[(\[]?(?:US)?[$€£¥₹]?\s?[-–—−]+\s?%?\s?[)\]]?(?:{_MARK})*|N/?[AM]|n/?[am]|nil|NM|\*+|N\.M\.|n\.m\."
)
_PERIOD = re.compile(
    r"(?:FY|CY|Q[1-4]|H[12])?\s?['’]?(?:19|20)\d\d(?:\s?[/–-]\s?(?:\d\d|(?:19|20)\d\d))?\s?"
    rf"(?:[*A-Ea-e]|{_MARK})?"
)
_SPACED_YEAR = re.compile(r"(?:1 9|2 0) \d \d")
_DIGIT = re.compile(r"\d")
_LEADERS = re.compile(r"(?:\s?[.·…_]){4,}")


@dataclass(slots=True, eq=False)
class Piece:
    """Words that stand close to each other in a row."""

    words: list[Word]
    left: float
    right: float
    text: str
    is_amount: bool = False
    """A number that is no year, or a dash for none."""
    is_period: bool = False
    """A year, or a quarter of one."""

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(slots=True, eq=False)
class RowInPieces:
    """A row of the page, with its pieces from the left."""

    row: Row
    pieces: list[Piece]
    left: float
    top: float
    right: float
    bottom: float
    height: float
    """Of its font, with the blank above and below its letters."""
    amounts: list[Piece] = field(default_factory=list)
    """The amounts that have something to their left."""
    has_leaders: bool = False

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


def entry(row: Row, words: Sequence[Word], gap: float = GAP) -> RowInPieces:
    """A row as its pieces. `words`: of its lines, from the left; a wider `gap` (font heights) parts them."""
    height = max(line.height for line in row) or 1.0
    pieces = _signed(_parted(words, height, gap), height)
    for piece in pieces:
        _judge(piece)
    made = RowInPieces(
        row,
        pieces,
        min(line.left for line in row),
        min(line.top for line in row),
        max(line.right for line in row),
        max(line.bottom for line in row),
        height,
    )
    amounts = [piece for piece in pieces[1:] if piece.is_amount]
    made.amounts = amounts
    made.has_leaders = any(len(piece.text) > 3 and _LEADERS.search(piece.text) for piece in pieces)
    return made


def _parted(words: Sequence[Word], height: float, most: float) -> list[Piece]:
    pieces: list[list[Word]] = []
    for word in words:
        if pieces:
            before = pieces[-1][-1]
            gap = word.left - before.right
            numbers = before.text[-1:] in _ENDS_NUMBER and word.text[:1] in _BEGINS_NUMBER
            if gap <= (GAP_OF_NUMBERS if numbers else most) * height:
                pieces[-1].append(word)
                continue
        pieces.append([word])
    return [_piece(each) for each in pieces]


_UNITS = frozenset(("x", "pts", "pts.", "pt", "bps", "pp"))
_ENDS_NUMBER = frozenset("0123456789)%—–")
_BEGINS_NUMBER = frozenset("0123456789($€£—–")


def _piece(words: list[Word]) -> Piece:
    return Piece(words, words[0].left, words[-1].right, joined(words))


def joined(words: Sequence[Word]) -> str:
    """What a piece says: its words with blanks, but a closing sign at its number."""
    text = ""
    for word in words:
        is_sign = text[-1:] in _ENDS_NUMBER and _BEHIND.fullmatch(word.text) and word.text not in _UNITS
        text += word.text if not text or text.endswith(("(", "[")) or is_sign else " " + word.text
    return text


def _signed(pieces: list[Piece], height: float) -> list[Piece]:
    """The pieces with signs of currency, brackets and "%" at the number that they belong to."""
    kept: list[Piece] = []
    for piece in pieces:
        if kept and piece.text and _belongs(kept[-1], piece, height):
            kept[-1] = _piece(kept[-1].words + piece.words)
        else:
            kept.append(piece)
    return kept


def _belongs(one: Piece, other: Piece, height: float) -> bool:
    gap = other.left - one.right
    if gap < -height:
        return False
    begins = other.text[:1]
    if _BEFORE.fullmatch(one.text) and one.text not in ("–", "-", "−"):
        is_sign = _BEFORE.fullmatch(other.text) is not None  # as above each column of a currency
        return gap <= FROM_SIGN * height and not is_sign and (begins.isdigit() or begins in "(-–—−.+$€£")
    if gap <= TO_SIGN * height and _BEHIND.fullmatch(other.text) and other.text not in ("x",):
        return one.text[-1:].isdigit() or one.text[-1:] in ")—–-"
    return False


def _judge(piece: Piece) -> None:
    text = piece.text
    if len(text) > 40 or (len(text) > 3 and text.isalpha()):
        return
    if _PERIOD.fullmatch(text) or _SPACED_YEAR.fullmatch(text):
        piece.is_period = True
    elif _NOTHING.fullmatch(text) or (_DIGIT.search(text) and _FIGURE.fullmatch(text)):
        piece.is_amount = True
