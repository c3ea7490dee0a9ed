"""The statements of an answer that was composed by rule, each held against the cells and words it cites.

A composed answer is made of words of documents, which need no proof; of statements that name a figure
(`Net sales: **34,229** million (…) [1]`, or `**-1,126 million** = 34,229 [1] − 35,355 [2]`); and of what the
catalogue knows, which stands in no document. Only the second are checked: that the cited rows are called so
and hold each figure, and that a formula gives what it is said to. The place, in brackets, is no part of that,
nor is the scale where the table's head says it.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from explorer.chat.proof import check_of
from explorer.types import Citation, SentenceCheck, SpanRef

_LINE = re.compile(r"[^\n]+")
_STATED = re.compile(r"(?P<label>.*?):\s\*\*(?P<figure>.+?)\*\*(?P<rest>.*)", re.DOTALL)
_FORMULA = re.compile(r"\s=\s(?P<formula>[^\n]+)")
_NUMBER = re.compile(r"\[(\d{1,3})\]")
_ESCAPED = re.compile(r"\\(.)")
_SCALE = re.compile(r"(?<=\d)\s*(?:thousand|million|billion|%)\s*$")
_TERM = re.compile(r"(?P<amount>\d[\d.,]*)\s*[)%]*\s*\[(?P<number>\d{1,3})\]")
_ROWS = re.compile(r"\s*\[\d{1,3}\]\s*$")
"""The mark of the rows, behind those of the cells."""
_AMOUNT = re.compile(r"\d(?:[\d.,]*\d)?")
_OPERATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_MARKED = 2
"""A formula has at least two terms, so one with fewer marks has none for its terms."""
_ABOUT = 0.005
"""How far off, as a share of it, a figure may be printed that was worked out, beside half its last place."""


def composed_proofs(text: str, question: str, citations: Sequence[Citation]) -> tuple[SentenceCheck, ...]:
    """A check of each statement with a figure, in order."""
    found = []
    for start, end in _statements(text):
        line = text[start:end]
        stated = _STATED.match(line)
        numbers = {int(number) for number in _NUMBER.findall(line)}
        sources = [one for one in citations if one.number in numbers]
        if stated is None or not sources:
            continue
        found.append(_checked(partial(check_of, start, end, question=question), stated, sources))
    return tuple(found)


def _checked(
    check: Callable[..., SentenceCheck], stated: re.Match[str], sources: Sequence[Citation]
) -> SentenceCheck:
    """A figure as it is printed, or without its scale, which may stand in the table's head alone; of one that
    was worked out, its formula."""
    label, figure, formula = stated["label"], stated["figure"], _FORMULA.match(stated["rest"])
    if formula is not None:
        return _of_formula(check, label, figure, formula["formula"], sources)
    ways = dict.fromkeys([_SCALE.sub("", figure), figure])
    checks = [check(claim=_said(f"{label}: {one}"), sources=sources) for one in ways]
    return max(checks, key=lambda one: one.score)


def _of_formula(
    check: Callable[..., SentenceCheck], label: str, figure: str, formula: str, sources: Sequence[Citation]
) -> SentenceCheck:
    """Each term has to stand in the cell that it cites, the first one in a row of that name, and the result
    has to be that of the formula. Without such marks all terms are looked for in what is cited."""
    cited = {one.number: one for one in sources}
    terms = [(one["amount"], cited.get(int(one["number"]))) for one in _TERM.finditer(_ROWS.sub("", formula))]
    claim = formula if len(terms) < _MARKED else terms[0][0]
    found = check(claim=_said(f"{label}: {claim}"), sources=sources)
    wrong = [one for amount, one in terms if one is not None and not _holds(one.text, amount)]
    if len(terms) >= _MARKED and wrong:
        where = (SpanRef(one.number, one.document_id, one.page, one.start, one.end) for one in wrong)
        return replace(found, verdict="contradicted", score=0.0, spans=tuple(where))
    if found.verdict == "supported" and _is_wrong(_said(figure), _said(formula)):
        return replace(found, verdict="contradicted", score=0.0)
    return found


def _said(marked: str) -> str:
    return _NUMBER.sub(" ", _ESCAPED.sub(r"\1", marked))


def _holds(text: str, amount: str) -> bool:
    return any(one.replace(",", "") == amount.rstrip(".,").replace(",", "") for one in _AMOUNT.findall(text))


def _is_wrong(figure: str, formula: str) -> bool:
    """Whether a formula of sums, differences, products and quotients gives something else than a figure; not
    where it is none, or the figure is no number."""
    printed, result = _AMOUNT.search(figure), _result(formula)
    if printed is None or result is None:
        return False
    said = float(printed.group().replace(",", ""))
    _, _, places = printed.group().replace(",", "").partition(".")
    if "%" in figure and "%" not in formula:
        result *= 100
    slack = 0.5 * 10.0 ** -len(places) + 1e-9
    return abs(said - abs(result)) > max(slack, _ABOUT * abs(result))


def _result(formula: str) -> float | None:
    plain = re.sub(r"\(\s*[^\d\s()]?\s*([\d.,]+)\s*\)", r"(-\1)", formula)  # a loss as statements print it
    plain = plain.translate(str.maketrans("−–÷×", "--/*")).replace(",", "")
    plain = re.sub(r"[$€£¥%]|\b(?:USD|EUR|GBP)\b", "", plain).strip()
    try:
        return _value(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return None


def _value(node: ast.expr) -> float:
    """Raises ValueError for what is no number and none of `_OPERATIONS`."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            return _OPERATIONS[type(op)](_value(left), _value(right))
    raise ValueError("no arithmetic")


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """The lines that are neither of a table nor of a list."""
    for match in _LINE.finditer(text):
        if not match.group().startswith(("|", "- ", "* ", "“")):
            yield match.span()
