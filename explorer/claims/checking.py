"""A claim and passages → supported, partly, contradicted or not found, with the sentences that decide it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from explorer.claims.conflicts import Conflict, conflicts, side_of
from explorer.claims.evidence import Evidence, Window, gather, paired, windows
from explorer.claims.parts import BARE, ClaimPart, StatedSentence, parts_of, sentences
from explorer.claims.wording import NO, YES

Verdict = Literal["supported", "partly", "contradicted", "not found"]

MOST_CHARACTERS = 60_000
"""Of all passages together; longer ones are read as far as their share of it."""
LONGEST_CLAIM = 4_000
MOST_SENTENCES, MOST_STATEMENTS = 2_000, 16
"""Of all passages; of a claim, whose sentences are judged in groups where there are more."""
_MOST_PARTS = 400
"""Parts of a claim that are looked at."""
CANDIDATES = 6
"""Windows that are held against the claim word by word."""
MATCHED, ELSE_MATCHED = {"name": 0.85, "negation": 0.85}, 0.65
"""A window that holds this share of the claim's words is about the same; what differs there contradicts. A
name may be said otherwise ("the four-time MVP") and a negation belong to something else: these take more."""
FEW_WORDS, BRIEF = 6, 0.5
"""In a claim of at most six words one of them is much: half of them are enough."""
CLOSE = 0.05
"""A window with a conflict decides nothing where one without holds as much of the claim, less this."""
FEW = 3
"""A claim with fewer words is judged with its question."""
SUPPORTED, PARTLY = 0.5, 0.35
"""From which probability on a claim counts as supported, and as held in part."""
_BELOW = 0.49
LACKING, CONTRADICTED = 0.7, 0.05
"""What is left of the probability where a figure or name is missing, and the most where one differs."""
VERBATIM = 0.99
_SENTENCE_WORDS, _BREAKS = 4, ".!?:;\n•|。！？"
"""A claim of at least four words that stands between two of these signs, word for word, is supported."""
WIDER = 0.1
"""Neighbouring sentences are looked at as one where they hold as much more of the claim than each does."""
_FURTHER, _WORTH = 2, 0.1
"""Spans beyond the best window: at most two, each with a tenth of the claim that the others lack."""
_CITED = re.compile(r"\s*[\[【]\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*[\]】]|https?://\S{1,2000}")

WEIGHTS = {"sentence": 0.25, "window": 1.35, "pairs": 1.87}
INTERCEPT = -1.63
"""A logistic regression over 1,198 claims judged by people: `python benchmarks/claims.py --fit`."""


class ClaimSpan(NamedTuple):
    """`passages[passage][start:end]`."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """What became of a claim. `score` is from 0 to 1, and at least .5 exactly where it is supported; `spans`
    are the sentences that speak for it, or the words that contradict it; none where nothing was found."""

    verdict: Verdict
    score: float
    spans: tuple[ClaimSpan, ...] = ()


def check(claim: str, passages: Sequence[str], question: str | None = None) -> CheckedClaim:
    """Whether the passages support a claim, by its words, figures, names and negations; no model is asked.

    "supported": the passages say it. "partly": they hold much of it, and not a figure, a name, or a part of
    it. "contradicted": a sentence that otherwise says the same has another figure, name, direction or
    negation. "not found": they say little or nothing of it. Of a claim in several sentences each is judged:
    one that is contradicted decides, and all have to be supported.

    `question` is what the claim answers. Names and figures of the question need not be in the passages, and a
    claim of a few words ("34,229", "Yes") is judged as the answer to it. The order of the passages decides
    nothing. Of passages with more than `MOST_CHARACTERS` together only the beginnings are read, of a claim
    `LONGEST_CLAIM` characters.
    """
    asked = (question or "")[:LONGEST_CLAIM]
    said = _CITED.sub(" ", claim[:LONGEST_CLAIM])
    room = MOST_CHARACTERS // max(1, len(passages))
    texts = [passage[:room] for passage in passages]
    answer = _said_yes_or_no(said) if asked else None
    if answer is not None:
        return _as_answer(answer, asked, texts)
    whole = _word_for_word(said, texts)
    if whole is not None:
        return CheckedClaim("supported", VERBATIM, (whole,))
    statements = [one for one in sentences(0, said) if _tells(one)]
    if not statements:
        return NOTHING
    together = -(-len(statements) // MOST_STATEMENTS)
    groups = [statements[at : at + together] for at in range(0, len(statements), together)]
    written = [said[group[0].start : group[-1].end] for group in groups]
    if asked and sum(_content(one) for one in statements) < FEW:
        written = [f"{asked.rstrip(' ?')} {' '.join(written)}"]
    most = MOST_SENTENCES // max(1, len(texts))
    stated = [one for n, text in enumerate(texts) for one in sentences(n, text)[:most]]
    return _together([(_judge(one, asked, stated, texts), len(one)) for one in written])


NOTHING = CheckedClaim("not found", 0.0)


def _word_for_word(said: str, texts: Sequence[str]) -> ClaimSpan | None:
    """Where a passage has the claim as a sentence or line of its own, spaces and case aside."""
    words = said.split()
    if len(words) < _SENTENCE_WORDS:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    for number, text in enumerate(texts):
        for match in pattern.finditer(text):
            before, after = text[: match.start()].rstrip(" \t"), text[match.end() :].lstrip(" \t")
            ends = not after or after[0] in _BREAKS or match.group()[-1] in _BREAKS
            if ends and (not before or before[-1] in _BREAKS):
                return ClaimSpan(number, *match.span())
    return None


def _tells(sentence: StatedSentence) -> bool:
    return any(part.kind not in ("stop", "negation") for part in sentence.parts)


def _content(sentence: StatedSentence) -> int:
    return sum(part.kind not in ("stop", "negation") for part in sentence.parts)


def _said_yes_or_no(said: str) -> bool | None:
    """True for a claim that is only a yes, False for only a no."""
    word = said.strip(" .!,\n\t").casefold()
    return True if word in YES else False if word in NO else None


def _as_answer(is_yes: bool, question: str, texts: Sequence[str]) -> CheckedClaim:
    """What becomes of the statement that a question makes, turned round for a no."""
    found = check(question.rstrip(" ?"), texts)
    if is_yes or found.verdict in ("not found", "partly"):
        return found
    if found.verdict == "supported":
        return CheckedClaim("contradicted", min(1.0 - found.score, CONTRADICTED), found.spans)
    return CheckedClaim("supported", 1.0 - found.score, found.spans)


def _together(judged: Sequence[tuple[CheckedClaim, int]]) -> CheckedClaim:
    """One verdict for a claim's sentences, each with its length."""
    if len(judged) == 1:
        return judged[0][0]
    all_of = [one for one, _ in judged]
    against = [one for one in all_of if one.verdict == "contradicted"]
    if against:
        return CheckedClaim("contradicted", min(one.score for one in against), _spans(against))
    score = sum(one.score * length for one, length in judged) / sum(length for _, length in judged)
    if all(one.verdict == "supported" for one in all_of):
        return CheckedClaim("supported", max(score, SUPPORTED), _spans(all_of))
    verdict: Verdict = "not found" if all(one.verdict == "not found" for one in all_of) else "partly"
    return CheckedClaim(verdict, min(score, _BELOW), _spans(all_of))


