"""The sentences of the best passages that answer a question, word for word; none where they do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.arrays import Floats
from explorer.chat import sentences
from explorer.chat.answer_types import asked_for, fits, fits_best, holds_amount
from explorer.chat.languages.across import LanguageScale, cognates
from explorer.chat.support import Signs
from explorer.figures.periods import periods_in
from explorer.questions import Kind, Named
from explorer.questions.followups import names_in
from explorer.questions.kinds import kind_of
from explorer.questions.languages import is_german
from explorer.questions.speakers import is_first_person, without_speaker
from explorer.search.query import Alternatives
from explorer.search.retrieved import Retrieved
from explorer.types import Document, Hit
from explorer.words import terms
from explorer.words.folding import fold
from explorer.words.stop_words import STOP_WORDS

PASSAGES = 8
CANDIDATES = 32
"""Sentences that are compared by meaning: each costs about 4 ms to embed on two cores."""
MOST = 3
MEANING, WORDS, PASSAGE, INSIDE, TYPE, BEST, PERIOD = 0.8, 0.5, 0.3, 0.1, 0.2, 0.4, 0.15
COGNATES = 0.5
SHARE_OF_BEST = 0.88
SHARE_ACROSS = 0.75
"""The best one is less sure to be it across languages: others are told beside it sooner."""
SHARE_OF_OPEN, MOST_OPEN, LONGEST, AROUND = 0.7, 4, 600, 0.5
"""Of an open question, which may have several sentences as its answer."""
SAME = 0.9
_LEANS = re.compile(
    r"^(?:he|she|it|its|they|their|this|these|that|those|such|there|then|also|however|but|and|so|"
    r"instead|otherwise|both|here)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)")
_LONGEST = 520
_STEM = 5
"""Letters of a name that must stand in the passage: endings differ."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, or two, of a document."""

    document: Document
    page: int
    span: sentences.Sentence

    @property
    def text(self) -> str:
        """Its words in one line, without the dateline of a press release."""
        return sentences.without_dateline(" ".join(self.span.text.split()))


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: int
    span: sentences.Sentence
    before: sentences.Sentence | None
    after: sentences.Sentence | None
    covered: float
    is_inside: bool


@dataclass(frozen=True, slots=True)
class NearestQuotes:
    """The sentences that come nearest to an answer, and what speaks for and against the first."""

    quotes: Sequence[Quote]
    signs: Signs


def choose(
    part: str,
    retrieved: Retrieved,
    encode: Callable[[Sequence[str]], Floats],
    named: Sequence[Named] = (),
    scale: LanguageScale | None = None,
) -> NearestQuotes | None:
    """The quotes that come nearest, the best first; None where the passages have no sentence.

    `encode`: (n, dimension) for n sentences. `named`: the documents that the question names. `scale`: of the
    model, where the passages are in another language than the question, so that their words can't agree.
    """
    hits = list(retrieved.hits[:PASSAGES])
    if retrieved.vector is None or not hits:
        return None
    candidates = _candidates(hits, retrieved.term_weights)
    if not candidates:
        return None
    vectors = encode([_standing_alone(one).text for one in candidates])
    cosine = np.maximum(vectors @ retrieved.vector, 0.0)
    if scale is not None:
        cosine = np.maximum(scale.place(cosine), 0.0)
    score = _score if scale is None else _score_across
    scores = np.array([score(part, one, float(cosine[row]), hits) for row, one in enumerate(candidates)])
    best = int(scores.argmax())
    signs = _signs if scale is None else _signs_across
    said, first = _as_said(part, candidates[best], hits, retrieved.term_weights)
    told = signs(said, first, float(cosine[best]), hits, named)
    if scale is None and is_open(part):
        return NearestQuotes(_several(candidates, hits, scores, vectors, retrieved.vector), told)
    chosen = _distinct(scores, vectors, best, SHARE_OF_BEST if scale is None else SHARE_ACROSS, MOST)
    return NearestQuotes([_quote(candidates[row], hits, is_first=row == best) for row in chosen], told)


