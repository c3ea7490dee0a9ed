"""Which line of a table a question speaks of: its cells that differ in nothing but their period."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from explorer.figures.grid import TableGrid
from explorer.figures.labels import words_of
from explorer.figures.periods import Period

SURE = 0.62
"""The least that a line must be called what a question says, 0 to 1: raised until 9 of 10 were right."""
MARGIN = 0.04
"""How much better it must be called so than the next line that says something else."""
_OF_ALL = 0.85
"""How sure a total is that is asked for by what the table is about, and a line that alone has all words."""
_NEARLY = 0.45
"""How well a line must be called that alone has all the words."""
UNKNOWN = 0.8
"""What of the score goes where no word of the question is of the table or the text around it."""
_FILLER = frozenset(
    words_of(
        "company value amount number figure respective group year fiscal period end ended total "
        "respectively reported "
        "table shown given according show december june september march financial level overall"
    )
)
_TOTALS = frozenset(words_of("total"))
_COUNTED = frozenset(words_of("number total"))
"""What asks for a number of all."""
_UNTOLD = _FILLER | frozenset(words_of("restated unaudited audited note see months weeks"))
"""What heads of columns say besides their period."""
_PER = re.compile(r"\bper\s+(?!cent\b|annum\b|year\b|cash\b|the\b)\w+|\bEPS\b", re.IGNORECASE)
_LIGHT = 0.25
"""What a word counts that questions say of any figure."""


@dataclass(frozen=True, slots=True)
class TableLine:
    """Cells of one name."""

    cells: tuple[tuple[int, int], ...]
    words: frozenset[str]
    section: frozenset[str]
    text: str
    periods: tuple[tuple[Period, ...], ...]
    """The periods of each cell."""
    is_percent: bool = False
    is_per: bool = False
    """Whether it is an amount per share, per employee or the like."""
    days: tuple[Period, ...] = ()
    """The days or months without a year that its label names."""

    def at(self, period: Period) -> list[tuple[int, int]]:
        """Its cells of a period; of a bare year, not those of its first day where others are of its end."""
        found = [
            (cell, own)
            for cell, own in zip(self.cells, self.periods, strict=True)
            if any(one.meets(period) for one in own)
        ]
        if len(found) > 1 and not period.month:
            found = [one for one in found if one[1][0].month != 1 or one[1][0].day != 1] or found
        return [cell for cell, _ in found]

    def may_be_of(self, period: Period | None) -> bool:
        """Whether it has a cell of a period, and its label names no other day than that one."""
        if period is None:
            return True
        is_day = not (self.days and period.month) or any(
            replace(one, year=period.year).meets(period) for one in self.days
        )
        return is_day and bool(self.at(period))


@dataclass(frozen=True)
class Lines:
    """All lines of a grid, and how well a question names each."""

    grid: TableGrid
    around: Sequence[str] = ()
    """The paragraphs around the table: their words are explained, though no label has them."""
    is_percent: bool = False
    """Whether the question names a percentage."""
    title: str = ""
    """What stands above the table."""
    is_percent_said: bool = False
    """Whether it says "percent" in so many words: a rate may be an amount."""
    _memory: dict[str, list[tuple[float, TableLine]]] = field(default_factory=dict)

    @cached_property
    def all(self) -> tuple[TableLine, ...]:
        """By rows and columns."""
        grid = self.grid
        common = self._common
        groups: dict[tuple[object, ...], list[tuple[int, int]]] = {}
        for row in grid.body:
            for column in grid.value_columns:
                if grid.amounts[row][column] is not None:
                    groups.setdefault(self._name(row, column, common), []).append((row, column))
        lines = []
        for key, cells in groups.items():
            row, column = cells[0]
            is_column = key[0] == "column"
            words = grid.labels[row].words | (
                grid.columns[column].words - (grid.title_words if is_column else common)
            )
            lines.append(
                TableLine(
                    cells=tuple(cells),
                    words=words,
                    section=grid.section_headings[row].words - words,
                    text=grid.labels[row].text,
                    periods=tuple(grid.periods(*cell) for cell in cells),
                    is_percent=grid.is_of_percents(*cells[0]),
                    is_per=any(
                        map(
                            _PER.search,
                            (grid.labels[row].text, grid.columns[column].text, grid.sections[row]),
                        )
                    ),
                    days=grid.labels[row].days,
                )
            )
        return tuple(lines)

    def _name(self, row: int, column: int, common: frozenset[str]) -> tuple[object, ...]:
        grid = self.grid
        own = grid.columns[column].words - common
        is_percent = grid.is_of_percents(row, column)
        if grid.columns[column].periods:
            return ("row", row, own, is_percent)
        if grid.labels[row].periods:
            return ("column", column, grid.labels[row].words, grid.sections[row], is_percent)
        if grid.section_headings[row].periods:
            return ("section", column, grid.labels[row].text, is_percent)
        return ("cell", row, column)

    @cached_property
    def _common(self) -> frozenset[str]:
        """The words of columns that tell none from another: those of all, and "year ended" or "restated"
        where each has a period of its own without them."""
        grid = self.grid
        heads = [grid.columns[place] for place in grid.value_columns]
        shared = frozenset.intersection(*(one.words for one in heads)) if len(heads) > 1 else frozenset()
        dated = Counter(
            (one.words - shared - _UNTOLD, one.periods, grid.is_of_percents(grid.body[0], place))
            for one, place in zip(heads, grid.value_columns, strict=True)
        )
        return shared | _UNTOLD if all(number == 1 for number in dated.values()) else shared

    @cached_property
    def _weights(self) -> dict[str, float]:
        count = Counter(word for line in self.all for word in line.words | line.section)
        total = max(len(self.all), 1)
        return {
            word: (_LIGHT if word in _FILLER and word != "total" else 1.0) * math.log(1 + total / number)
            for word, number in count.items()
        }

    def _weight(self, words: frozenset[str] | set[str]) -> float:
        return sum(self._weights.get(word, 0.0) for word in words)

    @cached_property
    def _explained(self) -> frozenset[str]:
        """Words of heads and of the text around: what a question may say besides a line's name."""
        grid = self.grid
        heads = frozenset(word for one in grid.columns for word in one.words)
        around = frozenset(word for text in self.around for word in words_of(text[:2_000]))
        return heads | around | _FILLER

    def ranked(self, part: str) -> list[tuple[float, TableLine]]:
        """The lines by how well `part` names them, the best first, with that (0 to 1)."""
        if part not in self._memory:
            asked = frozenset(words_of(part))
            is_per = _PER.search(part) is not None
            found = [(self._score(asked, line), line) for line in self.all if line.is_per or not is_per]
            self._memory[part] = sorted(found, key=lambda one: -one[0])
        return self._memory[part]

    def _score(self, asked: frozenset[str], line: TableLine) -> float:
        own = self._weight(line.words)
        said = self._weight(asked & line.words)
        known = self._weight(asked)
        if not own or not said or not known:
            return 0.0
        section = self._weight(line.section)
        precision = said / own
        of_section = self._weight(asked & line.section)
        recall = min((said + of_section) / known, 1.0)
        score = 2 * precision * recall / (precision + recall)
        unknown = len(asked - self._weights.keys() - self._explained)
        if unknown and line.words <= _TOTALS:
            return 0.0  # a bare total is of what the table is about
        score *= 1 - UNKNOWN * unknown / (len(asked) + 1)
        if line.is_percent != self.is_percent:
            score -= 0.1 if line.is_percent else 0.06 if self.is_percent_said else 0.02
        return score - (0.02 if section and not of_section else 0.0)

    def sureness(self, part: str) -> float:
        """How well the best line is called what `part` says, 0 to 1."""
        best = next((score for score, _ in self.ranked(part)), 0.0)
        is_only = best < SURE and bool(self.total_of(part) or self._holding_all(part, None))
        return _OF_ALL if is_only else best

    def named(self, part: str, period: Period | None = None) -> TableLine | None:
        """The one line that `part` names and that has a cell of the period; None where none or more may be
        meant."""
        ranked = [
            (score, line) for score, line in self.ranked(part) if score > SURE / 2 and line.may_be_of(period)
        ]
        if not ranked:
            return None
        if ranked[0][0] < SURE:
            return self._holding_all(part, period) if ranked[0][0] > _NEARLY else None
        best = ranked[0][1]
        asked = frozenset(words_of(part))
        if self._has_rival(asked, best) or self._has_twin(asked, best, period):
            return None
        for score, line in ranked[1:]:
            if score < ranked[0][0] - MARGIN:
                break
            if not self._same(best, line):
                return None
        return best

    def _holding_all(self, part: str, period: Period | None) -> TableLine | None:
        """The only line that is called by all words of `part`, two at least, where others are by some."""
        asked = frozenset(words_of(part))
        found = [line for line in self.all if asked <= line.words and line.may_be_of(period)]
        is_other = any((one.is_percent, one.is_per) != (self.is_percent, False) for one in found)
        return found[0] if asked - _FILLER and not is_other and len(asked) > 1 and len(found) == 1 else None

    def total_of(self, part: str, period: Period | None = None) -> TableLine | None:
        """The one total of the table, where a number is asked for of what the table is about: its rows are
        its parts, and no row is called anything that `part` says. None elsewhere."""
        asked = frozenset(words_of(part))
        meant = asked - _FILLER
        named = {word for line in self.all for word in line.words} - _TOTALS
        is_titled = bool(self.title) and meant <= frozenset(words_of(self.title))
        is_asked = is_titled or (meant <= self._explained and bool(asked & _COUNTED))
        if not meant or meant & named or not is_asked:
            return None
        plain = [line for line in self.all if not line.words and period and line.may_be_of(period)]
        totals = [line for line in self.all if line.words == _TOTALS and line.may_be_of(period)]
        found = plain if period and period.month else totals
        return found[0] if len(found) == 1 else None

    def _has_rival(self, asked: frozenset[str], best: TableLine) -> bool:
        """Whether a word of the question that the best line lacks is all that another line is called:
        "shares granted" is rather the line "Granted" than "Shares at the end of the year"."""
        return any(
            line.words and line.words <= asked and not line.words <= best.words | best.section | _FILLER
            for line in self.all
        )

    def _has_twin(self, asked: frozenset[str], best: TableLine, period: Period | None) -> bool:
        """Whether another line has the same name but for "restated" or the like, and the question says
        neither: "2019 as reported" beside "2019 restated"."""
        return any(
            line is not best
            and line.words != best.words
            and line.words - _UNTOLD == best.words - _UNTOLD
            and (line.section, line.is_percent) == (best.section, best.is_percent)
            and {row for row, _ in line.cells} == {row for row, _ in best.cells}
            and line.may_be_of(period)
            and not asked & (best.words ^ line.words)
            and not self._same(best, line)
            for line in self.all
        )

    def _same(self, one: TableLine, other: TableLine) -> bool:
        """Whether two lines say the same figures."""
        grid = self.grid
        return [grid.amounts[r][c] for r, c in one.cells] == [grid.amounts[r][c] for r, c in other.cells]
