"""The sentences of the best passages that answer a question, word for word; none where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.arrays import Floats
from explorer.chat import sentences
from explorer.chat.answer_types import asked_for, fits, fits_best, gives_reason
from explorer.chat.languages.across import LanguageScale, cognates
from explorer.chat.support import Signs
from explorer.chat.weighing.signs import Candidate, own_words, signs_across, signs_of, standing_alone
from explorer.chat.weighing.speaking import Speaker, Voice
from explorer.figures.periods import periods_in
from explorer.questions import Kind, Named
from explorer.questions.kinds import kind_of, why_of
from explorer.questions.speakers import is_first_person, without_speaker
from explorer.search.query import Alternatives
from explorer.search.retrieved import Retrieved
from explorer.types import Document, Hit
from explorer.words import terms

Nearness = Callable[[Sequence[str], str, str | None], Floats]
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
AROUND_QUOTES = 150
"""Characters before and behind a quote in which a word of the question may stand."""
WIDEST = 520
"""Characters of the best quote with what leans on it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, or two, of a document."""

    document: Document
    page: int
    span: sentences.Sentence

    @property
    def text(self) -> str:
        """Its words in one line, without the dateline of a press release."""
        return sentences.without_dateline(sentences.in_one_line(self.span.text))


@dataclass(frozen=True, slots=True)
class NearestQuotes:
    """The sentences that come nearest to an answer, and what speaks for and against the first."""

    quotes: Sequence[Quote]
    signs: Signs
    unnamed: tuple[Document, ...] = ()
    """Documents quoted for what somebody said that name nobody who speaks."""


def choose(
    part: str,
    retrieved: Retrieved,
    encode: Callable[[Sequence[str]], Floats],
    nearness: Nearness,
    named: Sequence[Named] = (),
    *,
    scale: LanguageScale | None = None,
    is_topic: bool = False,
    speaker: Speaker | None = None,
) -> NearestQuotes | None:
    """The quotes that come nearest, the best first; None where the passages have no sentence.

    `encode`: (n, dimension) for n sentences. `nearness`: of words to a text (`Kinship.nearness`). `named`:
    the documents that the question names. `scale`: of the model, where the passages are in another language
    than the question, so that their words can't agree. `is_topic`: `part` is what a document is asked about.
    `speaker`: whose words are asked for.
    """
    hits = list(retrieved.hits[:PASSAGES])
    if retrieved.vector is None or not hits:
        return None
    candidates = _candidates(hits, retrieved.term_weights)
    if speaker is not None:
        candidates = [one for one in candidates if _may_say(speaker, one, hits)]
    reason_of = why_of(part)
    if reason_of is not None:
        candidates = [one for one in candidates if gives_reason(reason_of, standing_alone(one).text)]
    if not candidates:
        return None
    vectors = encode([standing_alone(one).text for one in candidates])
    cosine = np.maximum(vectors @ retrieved.vector, 0.0)
    if scale is not None:
        cosine = np.maximum(scale.place(cosine), 0.0)
    score = _score if scale is None else _score_across
    scores = np.array([score(part, one, float(cosine[row]), hits) for row, one in enumerate(candidates)])
    best = int(scores.argmax())
    said, first = _as_said(part, candidates[best], hits, retrieved.term_weights, speaker)
    if scale is not None:
        told = signs_across(said, first, float(cosine[best]), hits, named)
        chosen = _distinct(scores, vectors, best, SHARE_ACROSS, MOST)
        return NearestQuotes([_quote(candidates[row], hits, is_first=row == best) for row in chosen], told)
    if speaker is not None and said != part:  # what the others write is none of their words
        scores *= [_is_spoken(speaker, one, hits) for one in candidates]
    told = signs_of(said, first, float(cosine[best]), hits, named)
    if is_open(part):
        quotes = _several(candidates, hits, scores, vectors, retrieved.vector)
    else:
        chosen = _distinct(scores, vectors, best, SHARE_OF_BEST, MOST)
        widened = best if reason_of is None else None  # what follows a reason gives others
        quotes = [_quote(candidates[row], hits, is_first=row == widened) for row in chosen]
    is_said = fits_best(part, first.span.text)  # "runs for five years" says when it ends, in no such word
    is_said = is_said or reason_of is not None  # a reason has half of them, which is enough
    words = [] if is_said else own_words(said, named, is_topic=is_topic)
    near = nearness(words, _surroundings(quotes, hits), hits[0].document.language)
    own = tuple(zip(words, near.tolist(), strict=True))
    unnamed = _unnamed(speaker, quotes) if said != part else ()
    return NearestQuotes(quotes, replace(told, own=own, is_topic=is_topic), unnamed)


def _surroundings(quotes: Sequence[Quote], hits: Sequence[Hit]) -> str:
    """The quotes of the first one's document with what stands beside them, and the headings above."""
    told: list[str] = []
    for one in quotes:
        if one.document.id != quotes[0].document.id:
            continue
        hit = next(
            hit
            for hit in hits
            if hit.document.id == one.document.id
            and hit.passage.start <= one.span.start
            and one.span.end <= hit.passage.end
        )
        start = max(one.span.start - hit.passage.start - AROUND_QUOTES, 0)
        told += [
            *hit.chunk.headings,
            hit.passage.text[start : one.span.end - hit.passage.start + AROUND_QUOTES],
        ]
    return " ".join(told)