def _as_said(
    part: str, one: _Candidate, hits: Sequence[Hit], weights: Mapping[Alternatives, float]
) -> tuple[str, _Candidate]:
    """The question without the name of whoever it says speaks, and what a sentence holds of that, where the
    passage is in the first person: a speech doesn't name its speaker."""
    hit = hits[one.hit]
    said = without_speaker(part)
    if said == part or not is_first_person(hit.passage.text):
        return part, one
    kept = set(terms.terms(said, hit.document.language))
    weights = {word: weight for word, weight in weights.items() if kept & set(word)}
    return said, replace(one, covered=_coverage(one.span.text, weights, hit.document.language))


def is_open(part: str) -> bool:
    """Whether a question may have several sentences as its answer: it asks for no one thing (who, when, how
    many), no definition and no yes."""
    return kind_of(part) in (Kind.FACT, Kind.LIST) and asked_for(part) is None


def _several(
    candidates: Sequence[_Candidate], hits: Sequence[Hit], scores: Floats, vectors: Floats, question: Floats
) -> list[Quote]:
    """The sentences that answer an open question, of `LONGEST` characters together at most.

    Of each passage's sentences, "It was written by …" is an answer as good as one that repeats what the
    question is about, and has less in common with it: a sentence's vector has half of its passage's mean in
    it here.
    """
    of_hit = np.array([one.hit for one in candidates])
    means = np.stack([vectors[of_hit == hit].mean(axis=0) for hit in of_hit])
    around = vectors + AROUND * means
    nearness = np.maximum(around @ question / np.linalg.norm(around, axis=1), 0.0)
    scores = scores + MEANING * (nearness - np.maximum(vectors @ question, 0.0))
    best = int(scores.argmax())
    found: list[Quote] = []
    length = 0
    for row in _distinct(scores, vectors, best, SHARE_OF_OPEN, MOST_OPEN):
        one = _quote(candidates[row], hits, is_first=False)
        if not found or length + len(one.span.text) <= LONGEST:
            found.append(one)
            length += len(one.span.text)
    wider = _quote(candidates[best], hits, is_first=True)
    is_free = not any(
        wider.span.start < one.span.end and one.span.start < wider.span.end
        for one in found[1:]
        if one.document.id == wider.document.id
    )
    if is_free and length + len(wider.span.text) - len(found[0].span.text) <= LONGEST:
        found[0] = wider  # what follows on the best sentence, where there is room
    return found


def _signs_across(
    part: str, one: _Candidate, meaning: float, hits: Sequence[Hit], named: Sequence[Named]
) -> Signs:
    """The signs of a sentence in another language than the question's. German writes all nouns as names are
    written: no name is told there."""
    years = _other_years(part, hits[one.hit])
    strangers = [] if is_german(part) else _lacking(part, hits[one.hit], hits, named)[0]
    words = cognates(part, one.span.text)
    return Signs(min(meaning, 1.0), words, strangers=tuple(strangers), years=years, is_across=True)


def _other_years(part: str, hit: Hit) -> tuple[int, ...]:
    """The years of a question, where the passage speaks of others alone."""
    years = {found.period.year for found in periods_in(part) if found.period.year}
    known = {found.period.year for found in periods_in(_around(hit)) if found.period.year}
    return tuple(sorted(years)) if known and not years & known else ()


def _signs(
    part: str,
    one: _Candidate,
    meaning: float,
    hits: Sequence[Hit],
    named: Sequence[Named],
) -> Signs:
    hit = hits[one.hit]
    strangers, apart = _lacking(part, hit, hits, named)
    alone = _standing_alone(one).text
    is_figure = kind_of(part) is Kind.FIGURE
    return Signs(
        meaning=meaning,
        words=one.covered,
        unknown=share_unknown(part, hits),
        strangers=tuple(strangers),
        apart=tuple(apart),
        years=_other_years(part, hit),
        is_of_named=any(each.is_sure and each.document.id == hit.document.id for each in named),
        is_narrow=is_figure or fits(part, alone) is not None,
        is_missed=fits(part, alone) is False,
        is_missed_nearby=fits(part, _context(one, hits)) is False,
        is_of_other=_is_of_other(part, one, hits),
        has_no_amount=is_figure and not holds_amount(alone),
    )


