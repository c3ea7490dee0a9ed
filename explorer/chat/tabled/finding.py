"""Which figure of all tables of the documents answers a question.

`explorer.figures` answers from one table. A question to a library may be answered by many: each table of the
documents that are named, or of the pages that search finds, is asked, and the best answer is the one whose
cells are called most like the question, in a table whose title names nothing else, in a main statement rather
than in a note, and that other tables confirm with the same amount.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

from explorer import figures
from explorer.chat.tabled.asked import AskedTable, FoundFigure, Span, TablesOf, label_of, section_of
from explorer.chat.tabled.parts_of_years import has_parts_of, in_parts
from explorer.figures import Figure
from explorer.figures.calendars import MOST_TEXT, FiscalCalendar, calendar_of
from explorer.figures.labels import heading, words_of
from explorer.figures.main_statements import (
    Statement,
    asked_line,
    called_otherwise,
    lines_called,
    statement_of,
)
from explorer.questions import Understood
from explorer.questions.followups import names_in
from explorer.questions.names import words_of_name
from explorer.questions.plainly import otherwise, plainly
from explorer.types import Document, Hit

MOST_TABLES = 400
"""Tables of one document that are asked: its main statements are among the first 400."""
MOST_DOCUMENTS = 6
_FEW_PAGES = 5
"""Pages of a document whose tables are asked however late search found it: a sheet, a form."""
_TITLE = 0.15
"""What an answer loses where its table's title names something that the question does not."""
_MAIN = 0.2
"""What one out of a main statement gains before others ..."""
_KIND = 0.05
"""... and more out of the statement that says what there is at an end, where that is asked for."""
_CHANGES = 0.2
"""What a line of changes loses where none is asked for: "Change in assets and liabilities: Inventories"."""
_OTHER_NAME = 0.02
"""What a line loses that is called by another name than the one that is asked for."""
_CONFIRMED = 0.04
"""What each further table with the same amount adds, three at most."""
_NEAR = 0.1
"""What an answer gains that stands on a page that search found, the first page most."""
_EMPTY = 0.2
"""What a dash loses against the amounts of other tables."""
_MOST_LABELS = 3
"""Lines of a statement that are asked for by their own names."""
_UNTOLD = 0.5
"""What an answer loses where nothing that the question is about is said of it."""
_BY_NAME = 0.1
"""What a row gains that is called by the name of the question: "DARZALEX"."""
_ASKED_OF_ALL = frozenset(
    words_of(
        "what was were which how much many number amount value figure change difference percentage percent "
        "average total sum ratio share increase decrease growth compare between from and end beginning year "
        "years fiscal quarter first second third fourth half month months weeks ended report reported full "
        "company did have large high spend pay worldwide overall respectively there higher lower"
    )
)
"""What questions say of any figure."""
_TOTAL = frozenset(words_of("total"))
_CHANGE_WORDS = frozenset(words_of("change changes changed increase decrease effect"))
_AT_ONCE = frozenset(words_of("balance sheet end outstanding held hold"))
_COMMON = frozenset(
    words_of(
        "consolidated statement statements income operations balance sheet sheets cash flow flows "
        "summary selected financial data results earnings position "
        "result table year years ended quarter months weeks three six nine twelve december june march "
        "september january july unaudited audited continued "
        "notes note million millions thousand thousands except per share shares amounts dollars usd the "
        "company information overview total subsidiaries plc inc corp corporation co ltd limited exhibit "
        "operating performance highlights key metrics fiscal comparison schedule report annual "
        "item page part condensed contents"
    )
)


def find(
    part: str, question: Understood, hits: Sequence[Hit], tables_of: TablesOf, span: Span
) -> FoundFigure | None:
    """The best answer to one part of a question that the tables of the named documents, or else of those that
    search found, give; None where none is sure. `span` reads a document's text."""
    return next(iter(ranked(part, question, hits, tables_of, span)), None)


def ranked(
    part: str, question: Understood, hits: Sequence[Hit], tables_of: TablesOf, span: Span
) -> list[FoundFigure]:
    """The answers that may be told, the best first; those of a part of the year alone where no table has the
    whole year."""
    asked = plainly(part, (word for one in question.named if one.is_sure for word in one.words))
    shelves = [
        _Shelf(one, hits, tables_of(one.id)[:MOST_TABLES], span) for one in documents_of(question, hits)
    ]
    for way in (asked, *otherwise(asked)):
        found = [one for shelf in shelves for one in shelf.answers(way) if one.is_enough]
        if found:
            return _in_order(found)
    for name, year, way in in_parts(asked):
        found = [
            replace(one, part=name)
            for shelf in shelves
            for one in shelf.only(partial(has_parts_of, year=year)).answers(way)
            if one.is_enough
        ]
        if found:
            return _in_order(found)
    return []