def _as_said(
    part: str,
    one: Candidate,
    hits: Sequence[Hit],
    weights: Mapping[Alternatives, float],
    speaker: Speaker | None,
) -> tuple[str, Candidate]:
    """The question without the name of whoever it says speaks, and what a sentence holds of that, where the
    passage is in the first person and may be theirs: a speech doesn't name its speaker."""
    if speaker is None or not _is_spoken(speaker, one, hits):
        return part, one
    hit = hits[one.hit]
    said = without_speaker(part)
    kept = set(terms.terms(said, hit.document.language))
    weights = {word: weight for word, weight in weights.items() if kept & set(word)}
    return said, replace(one, covered=_coverage(one.span.text, weights, hit.document.language))


def _is_spoken(speaker: Speaker, one: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether a sentence stands in a document in the first person, where that may be the speaker."""
    hit = hits[one.hit]
    if not any(is_first_person(each.passage.text) for each in hits if each.document.id == hit.document.id):
        return False
    return speaker.voice(hit.document, one.span.start) is not Voice.OTHERS


def _may_say(speaker: Speaker, one: Candidate, hits: Sequence[Hit]) -> bool:
    span = standing_alone(one)
    return speaker.may_say(hits[one.hit].document, span.start, span.end)


def _unnamed(speaker: Speaker | None, quotes: Sequence[Quote]) -> tuple[Document, ...]:
    """The documents of quotes whose first person may be the speaker's, and is nobody's by name."""
    if speaker is None:
        return ()
    places = {one.document.id: one for one in quotes}.values()
    return tuple(
        one.document for one in places if speaker.voice(one.document, one.span.start) is Voice.UNKNOWN
    )


def is_open(part: str) -> bool:
    """Whether a question may have several sentences as its answer: it asks for no one thing (who, when, how
    many), no definition and no yes."""
    return kind_of(part) in (Kind.FACT, Kind.LIST) and asked_for(part) is None


def _several(
    candidates: Sequence[Candidate], hits: Sequence[Hit], scores: Floats, vectors: Floats, question: Floats
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


def _candidates(hits: Sequence[Hit], weights: Mapping[Alternatives, float]) -> list[Candidate]:
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for number, hit in enumerate(hits):
        spans = list(sentences.spans(hit.passage.text, hit.passage.start, hit.passage.tables))
        whole = [sentences.is_prose(span.text) for span in spans]
        for place, span in enumerate(spans):
            is_row = sentences.is_told_row(span)
            if not (whole[place] or is_row) or (hit.document.id, span.start) in seen:
                continue
            seen.add((hit.document.id, span.start))
            covered = _coverage(span.text, weights, hit.document.language)
            is_inside = span.start < hit.chunk.end and span.end > hit.chunk.start
            before = spans[place - 1] if not is_row and place and whole[place - 1] else None
            after = spans[place + 1] if not is_row and place + 1 < len(spans) and whole[place + 1] else None
            found.append(Candidate(number, span, before, after, covered, is_inside))
    if not found:
        return []
    early = np.array([one.covered + 0.5 * (1 - one.hit / PASSAGES) for one in found])
    kept = sorted(np.argsort(-early, kind="stable")[:CANDIDATES].tolist())
    return [found[row] for row in kept]


def _score(part: str, one: Candidate, cosine: float, hits: Sequence[Hit]) -> float:
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


def _score_across(part: str, one: Candidate, meaning: float, hits: Sequence[Hit]) -> float:
    share = hits[one.hit].score / max(hits[0].score, 1e-6)
    return meaning + PASSAGE * share + COGNATES * cognates(part, one.span.text)


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


def _quote(one: Candidate, hits: Sequence[Hit], *, is_first: bool) -> Quote:
    """A sentence with what it leans on; the first one also with what leans on it."""
    span = standing_alone(one)
    passage = hits[one.hit].passage
    if (
        is_first
        and one.after is not None
        and one.after.end - span.start <= WIDEST
        and "\n\n" not in passage.text[span.end - passage.start : one.after.start - passage.start]
    ):
        span = sentences.Sentence(
            span.start,
            one.after.end,
            passage.text[span.start - passage.start : one.after.end - passage.start],
        )
    return Quote(hits[one.hit].document, hits[one.hit].passage.page, span)