_THING = re.compile(
    r"\b(?:how (?:many|much)|which)\s+"
    r"(?P<thing>[^?]{2,60}?)(?=\s+(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|must|should|"
    r"may|of|in|at|for|on|to|from|with|by|under|per|become|became|make|made)\b|[?,]|$)",
    re.IGNORECASE,
)


def _is_of_other(part: str, one: _Candidate, hits: Sequence[Hit]) -> bool:
    """Whether what is asked for by name ("how many parking spaces") is said nowhere around the sentence."""
    found = _THING.search(part)
    if found is None:
        return False
    language = hits[one.hit].document.language
    words = [word for word in terms.terms(found["thing"], language) if fold(word) not in STOP_WORDS]
    there = set(terms.terms(_context(one, hits), language))
    return bool(words) and words[-1] not in there


def _lacking(part: str, hit: Hit, hits: Sequence[Hit], named: Sequence[Named]) -> tuple[list[str], list[str]]:
    """The names of a question that no passage has, and those that stand in others than `hit`. Of a name of
    several words one is enough ("President Biden"), unless it names documents."""
    groups = [[word] for word in dict.fromkeys(_naming(part, named))]
    for name in dict.fromkeys(names_in(_ASIDE.sub(" ", part))):
        if groups and f"{groups[-1][-1]} {name}" in part and [name] not in groups:
            groups[-1].append(name)
        elif [name] not in groups:
            groups.append([name])
    strangers: list[str] = []
    apart: list[str] = []
    for group in groups:
        if any(_is_said(name, hit, named) for name in group):
            continue
        is_elsewhere = any(_is_said(name, other, named) for name in group for other in hits)
        (apart if is_elsewhere else strangers).extend(group)
    return strangers, apart


def _naming(part: str, named: Sequence[Named]) -> list[str]:
    """The words of a question that surely name documents."""
    words = {word for one in named if one.is_sure for word in one.words}
    said = [re.sub(r"['’]s$", "", word) for word in re.findall(r"[\w&’'-]+", part)]
    return [word for word in said if fold(word) in words]


def _is_said(name: str, hit: Hit, named: Sequence[Named]) -> bool:
    """Whether a name stands in a passage or the names of its document, or names that document."""
    word = fold(name)
    if any(word in one.words for one in named if one.document.id == hit.document.id):
        return True
    start = re.escape(word[:_STEM])
    return bool(re.search(rf"(?<!\w){start}", fold(_around(hit)))) or word in fold(hit.document.name)


def share_unknown(part: str, hits: Sequence[Hit]) -> float:
    """Which share of the question's words, each counting alike, stands in none of the passages."""
    for one in reversed(periods_in(part)):
        part = f"{part[: one.start]} {part[one.end :]}"
    asked = {
        word: set(terms.terms(word, hits[0].document.language))
        for word in re.findall(r"[^\W\d_][\w&-]*", re.sub(r"['’]s\b", "", part))
        if fold(word) not in STOP_WORDS
    }
    there = {term for hit in hits for term in terms.terms(_around(hit), hit.document.language)}
    lacking = [word for word, own in asked.items() if own and not own & there]
    return len(lacking) / max(len(asked), 1)