def _in_order(found: Iterator[FoundFigure] | Sequence[FoundFigure]) -> list[FoundFigure]:
    """Those that rank highest first, and those that other tables confirm before others."""
    known = list(found)
    amounts = Counter({_amount(one): 0 for one in known})
    amounts.update({_amount(one) for one in known})
    tables = Counter(amount for amount, _ in {(_amount(one), one.table.start) for one in known})
    return sorted(known, key=lambda one: -(one.rank + _CONFIRMED * min(tables[_amount(one)] - 1, 3)))


def documents_of(question: Understood, hits: Sequence[Hit]) -> list[Document]:
    """Those whose tables are asked: the named ones, or else those that search found first."""
    if question.is_sure_of_documents:
        return [one.document for one in question.named[:MOST_DOCUMENTS]]
    found = list({hit.document.id: hit.document for hit in hits}.values())
    names = [name.casefold() for name in names_in(question.complete)]
    few = [
        one
        for one in found[MOST_DOCUMENTS // 2 :]
        if one.pages <= _FEW_PAGES and _are_said(names, [hit for hit in hits if hit.document.id == one.id])
    ]
    return [*found[: MOST_DOCUMENTS // 2], *few]


def _are_said(names: Sequence[str], hits: Sequence[Hit]) -> bool:
    """Whether all of these names stand in passages or the name of their document."""
    text = " ".join([hits[0].document.name, *(hit.passage.text for hit in hits)]).casefold()
    return all(name in text for name in names)


_calendar_of = lru_cache(maxsize=16)(calendar_of)


@dataclass(frozen=True)
class _Shelf:
    """The tables of one document, as they are asked."""

    document: Document
    hits: Sequence[Hit]
    tables: Sequence[AskedTable]
    span: Span

    def only(self, is_meant: Callable[[AskedTable], bool]) -> _Shelf:
        """The shelf with some of its tables."""
        return replace(self, tables=[table for table in self.tables if is_meant(table)])

    @cached_property
    def calendar(self) -> FiscalCalendar | None:
        return _calendar_of(self.span(self.document.id, 0, MOST_TEXT)) if self.tables else None

    @cached_property
    def pages(self) -> dict[int, float]:
        """How near pages are that search found, 0 to 1."""
        own = [hit for hit in self.hits if hit.document.id == self.document.id]
        return {hit.passage.page: 1 - rank / len(own) for rank, hit in reversed(list(enumerate(own)))}

    @cached_property
    def company(self) -> frozenset[str]:
        """The words of the document's name, as labels have them."""
        return frozenset(words_of(" ".join(words_of_name(self.document))))

    @cached_property
    def statements(self) -> list[tuple[AskedTable, Statement]]:
        kinds = [(table, statement_of(table.rows, table.title)) for table in self.tables]
        return [(table, kind) for table, kind in kinds if kind is not None]

    @cached_property
    def kinds(self) -> dict[int, Statement]:
        return {table.start: kind for table, kind in self.statements}

    def answers(self, asked: str) -> Iterator[FoundFigure]:
        """What each table says, and the lines of main statements that go by another name."""
        words = frozenset(words_of(asked))
        for table in self.tables:
            if _may_answer(table, words):
                yield from self._of_table(table, asked, words)
        line = asked_line(asked)
        for table, _ in self.statements if line is not None else ():
            labels = lines_called(line["name"], table.rows, self.company) if line is not None else []
            for place, label in enumerate(labels[:_MOST_LABELS]):
                way = called_otherwise(asked, line, label) if line is not None else asked
                for one in self._of_table(table, way, frozenset(words_of(way))):
                    yield replace(one, rank=one.rank - _OTHER_NAME * (1 + place))

    def _of_table(self, table: AskedTable, asked: str, words: frozenset[str]) -> Iterator[FoundFigure]:
        around = [text for text in (table.unit, self.document.name.replace("_", " ")) if text]
        figure = figures.answer(
            asked,
            table.rows,
            around,
            table.header_rows,
            calendar=self.calendar,
            title=table.title or "",
        )
        if figure is None or not figure.cells:
            return
        names = frozenset(word for name in names_in(asked) for word in words_of(name))
        if _lacks_name(table, figure, names) or not _is_asked(table, figure, words):
            return
        is_empty = figure.value is not None and not any(mark.isdigit() for mark in figure.text)
        strange = _strange(table, words | self.company)
        is_by_name = bool(names) and names <= heading(label_of(table, figure.cells[0][0])).words
        score = (
            figure.sureness
            - _TITLE * strange
            + (_BY_NAME if is_by_name else 0.0)
            - _UNTOLD * self._untold(table, figure, words, names if is_by_name else frozenset())
            + _NEAR * self.pages.get(table.page, 0.0)
            - (_EMPTY if is_empty else 0.0)
        )
        rank = score + self._of_statement(table, figure, words, strange)
        yield FoundFigure(self.document, table, figure, score, rank)

    def _untold(
        self, table: AskedTable, figure: Figure, words: frozenset[str], names: frozenset[str]
    ) -> float:
        """Which share of what a question is about is said neither of the cells nor above them: 0 to 1, and
        1 where it says nothing. Where the row is called by `names` of the question, only what it asks of
        that counts: 1 where all of it is untold ("the variance of SKU-9201"), else 0."""
        asked = frozenset(word for word in words - _ASKED_OF_ALL - self.company if not word.isdigit())
        heads = [cell for row in table.rows[: table.header_rows] for cell in row]
        rows = [f"{label_of(table, row)} {section_of(table, row)}" for row, _ in figure.cells]
        told = frozenset(words_of(" ".join([table.title or "", table.unit or "", *heads, *rows])))
        if names:
            return float(bool(asked - names) and not (asked - names) & told)
        return len(asked - told) / len(asked) if asked else 1.0

    def _of_statement(
        self, table: AskedTable, figure: Figure, words: frozenset[str], strange: float
    ) -> float:
        """What an answer gains by the statement that it stands in, or loses by the lines around it."""
        kind = self.kinds.get(table.start)
        gain = _MAIN * (1 - strange) if kind is not None else 0.0
        if kind is not None and words & _AT_ONCE:
            gain += _KIND if kind is Statement.BALANCE else -_KIND
        above = frozenset(words_of(section_of(table, figure.cells[0][0])))
        return gain - (_CHANGES if above & _CHANGE_WORDS and not words & _CHANGE_WORDS else 0.0)


def _lacks_name(table: AskedTable, figure: Figure, names: frozenset[str]) -> bool:
    """Whether a name of the question stands nowhere in the table: then it is about something else."""
    if not names:
        return False
    cells = [
        cell
        for row in (*table.rows[: table.header_rows], *(table.rows[row] for row, _ in figure.cells))
        for cell in row
    ]
    above = [label_of(table, row) for row, _ in figure.cells]
    sections = [row[0] for row in table.rows if row and not any(row[1:])]
    there = frozenset(words_of(" ".join([table.title or "", *cells, *above, *sections])))
    return not names & there


def _is_asked(table: AskedTable, figure: Figure, words: frozenset[str]) -> bool:
    """Whether the rows are called by something that the question says: what a column is called is not
    enough, unless rows are called by periods alone."""
    for row, _ in figure.cells:
        own = heading(table.rows[row][0]).words - _TOTAL
        if own and not own & words:
            return False
    return True


def _may_answer(table: AskedTable, words: frozenset[str]) -> bool:
    """Whether some word of the question names a row, or several of them what the table is about: most tables
    are passed over by that."""
    body = table.rows[table.header_rows :]
    about = frozenset(words_of(table.title or "")) & words - _ASKED_OF_ALL
    return len(about) > 1 or any(words & frozenset(words_of(row[0])) for row in body if row and row[0])


def _strange(table: AskedTable, words: frozenset[str]) -> float:
    """How much a table's title is about something that the question does not name: 0 to 1."""
    title = frozenset(words_of(table.title or "")) - _COMMON
    title = frozenset(word for word in title if not word.isdigit())
    return len(title - words) / len(title) if title else 0.0


def _amount(one: FoundFigure) -> tuple[str, float | str]:
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(one.figure.scale, 1.0)
    value = one.figure.value
    return (one.document.id, one.figure.text if value is None else round(value * factor, 3))
