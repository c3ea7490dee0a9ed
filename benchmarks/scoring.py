"""How alike two texts are, word by word, and whether the rows of a table stayed rows."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


def without_markup(markdown: str) -> str:
    """Markdown with comments, `data:` URIs and tags taken out, in this order; entities become characters."""
    text = re.sub(r"<!--.*?-->", " ", markdown, flags=re.DOTALL)
    text = re.sub(r"data:[\w.+-]+/[^\s)\"'>]*", " ", text)
    text = re.sub(r"</?[A-Za-z][^<>]*>", " ", text)
    return html.unescape(text)


def without_addresses(markdown: str) -> str:
    """Markdown with the targets of links and images taken out: what a person sees of it."""
    return re.sub(r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)", "] ", markdown)


def without_repeats(markdown: str) -> str:
    """Markdown whose rows of tables say a cell once that equals the one on its left.

    Renderings that know no merged cells repeat them in each column. A figure that two columns share is taken
    for one as well, so this is for what must be found, not for what may be.
    """
    return "\n".join(
        _said_once(line) if line.lstrip().startswith("|") else line for line in markdown.split("\n")
    )


def _said_once(row: str) -> str:
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
    kept = [cell for place, cell in enumerate(cells) if not (place and cell and cell == cells[place - 1])]
    return " | ".join(kept)


def words(text: str) -> list[str]:
    """Runs of letters and digits, case-folded, compatibility forms (ligatures) taken apart."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def recall_and_precision(expected: Sequence[str], found: Sequence[str]) -> tuple[float, float]:
    """Shares, 0 to 1, of the expected words that are found and of the found words that are expected."""
    shared = (Counter(expected) & Counter(found)).total()
    return shared / max(1, len(expected)), shared / max(1, len(found))


def missing(expected: Sequence[str], found: Sequence[str]) -> list[str]:
    """Expected words that are not found, each once for every time that it is missing."""
    return sorted((Counter(expected) - Counter(found)).elements())


def in_sequence(expected: Sequence[str], found: Sequence[str]) -> float:
    """The longest common subsequence as a share of `expected`, 0 to 1."""
    places: dict[str, int] = {}
    for at, word in enumerate(expected):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(expected)) - 1
    left = every  # Hyyrö's bit-parallel algorithm: a bit is cleared for each word of the subsequence
    for word in found:
        here = left & places.get(word, 0)
        left = ((left + here) | (left - here)) & every
    return 1 - left.bit_count() / max(1, len(expected))


def similarity(expected: Sequence[str], found: Sequence[str]) -> float:
    """1 − edits of words (insert, delete, replace) / words of the longer one; 0 to 1."""
    above = list(range(len(found) + 1))
    for row, word in enumerate(expected, 1):
        before, above[0] = above[0], row
        for column, other in enumerate(found, 1):
            replaced = before + (word != other)
            before = above[column]
            above[column] = min(replaced, above[column] + 1, above[column - 1] + 1)
    return 1 - above[-1] / max(1, len(expected), len(found))


@dataclass(frozen=True)
class Row:
    """A label and its numbers, as the evidence of a question gives them, one cell on each line."""

    document: str
    page: int
    """Counted from 0."""
    label: str
    numbers: tuple[str, ...]
    usual: int
    """How many numbers most rows of its table have; those beyond may be of a row without a label below it."""


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CELL = re.compile(r"\(?\d[\d,]*(?:\.\d+)?\)?%?")
_FILLER = {"%", ")%", "-", "—", "–"}
_YEAR = re.compile(r"(19|20)\d\d")


def evidence_rows(questions: Path) -> list[Row]:
    """Every different row of at least two numbers in the evidence tables of `questions.jsonl`.

    Rows of nothing but years are column heads, and none of them.
    """
    rows: dict[Row, None] = {}
    for line in questions.read_text(encoding="utf-8").splitlines():
        for evidence in json.loads(line)["evidence"]:
            table = _labelled(evidence["text"])
            usual = Counter(len(numbers) for _, numbers in table).most_common(1)
            for label, numbers in table:
                row = Row(evidence["doc"], evidence["page_index"], label, tuple(numbers), usual[0][0])
                rows[row] = None
    return list(rows)


def _labelled(text: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        cells = [cell for cell in line.replace("$", " ").split() if cell not in _FILLER]
        if cells and all(_CELL.fullmatch(cell) for cell in cells):
            if found:
                found[-1][1].extend(number for cell in cells for number in _NUMBER.findall(cell))
        elif re.search("[A-Za-z]", line):
            found.append((line.strip(), []))
    return [row for row in found if len(row[1]) >= 2 and not all(_YEAR.fullmatch(n) for n in row[1])]


def row_is(row: Row, page: str) -> str:
    """How a row stands on a page: "whole", "wrong" or "broken".

    "whole": on one line of `page`, its numbers after its label, in order; "wrong": on a line, but in another
    order or with numbers of a neighbour (one more is a footnote's); "broken": on several lines.
    """
    label = re.compile(r"\W*".join(map(re.escape, words(row.label))), re.IGNORECASE)
    lengths = range(min(row.usual, len(row.numbers)), len(row.numbers) + 1)
    wanted = {row.numbers[:length] for length in lengths}
    state = "broken"
    for line in page.splitlines():
        if (start := label.search(line)) is None:
            continue
        numbers = tuple(_NUMBER.findall(line[start.end() :]))
        if any(each in wanted for each in (numbers, numbers[1:], numbers[:-1])):
            return "whole"
        if (Counter(numbers) & Counter(row.numbers)).total() >= 2:
            state = "wrong"
    return state
