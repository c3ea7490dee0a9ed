"""Names for clusters: the two or three words that set the texts of one apart from those of the others.

Class-based TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
arXiv:2203.05794, section 3.3): all texts of a cluster count as one document, and a term t in cluster c weighs

    W(t, c) = tf(t, c) · log(1 + A / f(t))

where tf is the term's frequency in the cluster, f its frequency in all clusters and A the mean number of
words in a cluster. Here a text counts each of its words once, so that one table does not name a subject.
Words are counted by their stem and shown in the form in which they mostly occur.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import regex  # type: ignore[import-untyped]

from explorer.words.stop_words import function_words
from explorer.words.terms import tokens

if TYPE_CHECKING:
    from explorer.arrays import Integers, Rows

WORDS = 3
"""Words in a label, at most; those that mostly stand side by side are written as one expression."""
TEXTS_A_CLUSTER = 300
"""At most this many texts of a cluster are read for its label: more change no word of it in practice."""
_SEED = 42
_READABLE = regex.compile(r"[\p{L}\p{M}'’\-]{2,}")
_SPACELESS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]+"
)
_PARTICLE = regex.compile(r"[\p{Hiragana}的了是在和与與及也就都而且之其这這那我你他她它们們]")
"""A pair of characters with one of these in it is the seam between two words, or an ending."""
_SEPARATOR = ", "


class _Word(NamedTuple):
    """A readable word of a text: the stem by which it is counted, its form, and whether it directly follows
    the word before it, with nothing but a space between them."""

    term: str
    form: str
    follows: bool = False


def label(texts: Mapping[int, Sequence[str]], kept: Mapping[int, str] | None = None) -> dict[int, str]:
    """Cluster id → label. `texts` holds some texts of each cluster (`sample` says which to read), `kept` the
    labels that stay as they are.

    Labels differ from each other. A cluster without one readable word is called "Subject 3".
    """
    stays = kept or {}
    words = {number: [readable(text) for text in texts[number]] for number in sorted(texts)}
    taken = {word.term for text in stays.values() for word in readable(text.replace(_SEPARATOR, " "))}
    weights = {number: terms for number, terms in _weights(words).items() if number not in stays}
    chosen = _distinct(weights, taken)
    written = {number: _written(chosen[number], words[number]) for number in chosen}
    return _named(written, stays)


def sample(cluster_ids: Integers) -> dict[int, list[int]]:
    """For every cluster from 0 up, the rows of `cluster_ids` (n,) whose texts are enough to name it."""
    random = np.random.default_rng(_SEED)
    numbers = [int(number) for number in np.unique(cluster_ids) if number >= 0]
    return {number: _some(np.flatnonzero(cluster_ids == number), random) for number in numbers}


def keywords(texts: Sequence[str], others: Sequence[str], count: int = 8) -> list[str]:
    """The words that set `texts` apart from `others`, the strongest first, at most `count`.

    Both are sampled, so it is quick enough to answer a lasso (some 0.1 s).
    """
    random = np.random.default_rng(_SEED)
    words = {
        0: [readable(texts[row]) for row in _some(np.arange(len(texts)), random)],
        1: [readable(others[row]) for row in _some(np.arange(len(others)), random)],
    }
    weights = _weights(words)[0]
    forms = _forms(words[0])
    picked: list[str] = []
    for term in sorted(weights, key=lambda term: (-weights[term], term)):
        if len(picked) == count:
            break
        if not any(_alike(term, other) for other in picked):
            picked.append(term)
    return [forms[term] for term in picked]


def readable(text: str) -> list[_Word]:
    """The words of a text that could stand in a label, in order: no numbers, function words or fragments."""
    found: list[_Word] = []
    is_open = False
    for piece in text.split():
        words, starts, ends = _readable_piece(piece)
        if words and is_open and starts:
            found.append(words[0]._replace(follows=True))
            words = words[1:]
        found += words
        is_open = ends
    return found


@lru_cache(maxsize=65_536)
def _readable_piece(piece: str) -> tuple[tuple[_Word, ...], bool, bool]:
    """The words of what stands between two spaces, and whether it starts and ends with one of them."""
    found = []
    first, last = -1, -1
    for token in tokens(piece):
        form = piece[token.start : token.end]
        if not _READABLE.fullmatch(form) or _PARTICLE.search(form):
            continue
        short = len(form) < 3 and form.isascii() and not form.isupper()
        if not short and form.casefold() not in function_words():
            found.append(_Word(token.term, form))
            first = token.start if first < 0 else first
            last = token.end
    return tuple(found), first == 0, last == len(piece)


def _some(rows: Rows, random: np.random.Generator) -> list[int]:
    if len(rows) > TEXTS_A_CLUSTER:
        rows = np.sort(random.choice(rows, TEXTS_A_CLUSTER, replace=False))
    return [int(row) for row in rows]


def _weights(words: Mapping[int, list[list[_Word]]]) -> dict[int, dict[str, float]]:
    """W(t, c) for the terms of each cluster, times the root of the share of its uses that are in it.

    The root keeps a word that three clusters share from naming the largest of them. Terms of less than 2 % of
    a cluster's texts stay out where there are enough texts to tell.
    """
    counts = {number: Counter(term for text in texts for term in {word.term for word in text})
              for number, texts in words.items()}  # fmt: skip
    sizes = {number: max(count.total(), 1) for number, count in counts.items()}
    everywhere: Counter[str] = Counter()
    for count in counts.values():
        everywhere.update(count)
    mean = sum(sizes.values()) / max(len(sizes), 1)
    weights: dict[int, dict[str, float]] = {}
    for number, count in counts.items():
        least = max(2.0, 0.02 * len(words[number])) if len(words[number]) >= 8 else 1.0
        weights[number] = {}
        for term, n in sorted(count.items()):
            if n >= least:
                tfidf = n / sizes[number] * math.log1p(mean / everywhere[term])
                weights[number][term] = tfidf * math.sqrt(n / everywhere[term])
    return weights


def _distinct(weights: Mapping[int, Mapping[str, float]], given: set[str]) -> dict[int, list[str]]:
    """Terms for each cluster, strongest first: a term goes to the cluster in which it weighs most. Those that
    are `given` go to none."""
    ranked = sorted(
        ((weight, number, term) for number, terms in weights.items() for term, weight in terms.items()),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    taken = set(given)
    chosen: dict[int, list[str]] = {number: [] for number in weights}
    for _, number, term in ranked:
        mine = chosen[number]
        if len(mine) < WORDS and term not in taken and not any(_alike(term, other) for other in mine):
            mine.append(term)
            taken.add(term)
    return chosen


def _alike(term: str, other: str) -> bool:
    """Two terms of which one says nothing new: one begins the other, or (CJK pairs) they overlap."""
    if _SPACELESS.fullmatch(term) and _SPACELESS.fullmatch(other):
        return bool(set(term) & set(other))
    short, long = sorted((term, other), key=len)
    return len(short) >= 4 and long.startswith(short)


def _written(chosen: list[str], texts: list[list[_Word]]) -> str:
    """The label: chosen terms in their usual forms, terms that mostly stand together as one expression."""
    forms = _forms(texts)
    wanted = set(chosen)
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        singles.update(word.term for word in text if word.term in wanted)
        pairs.update(
            (a.term, b.term)
            for a, b in pairwise(text)
            if b.follows and a.term in wanted and b.term in wanted and a.term != b.term
        )
    parts = [[term] for term in chosen]
    for (first, second), count in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        if count < 0.35 * min(singles[first], singles[second]):
            break
        left = next(part for part in parts if first in part)
        right = next(part for part in parts if second in part)
        if left is not right and left[-1] == first and right[0] == second and len(left) + len(right) <= WORDS:
            left.extend(right)
            parts.remove(right)
    return _SEPARATOR.join(" ".join(forms[term] for term in part) for part in parts)


def _forms(texts: list[list[_Word]]) -> dict[str, str]:
    """Term → the form to show: the most frequent spelling, capitals only where they are the rule."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in text:
            seen[word.term][word.form] += 1
    return {term: _form(forms) for term, forms in seen.items()}


def _form(forms: Counter[str]) -> str:
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for form, count in forms.items():
        spellings[form.casefold()][form] += count
    best = min(spellings.values(), key=lambda group: (-group.total(), min(group)))
    usual = min(best, key=lambda form: (-best[form], form))
    lower = next((form for form in best if form.islower()), None)
    if lower is not None and best[lower] >= 0.2 * best.total():
        return lower
    titled = next((form for form in best if form.istitle()), None)
    if usual.isupper() and len(usual) > 4:
        return titled or usual.capitalize()
    return usual


def _named(labels: dict[int, str], stays: Mapping[int, str]) -> dict[int, str]:
    """Labels made different: an empty one, or one that another cluster has, gets its number. Those of `stays`
    stand among them as they are."""
    seen = {text.casefold() for text in stays.values()}
    named = dict(stays)
    for number, text in labels.items():
        final = text or f"Subject {number + 1}"
        if final.casefold() in seen:
            final = f"{final} {number + 1}"
        seen.add(final.casefold())
        named[number] = final
    return named
