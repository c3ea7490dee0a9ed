"""Rows of right-to-left text in the order in which they are read, found from where their characters stand.

A PDF draws glyphs at the places where they are seen, in any order. PDFium's text in that order has broken
ligatures ("lam alef" comes out as "alef lam"), punctuation on the wrong side of numbers, and the cells of a
row from the left. So the characters of such a row are taken by their place, and the rules of the Unicode
bidirectional algorithm (UAX #9: W2-W7, N1, N2) are run backwards, from what is seen to what is read. No PDF
library is used here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LAM = "\u0644"
_GAP = 0.15
"""A gap wider than this many font heights is a space, even if the file has none there."""
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_CLOSING = ")]}»"


@dataclass(frozen=True, slots=True)
class Mark:
    """One character of the page: its index there, and the left and right edge of its advance."""

    text: str
    index: int
    left: float
    right: float
    height: float = 10.0


@dataclass(slots=True)
class _Cluster:
    """What stands at one place: a letter with its accents, or all letters of a ligature, in reading order."""

    marks: list[Mark]
    side: str = "N"
    """"R", "L", "D" (part of a number) or "N" (neutral)."""
    ends_word: bool = False

    @property
    def left(self) -> float:
        return min(mark.left for mark in self.marks)

    @property
    def right(self) -> float:
        return max(mark.right for mark in self.marks)

    @property
    def text(self) -> str:
        return self.marks[0].text


def is_right_to_left(characters: str) -> bool:
    """Whether more of a page's letters run from the right than are Latin."""
    return len(RIGHT_TO_LEFT.findall(characters)) > len(_LATIN.findall(characters))


def reading_order(marks: Sequence[Mark], from_right: bool) -> list[Mark]:
    """The characters of one row in the order of reading; spaces that are added here have index -1.

    `marks` are in the order of PDFium's stream; `from_right` is the direction of the page.
    """
    clusters = sorted(_clusters(marks), key=_place, reverse=from_right)
    clusters = list(_spaced(clusters))
    _take_sides(clusters)
    turned = [mark for run in _runs(clusters, from_right) for each in run for mark in each.marks]
    return _facing(_parted(turned))


def _place(cluster: _Cluster) -> float:
    return cluster.marks[0].left + cluster.marks[0].right


def _clusters(marks: Sequence[Mark]) -> Iterator[_Cluster]:
    found: list[_Cluster] = []
    accents: list[Mark] = []
    for mark in marks:
        if unicodedata.combining(mark.text):
            accents.append(mark)
            if found:
                found[-1].ends_word = False  # what seemed a space was the gap before an accent
        elif mark.text.isspace() and mark.right <= mark.left:
            if found:
                found[-1].ends_word = True  # the place of a space without width means nothing
        elif found and _one_glyph(found[-1].marks[0], mark):
            found[-1].marks.append(mark)
        else:
            found.append(_Cluster([mark]))
    for each in found:
        # the stream has a ligature's letters backwards, unless they were one character of a legacy font
        if len(each.marks) > 1 and RIGHT_TO_LEFT.match(each.text) and each.text != _LAM:
            each.marks.reverse()
    for accent in accents:
        middle = (accent.left + accent.right) / 2
        letters = [each for each in found if not each.text.isspace()]
        if letters:
            base = min(letters, key=lambda each: (max(each.left - middle, middle - each.right), each.left))
            base.marks.append(accent)
        else:
            found.append(_Cluster([accent]))
    yield from found


def _one_glyph(one: Mark, other: Mark) -> bool:
    return abs(one.left - other.left) < 0.01 and abs(one.right - other.right) < 0.01 and one.right > one.left


