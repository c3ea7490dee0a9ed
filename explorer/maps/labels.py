"""Names for clusters: the two or three words or phrases that set the texts of one apart from the others.

Class-based TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
arXiv:2203.05794, section 3.3): all texts of a cluster count as one document, and a term t in cluster c weighs

    W(t, c) = tf(t, c) · log(1 + A / f(t))

where tf is the term's frequency in the cluster, f its frequency in all clusters and A the mean number of
words in a cluster. Here a text counts each of its words once, so that one table does not name a subject, and
two words that mostly stand side by side are a term of their own: they say more. Words are counted by their
stem and shown in the form in which they mostly occur. Lines that stand in one text after the other, such as
the foot of a page, are left out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import regex  # type: ignore[import-untyped]

from explorer.words.stop_words import nameless_words
from explorer.words.terms import tokens

if TYPE_CHECKING:
    from explorer.arrays import Integers, Rows

WORDS = 3
"""Once a label has so many words, no term is added; a phrase counts two."""
TEXTS_A_CLUSTER = 300
"""At most this many texts of a cluster are read for its label: more change no word of it in practice."""
_PHRASE = 2.0
"""What a phrase weighs beside a word that is as frequent: "pension plan" says more than "pension, plan"."""
_TOGETHER = 0.3
"""Two words are a phrase where this share of the texts with the rarer of them has them side by side."""
_REPEATED, _REPEATED_SHARE = 8, 0.01
"""A line is furniture when so many of the texts have it, and this share of them."""
_SEED = 42
_NUMBERS = regex.compile(r"[\d\W_]+")
_READABLE = regex.compile(r"[\p{L}\p{M}'’\-]{2,}")
_SPACELESS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]+"
)
_PARTICLE = regex.compile(r"[\p{Hiragana}的了是在和与與及也就都而且之其这這那我你他她它们們]")
"""A pair of characters with one of these in it is the seam between two words, or an ending."""
_SEPARATOR = ", "


_Term = tuple[str, ...]
"""What a label is made of: the stem of a word, or of two that stand side by side."""


class _Word(NamedTuple):
    """A readable word of a text: the stem by which it is counted, its form, and whether it directly follows
    the word before it, with nothing but a space between them."""

    term: str
    form: str
    follows: bool = False


def label(
    texts: Mapping[int, Sequence[str]], kept: Mapping[int, str] | None = None, *, are_apart: bool = True
) -> dict[int, str]:
    """Cluster id → label. `texts` holds some texts of each cluster (`sample` says which to read), `kept` the
    labels that stay as they are.

    Labels differ from each other, and with `are_apart` no word stands in two of them. A cluster without one
    readable word is called "Subject 3".
    """
    stays = kept or {}
    words = _readable(texts)
    taken = {word.term for text in stays.values() for word in readable(text.replace(_SEPARATOR, " "))}
    weights = {number: terms for number, terms in _weights(words).items() if number not in stays}
    chosen = _distinct(weights, taken if are_apart else set(), are_apart=are_apart)
    written = {number: _written(chosen[number], words[number]) for number in chosen}
    return _named(written, stays)


def sample(cluster_ids: Integers, most: int = TEXTS_A_CLUSTER) -> dict[int, list[int]]:
    """For every cluster from 0 up, the rows of `cluster_ids` (n,) whose texts are enough to name it: at most
    `most`."""
    random = np.random.default_rng(_SEED)
    numbers = [int(number) for number in np.unique(cluster_ids) if number >= 0]
    return {number: _some(np.flatnonzero(cluster_ids == number), random, most) for number in numbers}


def keywords(texts: Sequence[str], others: Sequence[str], count: int = 8) -> list[str]:
    """The words that set `texts` apart from `others`, the strongest first, at most `count`.

    Both are sampled, so it is quick enough to answer a lasso (some 0.1 s).
    """
    random = np.random.default_rng(_SEED)
    words = _readable(
        {
            0: [texts[row] for row in _some(np.arange(len(texts)), random)],
            1: [others[row] for row in _some(np.arange(len(others)), random)],
        }
    )
    weights = _weights(words)[0]
    picked: list[_Term] = []
    for term in sorted(weights, key=lambda term: (-weights[term], term)):
        if len(picked) == count:
            break
        if not any(_alike(word, other) for word in term for other in chain(*picked)):
            picked.append(term)
    forms = _forms(words[0])
    return [" ".join(forms[word] for word in term) for term in picked]


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
        if not short and form.casefold() not in nameless_words():
            found.append(_Word(token.term, form))
            first = token.start if first < 0 else first
            last = token.end
    return tuple(found), first == 0, last == len(piece)


def _readable(texts: Mapping[int, Sequence[str]]) -> dict[int, list[list[_Word]]]:
    """The readable words of each text of each cluster, without lines that stand again and again."""
    seen: Counter[str] = Counter()
    for text in chain(*texts.values()):
        seen.update({_line(line) for line in text.splitlines()})
    many = max(_REPEATED, _REPEATED_SHARE * sum(map(len, texts.values())))
    furniture = {line for line, count in seen.items() if count >= many}

    def kept(text: str) -> str:
        left = "\n".join(line for line in text.splitlines() if _line(line) not in furniture)
        return left or text  # passages that are all alike are no furniture

    return {number: [readable(kept(text)) for text in texts[number]] for number in sorted(texts)}


def _line(line: str) -> str:
    """A line as it is compared with others: without numbers, such as those of pages."""
    return str(_NUMBERS.sub("", line.casefold()))


def _some(rows: Rows, random: np.random.Generator, most: int = TEXTS_A_CLUSTER) -> list[int]:
    if len(rows) > most:
        rows = np.sort(random.choice(rows, most, replace=False))
    return [int(row) for row in rows]


def _weights(words: Mapping[int, list[list[_Word]]]) -> dict[int, dict[_Term, float]]:
    """W(t, c) for the terms of each cluster, times the root of the share of its uses that are in it.

    The root keeps a word that three clusters share from naming the largest of them. Terms of less than 2 % of
    a cluster's texts stay out where there are enough texts to tell. A phrase weighs more than a word as often
    as it occurs: see `_PHRASE`.
    """
    counts = {number: _terms(texts) for number, texts in words.items()}
    sizes = {
        number: max(sum(n for term, n in count.items() if len(term) == 1), 1)
        for number, count in counts.items()
    }
    everywhere: Counter[_Term] = Counter()
    for count in counts.values():
        everywhere.update(count)
    mean = sum(sizes.values()) / max(len(sizes), 1)
    weights: dict[int, dict[_Term, float]] = {}
    for number, count in counts.items():
        least = max(2.0, 0.02 * len(words[number])) if len(words[number]) >= 8 else 1.0
        weights[number] = {}
        for term, n in sorted(count.items()):
            if len(term) == 2:
                if n < max(least, 2, _TOGETHER * min(count[term[:1]], count[term[1:]])):
                    continue
            elif n < least:
                continue
            tfidf = n / sizes[number] * math.log1p(mean / everywhere[term])
            share = math.sqrt(n / everywhere[term])
            weights[number][term] = tfidf * share * (_PHRASE if len(term) == 2 else 1)
    return weights


def _terms(texts: Iterable[list[_Word]]) -> Counter[_Term]:
    """How many texts hold each word, and each pair of words side by side."""
    count: Counter[_Term] = Counter()
    for text in texts:
        found: set[_Term] = {(word.term,) for word in text}
        found.update((a.term, b.term) for a, b in pairwise(text) if b.follows and a.term != b.term)
        count.update(found)
    return count


def _distinct(
    weights: Mapping[int, Mapping[_Term, float]], given: set[str], *, are_apart: bool
) -> dict[int, list[_Term]]:
    """Terms for each cluster, strongest first: a term goes to the cluster in which it weighs most. With
    `are_apart` none that is `given`, and none of a word that stands in another cluster's."""
    ranked = sorted(
        ((weight, number, term) for number, terms in weights.items() for term, weight in terms.items()),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    words = set(given)
    taken: set[_Term] = set()
    chosen: dict[int, list[_Term]] = {number: [] for number in weights}
    for _, number, term in ranked:
        mine = chosen[number]
        if len(mine) == WORDS or sum(map(len, mine)) >= WORDS or term in taken:
            continue
        if are_apart and not words.isdisjoint(term):
            continue
        if any(_alike(word, other) for word in term for other in chain(*mine)):
            continue
        mine.append(term)
        taken.add(term)
        words.update(term)
    return chosen


def _alike(term: str, other: str) -> bool:
    """Two terms of which one says nothing new: one begins the other, or (CJK pairs) they overlap."""
    if term == other:
        return True
    if _SPACELESS.fullmatch(term) and _SPACELESS.fullmatch(other):
        return bool(set(term) & set(other))
    short, long = sorted((term, other), key=len)
    return len(short) >= 4 and long.startswith(short)


def _written(chosen: list[_Term], texts: list[list[_Word]]) -> str:
    """The label: the chosen terms in their usual forms."""
    forms = _forms(texts)
    return _SEPARATOR.join(" ".join(forms[word] for word in term) for term in chosen)


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
