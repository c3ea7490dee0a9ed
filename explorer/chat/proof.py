"""An answer's sentences, each held against the passages it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.claims.checking import CheckedClaim, check
from explorer.claims.parts import sentences
from explorer.types import Citation, Hit, SentenceCheck, SpanRef

MOST_SENTENCES = 60
"""Of an answer, that are checked: each takes about 20 ms."""
_NUMBER = re.compile(r"[\[【](\d{1,3})[\]】]")
_MARKS = re.compile(r"(?:\s*[\[【]\d{1,3}[\]】])+")


def proofs(
    text: str,
    question: str,
    citations: Sequence[Citation],
    hits: Sequence[Hit | Citation],
    *,
    facts: Sequence[str] = (),
    own: Sequence[tuple[int, int]] = (),
) -> tuple[SentenceCheck, ...]:
    """A check of each sentence of an answer, in order, against the passages whose `[n]` it holds, or else the
    next sentence of its paragraph that holds one; against all that were found where none does. Only the first
    `MOST_SENTENCES` are checked.

    `facts`: what the program knows of the library, which counts as cited by each. `own`: spans of the text in
    which the program speaks; their sentences are passed over."""
    stated = [one for one in _sentences(text) if not any(start <= one[0] < end for start, end in own)]
    spans = stated[:MOST_SENTENCES]
    found = []
    for at, (start, end) in enumerate(spans):
        numbers = _cited(text, spans[at:])
        sources = [one for one in citations if one.number in numbers] or _found(hits)
        found.append(check_of(start, end, text[start:end], question, sources, facts=facts))
    return tuple(found)


def check_of(
    start: int,
    end: int,
    claim: str,
    question: str,
    sources: Sequence[Citation],
    *,
    facts: Sequence[str] = (),
) -> SentenceCheck:
    """What becomes of `claim`, which the sentence `[start, end)` makes, before the passages it cites and
    `facts`, which stand nowhere."""
    checked = check(claim, [*(one.text for one in sources), *facts], question)
    return SentenceCheck(start, end, checked.verdict, checked.score, _spans(checked, sources))


def _cited(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """The numbers of the first sentence, or of the next one in its paragraph that has any."""
    before = spans[0][0]
    for start, end in spans:
        numbers = {int(number) for number in _NUMBER.findall(text[start:end])}
        if "\n\n" in text[before:start] or numbers:
            return set() if "\n\n" in text[before:start] else numbers
        before = start
    return set()


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where sentences begin and end; `[n]` behind the full stop belongs to what it stands behind."""
    spans: list[tuple[int, int]] = []
    for sentence in sentences(0, text):
        start, end = sentence.start, sentence.end
        marks = _MARKS.match(text, start)
        if marks and spans:
            spans[-1] = spans[-1][0], marks.end()
            start = marks.end() + len(text[marks.end() : end]) - len(text[marks.end() : end].lstrip())
        if start < end:
            spans.append((start, end))
    return spans


def _found(hits: Sequence[Hit | Citation]) -> list[Citation]:
    return [
        hit
        if isinstance(hit, Citation)
        else Citation(
            n, hit.document.id, hit.passage.page, hit.passage.start, hit.passage.end, hit.passage.text
        )
        for n, hit in enumerate(hits, 1)
    ]


def _spans(checked: CheckedClaim, sources: Sequence[Citation]) -> tuple[SpanRef, ...]:
    spans = []
    for passage, start, end in checked.spans:
        if passage >= len(sources):  # a fact
            continue
        one = sources[passage]
        spans.append(SpanRef(one.number, one.document_id, one.page, one.start + start, one.start + end))
    return tuple(spans)