def _spans(judged: Sequence[CheckedClaim]) -> tuple[ClaimSpan, ...]:
    return tuple(dict.fromkeys(span for one in judged for span in one.spans))


def _judge(
    statement: str, question: str, stated: Sequence[StatedSentence], texts: Sequence[str]
) -> CheckedClaim:
    claim = _parts(statement)
    evidence = gather(claim, question, stated, texts)
    ranked = windows(evidence)
    if not ranked or not ranked[0].mask:
        return NOTHING
    probability = _probability(features(evidence, ranked))
    against = _contradiction(evidence, ranked)
    if against is not None:
        window, conflict = against
        return CheckedClaim(
            "contradicted", min(probability, CONTRADICTED), (_words(evidence, window, conflict),)
        )
    lacks = _lacks(evidence, question) or _is_softer(evidence, ranked[0])
    score = min(probability, _BELOW) * LACKING if lacks else probability
    spans = _supporting(evidence, ranked[0])
    if score >= SUPPORTED:
        return CheckedClaim("supported", score, spans)
    if probability >= PARTLY:
        return CheckedClaim("partly", score, spans)
    return CheckedClaim("not found", score)


def _parts(statement: str) -> list[ClaimPart]:
    found = [part for sentence in sentences(0, statement) for part in sentence.parts]
    return found[:_MOST_PARTS]