def _candidates(hits: Sequence[Hit], weights: Mapping[Alternatives, float]) -> list[_Candidate]:
    found: list[_Candidate] = []
    seen: set[tuple[str, int]] = set()
    for number, hit in enumerate(hits):
        spans = list(sentences.spans(hit.passage.text, hit.passage.start))
        whole = [sentences.is_prose(span.text) for span in spans]
        for place, span in enumerate(spans):
            if not whole[place] or (hit.document.id, span.start) in seen:
                continue
            seen.add((hit.document.id, span.start))
            covered = _coverage(span.text, weights, hit.document.language)
            is_inside = span.start < hit.chunk.end and span.end > hit.chunk.start
            before = spans[place - 1] if place and whole[place - 1] else None
            after = spans[place + 1] if place + 1 < len(spans) and whole[place + 1] else None
            found.append(_Candidate(number, span, before, after, covered, is_inside))
    if not found:
        return []
    early = np.array([one.covered + 0.5 * (1 - one.hit / PASSAGES) for one in found])
    kept = sorted(np.argsort(-early, kind="stable")[:CANDIDATES].tolist())
    return [found[row] for row in kept]


def _standing_alone(one: _Candidate) -> sentences.Sentence:
    """The sentence with the one before it where it leans on that ("It costs …")."""
    if one.before is None or not _LEANS.match(one.span.text.lstrip()):
        return one.span
    if one.span.end - one.before.start > _LONGEST:
        return one.span
    gap = " " * max(one.span.start - one.before.end, 0)
    return sentences.Sentence(one.before.start, one.span.end, one.before.text + gap + one.span.text)


def _score(part: str, one: _Candidate, cosine: float, hits: Sequence[Hit]) -> float:
    hit = hits[one.hit]
    score = MEANING * cosine + WORDS * one.covered
    score += PASSAGE * hit.score / max(hits[0].score, 1e-6) + INSIDE * one.is_inside
    kind = fits(part, one.span.text)
    score += TYPE if kind else -TYPE if kind is False else 0.0
    score += BEST * fits_best(part, one.span.text)
    periods = [named.period for named in periods_in(part)]
    if periods:
        own = periods_in(one.span.text)
        score += PERIOD * any(mine.period.meets(period) for mine in own for period in periods)
    return score


def _score_across(part: str, one: _Candidate, meaning: float, hits: Sequence[Hit]) -> float:
    share = hits[one.hit].score / max(hits[0].score, 1e-6)
    return meaning + PASSAGE * share + COGNATES * cognates(part, one.span.text)


def _around(hit: Hit) -> str:
    return " ".join(
        (hit.document.name.replace("_", " "), hit.document.title or "", *hit.chunk.headings, hit.passage.text)
    )


def _context(one: _Candidate, hits: Sequence[Hit]) -> str:
    """A sentence with its neighbours in the passage: where the answer's sort of thing may stand beside it."""
    passage = hits[one.hit].passage
    start = max(one.span.start - passage.start - 150, 0)
    return passage.text[start : one.span.end - passage.start + 150]


def _coverage(text: str, weights: Mapping[Alternatives, float], language: str | None) -> float:
    """Which share of the question's words, by weight, stands in the text: 0 to 1."""
    total = sum(weights.values())
    present = set(terms.terms(text, language))
    return sum(weight for word, weight in weights.items() if present & set(word)) / total if total else 0.0


def _distinct(scores: Floats, vectors: Floats, best: int, share: float, most: int) -> list[int]:
    chosen = [best]
    for candidate in np.argsort(-scores, kind="stable").tolist():
        if len(chosen) == most or scores[candidate] < share * scores[best]:
            break
        if candidate != best and float((vectors[chosen] @ vectors[candidate]).max()) < SAME:
            chosen.append(candidate)
    return chosen


def _quote(one: _Candidate, hits: Sequence[Hit], *, is_first: bool) -> Quote:
    """A sentence with what it leans on; the first one also with what leans on it."""
    span = _standing_alone(one)
    passage = hits[one.hit].passage
    if (
        is_first
        and one.after is not None
        and one.after.end - span.start <= _LONGEST
        and "\n\n" not in passage.text[span.end - passage.start : one.after.start - passage.start]
    ):
        span = sentences.Sentence(
            span.start,
            one.after.end,
            passage.text[span.start - passage.start : one.after.end - passage.start],
        )
    return Quote(hits[one.hit].document, hits[one.hit].passage.page, span)
