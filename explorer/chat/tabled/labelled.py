"""Values behind their names: "Invoice number: 4711", as forms, receipts, mails and sheets have them.

Sentences say what something is; forms only name it. A line is read as a name and a value where a colon or a
bar stands between them, where a number follows the words, or where the name has a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.chat.answer_types import fits, holds_amount
from explorer.chat.composing import Composition, plain
from explorer.chat.sentences import is_prose, spans
from explorer.figures.labels import words_of
from explorer.figures.periods import periods_in
from explorer.questions import Kind, Understood
from explorer.questions.followups import names_in
from explorer.types import Document, Page

LONGEST = 20_000
"""Characters of a document that may be a form: what is longer says in sentences and tables what it says."""
MOST_PAGES = 20
"""Pages of such a document: the text of one with more is not read."""
MOST = 5
"""Values that are told where several have that name."""
_ENOUGH = 0.75
"""Which share of what is asked the name and the document around it must say."""
_VALUE = 240
"""Characters of a value that are told."""
_LINE = re.compile(r"[^\n\f]+")
_LONGEST_LINE = 500
"""Characters of a line that may name values; a page of a form has short ones."""
_LONGEST_NAME = 49
_BETWEEN_CELLS = re.compile(r"(?<=\s)\|(?=\s)")
_WORD = r"(?:[A-Z](?:[^\W\d_]|[.&/'’()-])*|#)"
_NAMED = re.compile(
    rf"(?:(?<=\s)|^)(?P<name>{_WORD}(?: (?:of|by|to|for|the|and|{_WORD})){{0,5}})\s*:(?=\s|$)"
)
_BEGUN = re.compile(r"^[\s•·*–-]*(?P<name>[A-Z][^:.!?|\n]{1,48}):(?=\s)")
_NUMBERED = re.compile(
    r"^\s*(?P<name>[^\W\d_][^\d$€£¥|:.!?\n]{1,48}?)(?P<sign>\s*#)?\s+"
    r"(?P<value>(?:[A-Z]{1,5}-)?[-+(]?[$€£¥]?\d[^\n]{0,100})$"
)
_JOINED = re.compile(r" (?:of|by|to|for|the|and) ", re.IGNORECASE)
_ALONE = re.compile(r"^\s*(?P<name>[A-Z][A-Z &/-]{2,40}|[A-Z][\w &/'’-]{2,40}:)\s*$")
_PROSE = 0.3
"""Which share of a form's characters sentences have at most. Of forms, sheets, receipts and records that were
looked at it is 0 to .29 (one had .47), of press releases .33 and .41, of texts .57 to .96."""
_LISTED = 6
"""Lines below a name that has a line of its own."""
_ASKING = frozenset(
    words_of(
        "what which who whom whose when where how much many do does did is are was be can give tell name "
        "show me please say state stand have there list all any"
    )
)
_PLAIN = frozenset(words_of("document file page form text record sheet report statement order"))
"""What a document may be called whatever it is: no value is called so alone."""
_GOES_ON = re.compile(
    r"\b(?:a|an|the|of|in|at|on|for|to|by|from|with|and|or|than|is|are|was|were|over|since)$"
)
"""How a line ends before a number that is a sentence and names none."""
_SMALL = re.compile(r"\b[a-z]{3,}\b")
_FEW_WORDS = 2
"""Words in small letters of a value that begins with a number; a line that has more tells something."""
_FULL = 70
"""Characters of a line that the text went on from for want of room."""
_COUNTED = re.compile(
    r"\bhow (?:many|much)\s+(?!(?:is|are|was|were|did|does|do|has|have|had|will|would|can|must|should|may)\b)"
    r"(?P<thing>[^\W\d_][\w'’-]*)",
    re.IGNORECASE,
)
_OF = re.compile(
    r"^\W*(?:what|which|who) (?:is|are|was|were) (?:the |an? |their |his |her |its )?(?P<thing>[^?]+?)"
    r"(?=\s+(?:of|in|on|for|at|from|by|to|with|according)\b)",
    re.IGNORECASE,
)
_NUMBER, _NAME = frozenset(words_of("number no")), frozenset(words_of("name"))
_FEW = 2
"""A name of more words may have one that is not asked for."""
_ABBREVIATED = re.compile(r"[A-Z].?[A-Z]")
"""A name that is no word: "R&D", "UK"."""
_ENDING = 3
"""Letters by which forms of a word differ at the end: "medical" is none of "medications"."""
_ALIASES = {"from": "sender sent send wrote write", "to": "recipient received receive addressed"}
"""What the heads of mails are asked for by."""
_CALLED = {
    "eml": "email mail message",
    "msg": "email mail message",
    "xlsx": "sheet spreadsheet workbook",
    "csv": "table list sheet",
    "pptx": "slide presentation deck",
}
"""What people call documents of a kind."""
TextOf = Callable[[str], str]
PagesOf = Callable[[str], Sequence[Page]]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A name with its value, and where both stand."""

    name: str
    value: str
    start: int
    end: int
    is_row: bool = False
    """Whether it is a row of two cells: its name may be somebody's or something's."""
    is_heading: bool = False
    """Whether the name has a line of its own above the value."""
    is_marked: bool = False
    """Whether a colon, a bar or # says that it is a name."""


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A value that a question asks for by its name."""

    document: Document
    name: str
    value: str
    start: int
    end: int
    rank: tuple[float, int]
    """Which share of the question is told, and less for each word of the name that it does not say."""


def find(question: Understood, documents: Sequence[Document], text_of: TextOf) -> list[LabelledValue]:
    """The values that a question asks for by name, of each document those that fit best, those documents
    first that come first; [] where no name fits. `documents`: those that search found, the best first."""
    asked = frozenset(words_of(question.topic or question.complete)) - _ASKING
    found: list[LabelledValue] = []
    for document in documents:
        text = text_of(document.id) if document.pages <= MOST_PAGES else ""
        if 0 < len(text) <= LONGEST:
            found += _best(question, document, text, asked)
    if not found:
        return []
    best = max(one.rank for one in found)
    return [one for one in found if one.rank == best][:MOST]


def tell(told: Composition, found: Sequence[LabelledValue], text_of: TextOf, pages_of: PagesOf) -> None:
    """Add each value with its name and its document."""
    for one in found:
        words = text_of(one.document.id)[one.start : one.end]
        page = max(each.number for each in pages_of(one.document.id) if each.start <= one.start)
        mark = told.cite(one.document.id, page, one.start, one.end, words)
        told.say(f"{plain(one.name)}: **{plain(_short(one.value))}** ({plain(one.document.name)}) {mark}")


def _short(value: str) -> str:
    """A value as it is told: cut at an entry, or a word, where it is too long, with a sign for that."""
    if len(value) <= _VALUE:
        return value
    cut = value[:_VALUE]
    return f"{cut.rpartition('; ')[0] or cut.rpartition(' ')[0]} …"


def _best(
    question: Understood, document: Document, text: str, asked: frozenset[str]
) -> Iterator[LabelledValue]:
    """The values of a document whose names fit best, if some do."""
    called = _CALLED.get(document.kind, document.kind)
    around = frozenset(words_of(f"{document.name} {document.title or ''} {called} {text}")) | _PLAIN
    said = names_in(question.topic or question.complete)
    names = frozenset(word for name in said for word in words_of(name))
    years = {str(one.period.year) for one in periods_in(question.complete) if one.period.year}
    if not names <= around or any(year not in text and year not in document.name for year in years):
        return
    names |= frozenset(word for one in question.named for name in one.words for word in words_of(name))
    found: list[tuple[tuple[float, int], frozenset[str], _Pair]] = []
    is_form = _is_form(text)
    for pair in pairs(text):
        if not (is_form or pair.is_marked):
            continue
        words, extra = _said(question.complete, pair, asked, names)
        told = len(asked & (words | around)) / len(asked) if asked else 1.0
        if words and told >= _ENOUGH and _is_sort(question, pair.value):
            found.append(((told, len(words) - 2 * extra), words, pair))
    best = max((rank for rank, _, _ in found), default=None)
    alike = [(words, pair) for rank, words, pair in found if rank == best]
    for pair in _meant(alike, asked, text):
        yield LabelledValue(document, pair.name, pair.value, pair.start, pair.end, best or (0.0, 0))


def _meant(
    alike: Sequence[tuple[frozenset[str], _Pair]], asked: frozenset[str], text: str
) -> Iterable[_Pair]:
    """Of values that are called alike (two people in one form) those whose blocks say most of what else is
    asked, each value once; none where they are too many to be told."""
    if len({pair.value for _, pair in alike}) > 1:
        said = [len((asked - words) & frozenset(words_of(_block(text, pair.start)))) for words, pair in alike]
        alike = [one for one, number in zip(alike, said, strict=True) if number == max(said)]
    meant = {pair.value: pair for _, pair in reversed(alike)}
    return reversed(meant.values()) if len(meant) <= MOST else ()


def _block(text: str, place: int) -> str:
    """The lines around a place, between gaps and from the last heading on."""
    start = max(text.rfind("\n\n", 0, place) + 2, text.rfind("\f", 0, place) + 1, 0)
    end = next((at for at in (text.find("\n\n", place), len(text)) if at >= 0), len(text))
    lines = text[start:end].split("\n")
    at, first, last = start, 0, len(lines)
    for number, line in enumerate(lines):
        if _ALONE.match(line) and at <= place:
            first = number
        elif _ALONE.match(line) and last == len(lines):
            last = number
        at += len(line) + 1
    return "\n".join(lines[first:last])


def _said(
    question: str, pair: _Pair, asked: frozenset[str], names: frozenset[str]
) -> tuple[frozenset[str], int]:
    """The words of a value's name that a question says, none where they don't suffice, and how many more its
    name has. Names of the question tell whose value it is, not which, unless a row is called so."""
    name = pair.name.replace("#", " number ")
    key = frozenset(words_of(name))
    is_short = not key and pair.is_row and _ABBREVIATED.search(pair.name)
    if is_short and re.search(rf"(?<!\w){re.escape(pair.name)}(?!\w)", question):
        return frozenset({pair.name}), 0
    said = frozenset(word for word in key & asked if _are_forms(word, name, question))
    said |= frozenset(words_of(_ALIASES.get(pair.name.casefold(), ""))) & asked
    extra = len(key - asked - _neutral(question)) + len(key & asked - said)
    is_near = not extra or (extra == 1 and (pair.is_heading or len(key) > _FEW))
    is_whose = not pair.is_row and not said - names - _PLAIN
    if not is_near or is_whose or _is_of_other(question, said):
        return frozenset(), extra
    return said, extra


def _neutral(question: str) -> frozenset[str]:
    """Words that a name may have beside what is asked for: "Number of guests", "Patient name"."""
    asks = question.strip().casefold()
    return _NUMBER if _COUNTED.search(question) else _NAME if asks.startswith("who") else frozenset()


def _is_of_other(question: str, said: frozenset[str]) -> bool:
    """Whether what a question counts ("how many guests") or wants of something ("the diagnosis of the
    patient") is not among the words that a name says."""
    counted, of = _COUNTED.search(question), _OF.match(question)
    if counted is not None and not frozenset(words_of(counted["thing"])) <= said:
        return True
    return of is not None and not frozenset(words_of(of["thing"])) & said


def _is_form(text: str) -> bool:
    """Whether a document says what it says in lines rather than in sentences. A report in which sentences
    stand too has lines that name no value: "Net sales $10 billion to $11 billion" is its forecast."""
    told = sum(len(one.text) for one in spans(text) if is_prose(one.text))
    return told <= _PROSE * len(text)


def _are_forms(term: str, name: str, question: str) -> bool:
    """Whether name and question have forms of one word, and not only words of one stem."""
    own, theirs = (
        [word.casefold() for word in re.findall(r"[^\W_]+", text) if term in words_of(word)]
        for text in (name, question)
    )
    return any(abs(len(one) - len(other)) <= _ENDING for one in own for other in theirs)


def _is_sort(question: Understood, value: str) -> bool:
    """Whether a value is of the sort that is asked for."""
    if fits(question.complete, value) is False or (
        question.kind is Kind.FIGURE and not holds_amount(value) and not periods_in(value)
    ):
        return False
    return bool(re.search(r"\w", value))


def pairs(text: str) -> Iterator[_Pair]:
    """The names and values of a text, in order."""
    lines = [(found.start(), found.group()) for found in _LINE.finditer(text) if found.group().strip()]
    for at, (start, line) in enumerate(lines):
        if len(line) > _LONGEST_LINE:
            continue
        if (alone := _ALONE.match(line)) is not None:
            yield from _below(alone["name"].rstrip(":"), start, lines[at + 1 : at + 1 + _LISTED], text)
        elif named := list(_NAMED.finditer(line)) or list(_BEGUN.finditer(line)):
            yield from _in_line(start, line, named)
        elif not _is_in_paragraph(lines, at, text):
            yield from _plain(start, line)


def _is_in_paragraph(lines: Sequence[tuple[int, str]], at: int, text: str) -> bool:
    """Whether a line goes on in the next one, or goes on with a full one before it."""
    start, line = lines[at]
    if at + 1 < len(lines):
        after, following = lines[at + 1]
        if "\n\n" not in text[start + len(line) : after] and following.lstrip()[:1].islower():
            return True
    if not at:
        return False
    before, previous = lines[at - 1]
    return len(previous) > _FULL and "\n\n" not in text[before + len(previous) : start]


def _plain(start: int, line: str) -> Iterator[_Pair]:
    """The pair of a line without a colon."""
    cells = [cell.strip() for cell in _BETWEEN_CELLS.split(f" {line.strip().strip('|')} ")]
    end = start + len(line.rstrip())
    if len(cells) == 2 and cells[1] and len(cells[0]) <= _LONGEST_NAME and cells[0][:1].isalpha():
        yield _Pair(cells[0], cells[1], start, end, is_row=True, is_marked=True)
        return
    numbered = _NUMBERED.match(line) if len(cells) == 1 and not is_prose(line.strip()) else None
    if numbered is not None and not (
        _GOES_ON.search(numbered["name"].rstrip()) or len(set(_SMALL.findall(numbered["value"]))) > _FEW_WORDS
    ):
        name = numbered["name"] + (numbered["sign"] or "")
        yield _Pair(name, numbered["value"].strip(), start, end, is_marked="#" in name)


def _in_line(start: int, line: str, named: Sequence[re.Match[str]]) -> Iterator[_Pair]:
    """The pairs of a line with colons: each value goes to the next name; a value may be a pair itself
    ("Notice: Certificate expires 2025-12-31")."""
    begins = [named[0].start()]
    for before, found in pairwise(named):
        is_run_together = not line[before.end() : found.start()].strip()
        begins.append(found.start() + (_own_name(found["name"]) if is_run_together else 0))
    for begin, end, found in zip(begins, [*begins[1:], len(line)], named, strict=True):
        value = line[found.end() : end].strip(" |\t")
        if value:
            name = line[begin : found.end("name")]
            yield _Pair(name, value, start + begin, start + len(line[:end].rstrip()), is_marked=True)
            inner = _plain(start + line.index(value, found.end()), value)
            yield from (one for one in inner if " " in one.name and not periods_in(one.name))


def _own_name(words: str) -> int:
    """Where the name begins in words that follow a colon and end with one: at the last of several in
    "Name: Ada Holm Ward: 4"; at the first of two, or of such as only names have, where the field before is
    empty ("Number: Due Date: 1 May", "Patient: Date of Birth: 1 May")."""
    is_name = words.count(" ") < _FEW or _JOINED.search(words) is not None
    return 0 if is_name else words.rfind(" ") + 1


def _below(name: str, start: int, lines: Sequence[tuple[int, str]], text: str) -> Iterator[_Pair]:
    """A name that has a line of its own with what stands below it, up to the next one, a gap or a long line;
    none where named values stand there, of which it is the heading."""
    kept: list[str] = []
    end = start + len(name)
    for place, line in lines:
        is_apart = bool(kept) and text[end:place].count("\n") > 1
        if is_apart or len(line) > _LONGEST_LINE or _ALONE.match(line):
            break
        if not kept and (_NAMED.search(line) or " | " in line):
            return
        kept.append(" ".join(line.split()))
        end = place + len(line.rstrip())
    if kept:
        yield _Pair(name, "; ".join(kept), start, end, is_heading=True)