def _spaced(clusters: list[_Cluster]) -> Iterator[_Cluster]:
    """The clusters without spaces that PDFium made up, and with a space wherever there is a gap."""
    before: _Cluster | None = None
    for each in clusters:
        if before is not None and not before.text.isspace() and not each.text.isspace():
            gap = max(before.left - each.right, each.left - before.right)
            follows = 0 < min(mark.index for mark in each.marks) - before.marks[0].index < 4
            if (before.ends_word and follows) or gap > _GAP * max(
                before.marks[0].height, each.marks[0].height
            ):
                yield _Cluster([Mark(" ", -1, before.left, before.left)])
        if before is None or not (each.text.isspace() and before.text.isspace()):
            yield each
        before = each


def _take_sides(clusters: list[_Cluster]) -> None:
    kinds = [unicodedata.bidirectional(each.text[0]) for each in clusters]
    for each, kind in zip(clusters, kinds, strict=True):
        each.side = {"R": "R", "AL": "R", "L": "L", "EN": "D", "AN": "D"}.get(kind, "N")
    for number in range(1, len(clusters) - 1):  # 1403/10/04 and 47.500 are one number
        if kinds[number] in ("CS", "ES") and clusters[number - 1].side == clusters[number + 1].side == "D":
            clusters[number].side = "D"
    for step in (1, -1):  # so are 50% and $50
        places = range(len(clusters))[::step]
        for number in places:
            beside = number - step
            if kinds[number] == "ET" and 0 <= beside < len(clusters) and clusters[beside].side == "D":
                clusters[number].side = "D"


def _runs(clusters: list[_Cluster], from_right: bool) -> Iterator[list[_Cluster]]:
    """Pieces of the row, in its direction; those that run against it are turned round."""
    at = 0
    while at < len(clusters):
        end = _run_against(clusters, at, from_right)
        if end > at:
            yield clusters[at:end][::-1]
            at = end
        else:
            yield [clusters[at]]
            at += 1


def _run_against(clusters: list[_Cluster], at: int, from_right: bool) -> int:
    """Where the run that begins at `at` and runs against the row's direction ends; `at` if none does."""
    own = ("L", "D") if from_right else ("R",)
    if clusters[at].side not in own:
        return at
    end = at
    latin = False
    for number in range(at, len(clusters)):
        side = clusters[number].side
        if side == ("R" if from_right else "L"):
            break
        if side in own:
            if (
                side == "D"
                and number > end
                and clusters[number - 1].side != "D"
                and not (latin or _latin(clusters, number))
            ):
                break  # two numbers apart stand in the row's own order
            latin = latin or side == "L"
            end = number + 1
        elif side == "D":  # a number among Hebrew or Arabic words keeps its own order in a row from the left
            break
    return end


def _latin(clusters: list[_Cluster], number: int) -> bool:
    """Whether the next letter after a number is Latin: then the number belongs to its words."""
    return next((each.side == "L" for each in clusters[number:] if each.side in "LR"), False)


def _parted(marks: list[Mark]) -> list[Mark]:
    """The characters with a space where Arabic or Hebrew touches Latin letters: some files lack it."""
    parted: list[Mark] = []
    for mark in marks:
        if parted and (
            (RIGHT_TO_LEFT.match(mark.text) and _LATIN.match(parted[-1].text))
            or (_LATIN.match(mark.text) and RIGHT_TO_LEFT.match(parted[-1].text))
        ):
            parted.append(Mark(" ", -1, mark.left, mark.left))
        parted.append(mark)
    return parted


def _facing(marks: list[Mark]) -> list[Mark]:
    """The characters with brackets turned if they open where they should close: some files mirror them."""
    text = "".join(mark.text for mark in marks)
    votes = 0
    for found in re.finditer(r"[()\[\]{}«»]", text):
        before = text[found.start() - 1 : found.start()].strip()
        after = text[found.end() : found.end() + 1].strip()
        if bool(before) != bool(after):
            opens = not before
            votes += 1 if (found[0] in _CLOSING) == opens else -1
    if votes <= 0:
        return marks
    return [
        Mark(mark.text.translate(_MIRRORED), mark.index, mark.left, mark.right, mark.height) for mark in marks
    ]
