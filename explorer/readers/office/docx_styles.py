"""Styles and numbering of a Word file: which paragraphs are headings, and what stands before a list item."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from explorer.readers.office.ooxml import child, local, number, value

_MAX_CHAIN = 20
_MAX_LEVEL = 8


@dataclass(slots=True)
class _Style:
    """The properties of a paragraph style that matter here."""

    name: str
    based_on: str | None
    outline: int | None
    num_id: str | None
    level: int | None


class Styles:
    """The paragraph styles; `root` is the tree of styles.xml, or None."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, _Style] = {}
        for each in root if root is not None else ():
            if local(each) == "style" and (key := value(each, "styleId")):
                numbering = child(each, "pPr", "numPr")
                outline = value(child(each, "pPr", "outlineLvl"))
                self._styles[key] = _Style(
                    name=(value(child(each, "name")) or "").lower(),
                    based_on=value(child(each, "basedOn")),
                    outline=None if outline is None else number(outline, 9),
                    num_id=None if numbering is None else value(child(numbering, "numId")),
                    level=None if numbering is None else _level(value(child(numbering, "ilvl"))),
                )

    def _chain(self, key: str | None) -> list[_Style]:
        """A style and those that it is based on, the nearest first."""
        found: list[_Style] = []
        while key in self._styles and len(found) < _MAX_CHAIN:
            found.append(self._styles[key])
            key = found[-1].based_on
        return found

    def heading_level(self, key: str | None) -> int | None:
        """1 to 9 for the style of a heading, None for others."""
        for style in self._chain(key):
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else None
            if style.name.startswith("heading ") and style.name[8:9].isdigit():
                return int(style.name[8:9]) or None
        return None

    def is_title(self, key: str | None) -> bool:
        """Whether a style is the document's title."""
        return any(style.name == "title" for style in self._chain(key))

    def num_id(self, key: str | None) -> tuple[str | None, int | None]:
        """The list that a style belongs to, and its level in it."""
        for style in self._chain(key):
            if style.num_id is not None:
                return style.num_id, style.level
        return None, None


def _level(text: str | None) -> int | None:
    return None if text is None else min(max(number(text, 0), 0), _MAX_LEVEL)


@dataclass(slots=True)
class _Level:
    """One level of a list's definition."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    style: str | None = None


@dataclass(slots=True)
class _Sequence:
    """A list's levels, and the number that each has reached."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The marks that Word would print before list items; `root` is the tree of numbering.xml, or None."""

    def __init__(self, root: Any | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, _Sequence] = {}
        self._links: dict[str, str] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._started: set[str] = set()
        for each in root if root is not None else ():
            if local(each) == "abstractNum" and (key := value(each, "abstractNumId")) is not None:
                self._abstract[key] = _Sequence(dict(_levels(each)))
                if link := value(child(each, "numStyleLink")):
                    self._links[key] = link
            elif local(each) == "num" and (key := value(each, "numId")) is not None:
                starts = dict(_restarts(each))
                self._lists[key] = (value(child(each, "abstractNumId")) or "", starts)

    def mark(self, num_id: str | None, level: int | None, style: str | None) -> str | None:
        """Counts one item and gives its mark ("1.2", "b)", "-"), or None where it is in no list."""
        found = self._sequence(num_id)
        if num_id is None or found is None:
            return None
        sequence, starts = found
        if level is None:
            level = next((key for key, each in sequence.levels.items() if each.style == style), 0)
        definition = sequence.levels.get(level, _Level())
        if num_id not in self._started:
            self._started.add(num_id)
            for key, start in starts.items():
                sequence.counts[key] = start - 1
        sequence.counts[level] = sequence.counts.get(level, definition.start - 1) + 1
        for deeper in [key for key in sequence.counts if key > level]:
            del sequence.counts[deeper]
        if definition.form == "bullet":
            return "-"
        return _filled(definition.text, sequence, level) or None

    def _sequence(self, num_id: str | None) -> tuple[_Sequence, dict[int, int]] | None:
        for _ in range(_MAX_CHAIN):
            if num_id not in self._lists:
                return None
            abstract, starts = self._lists[num_id]
            if abstract not in self._links:
                sequence = self._abstract.get(abstract)
                return None if sequence is None else (sequence, starts)
            num_id = self._styles.num_id(self._links[abstract])[0]
        return None


def _levels(abstract: Any) -> list[tuple[int, _Level]]:
    found = []
    for each in abstract:
        if local(each) == "lvl":
            level = _Level(
                start=number(value(child(each, "start")), 1),
                form=value(child(each, "numFmt")) or "decimal",
                text=(value(child(each, "lvlText")) or "")[:60],
                style=value(child(each, "pStyle")),
            )
            found.append((_level(value(each, "ilvl")) or 0, level))
    return found


def _restarts(num: Any) -> list[tuple[int, int]]:
    return [
        (_level(value(each, "ilvl")) or 0, number(start, 1))
        for each in num
        if local(each) == "lvlOverride" and (start := value(child(each, "startOverride"))) is not None
    ]


def _filled(pattern: str, sequence: _Sequence, level: int) -> str:
    """A pattern such as "%1.%2)" with the counts of its levels filled in."""
    for key in range(_MAX_LEVEL + 1):
        if f"%{key + 1}" in pattern:
            definition = sequence.levels.get(key, _Level())
            count = sequence.counts.get(key, definition.start)
            form = (
                definition.form
                if key == level
                else "decimal"
                if definition.form == "bullet"
                else definition.form
            )
            pattern = pattern.replace(f"%{key + 1}", spelled(count, form))
    return pattern.strip()


def spelled(count: int, form: str) -> str:
    """A count in one of the forms of lists: 4 → "4", "d" or "iv"."""
    if form in ("lowerLetter", "upperLetter") and count > 0:
        letters = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 10)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        roman = _roman(count)
        return roman if form == "upperRoman" else roman.lower()
    if form == "none":
        return ""
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    out = ""
    for worth, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        while count >= worth:
            out += letters
            count -= worth
    return out