def features(evidence: Evidence, ranked: Sequence[Window]) -> dict[str, float]:
    """What `WEIGHTS` weigh, each 0 to 1: the share of the claim in its best sentence and in its best window,
    and of its neighbouring words that are near each other in a sentence."""
    return {
        "sentence": max((evidence.share(mask) for mask in set(evidence.masks)), default=0.0),
        "window": max((one.share for one in ranked), default=0.0),
        "pairs": paired(evidence),
    }


def _probability(values: Mapping[str, float]) -> float:
    return 1.0 / (1.0 + math.exp(-INTERCEPT - sum(WEIGHTS[name] * value for name, value in values.items())))


def _contradiction(evidence: Evidence, ranked: Sequence[Window]) -> tuple[Window, Conflict] | None:
    """The sentence that contradicts and what in it does, or None: of those that are about the same, none
    without a difference may say as much."""
    exact = _exact(evidence) & evidence.found
    is_long = sum(part.kind in ("word", "name") for part in evidence.claim) > FEW_WORDS
    worst: tuple[float, Window, Conflict] | None = None
    agreeing = 0.0
    for window in _candidates(evidence, ranked):
        core = evidence.core(window.mask)
        differing = [one for one in conflicts(evidence, window) if one.kind != "hedge"]
        wanted = MATCHED if is_long else {}
        telling = [o for o in differing if core >= wanted.get(o.kind, ELSE_MATCHED if is_long else BRIEF)]
        if telling and (worst is None or core > worst[0]):
            worst = core, window, telling[0]
        elif not differing and not exact & ~window.mask:
            agreeing = max(agreeing, core)
    return None if worst is None or agreeing > worst[0] - CLOSE else worst[1:]


def _candidates(evidence: Evidence, ranked: Sequence[Window]) -> list[Window]:
    """The sentences that hold most of the claim, and neighbours that together hold more of it than any."""
    singles = [one for one in ranked if one.first == one.last][:CANDIDATES]
    best = max((evidence.core(one.mask) for one in singles), default=0.0)
    wider = (one for one in ranked if one.first < one.last and evidence.core(one.mask) >= best + WIDER)
    return [*singles, *islice(wider, CANDIDATES)]


def _exact(evidence: Evidence) -> int:
    """The mask of the claim's figures."""
    pairs = zip(evidence.keys, evidence.claim, strict=True)
    return evidence.mask_of(key for key, part in pairs if part.kind == "figure")


def _lacks(evidence: Evidence, question: str) -> bool:
    """Whether a figure or a name of the claim is in no passage, nor in the question, or a figure's unit."""
    known = {part.term for part in parts_of(question)} - {BARE}
    found = evidence.found
    for key, part in zip(evidence.keys, evidence.claim, strict=True):
        is_exact = part.kind == "name" or (part.quantity is not None and part.quantity.kind != "ordinal")
        if is_exact and not found >> evidence.bits[key] & 1 and part.term not in known:
            return True
    return bool(evidence.unsure)


def _is_softer(evidence: Evidence, window: Window) -> bool:
    """Whether the passage says "may" where the claim says that it is so."""
    return window.first == window.last and any(one.kind == "hedge" for one in conflicts(evidence, window))


def _supporting(evidence: Evidence, window: Window) -> tuple[ClaimSpan, ...]:
    """The window's sentences, and up to two more that hold what it lacks."""
    first, last = evidence.sentences[window.first], evidence.sentences[window.last]
    spans = [ClaimSpan(first.passage, first.start, last.end)]
    mask = window.mask
    for _ in range(_FURTHER):
        gains = [(evidence.share(own & ~mask), -n) for n, own in enumerate(evidence.masks) if own & ~mask]
        gain, number = max(gains, default=(0.0, 0))
        if gain < _WORTH:
            break
        one = evidence.sentences[-number]
        spans.append(ClaimSpan(one.passage, one.start, one.end))
        mask |= evidence.masks[-number]
    return tuple(spans)


def _words(evidence: Evidence, window: Window, conflict: Conflict) -> ClaimSpan:
    parts = side_of(evidence, window).parts[conflict.start : conflict.end]
    return ClaimSpan(evidence.sentences[window.first].passage, parts[0].start, parts[-1].end)
