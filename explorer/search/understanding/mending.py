"""Words that the library does not have → those of its words that are likely meant.

A query keeps what is quoted, codes, numbers and short words as they are, every word that the library has, and
frequent words of English that it lacks: those are no slips.
The library knows words by their stems; how the likeliest of them are written is read in a few passages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

import regex  # type: ignore[import-untyped]

from explorer.arrays import Rows
from explorer.embedding.places import frequent_words
from explorer.search.query import Alternatives, alternatives, plain_words
from explorer.search.understanding import variants
from explorer.search.understanding.lexicon import Lexicon
from explorer.words import spelling, stop_words
from explorer.words.stemming import folded, stems
from explorer.words.stop_words import function_words
from explorer.words.terms import Token, phrase

if TYPE_CHECKING:
    from explorer.catalog import Catalog

_LOOKED_AT = 16
"""Terms whose words are read, the nearest and most frequent first."""
_PASSAGES = 6
"""Passages that are read for how a term is written: a term stands for several words."""
_SENTENCE = 8
"""In queries of more words, a short word that the library lacks is rather right ("drove") than a slip."""
_LONG = 8
_FEW = 2
"""Terms of which far more passages are read where none of the words was near."""
_ENDING = 5
"""Letters at the end of a word that a slip may have kept from being taken for an ending."""
_SHORTEST_STEM = 4
_FREQUENT = 0.25
"""How many slips a word may be further away for each power of ten by which more passages hold it."""
_ACRONYM = 5
"""A word in capitals of up to so many letters is a name or an abbreviation, unless all is in capitals."""
_MOST_WORDS = 16
"""Words of a query that are mended, at most."""
_CUTS = 3
"""Ways to cut a word in two for which the library is asked whether the two follow each other."""
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")


@dataclass(frozen=True, slots=True)
class Mending:
    """A word that the library does not have, and what is looked for in its place."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A query in which each word is one that the library has, where one was near."""

    text: str
    mendings: tuple[Mending, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """The words that nobody typed."""
        return frozenset(word for one in self.mendings for word in one.meant.split())


class Mender:
    """Mends queries for one catalogue. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def mend(self, query: str, lexicon: Lexicon) -> Mended:
        """The query, mended where that is possible.

        One in a language that the library does not have stays as it is: only its meaning can be found.
        """
        languages = lexicon.corpus.names.languages
        words = plain_words(query)
        if not words or not _is_spoken([query[one.start : one.end] for one in words], languages):
            return Mended(query)
        text, end, mendings = "", 0, []
        for start, after, mending in self._mendings(query, words, lexicon):
            text += query[end:start] + mending.meant
            end = after
            mendings.append(mending)
        return Mended(text + query[end:], tuple(mendings))

    def _mendings(
        self, query: str, words: Sequence[Token], lexicon: Lexicon
    ) -> Iterator[tuple[int, int, Mending]]:
        """Where what is mended begins and ends, in order."""
        languages = lexicon.corpus.names.languages
        done, mended = 0, 0
        for at, token in enumerate(words):
            typed = query[token.start : token.end]
            if token.start < done or mended >= _MOST_WORDS or not _is_unknown(typed, query, lexicon):
                continue
            end, meant = token.end, None
            if at + 1 < len(words) and query[token.end : words[at + 1].start] == " ":
                joined = typed + query[words[at + 1].start : words[at + 1].end]
                if lexicon.in_text(alternatives(joined, languages)):
                    end, meant = words[at + 1].end, joined
            if meant is None:
                meant = self._meant(typed, lexicon)
                if meant and _is_word_of_its_own(typed, meant):
                    continue
                meant = meant or self._cut(typed, lexicon)
                if len(words) > _SENTENCE and meant and not _is_slip(typed, meant):
                    continue
            if meant is not None:
                done, mended = end, mended + 1
                yield token.start, end, Mending(query[token.start : end], _cased(meant, typed))

    def _meant(self, typed: str, lexicon: Lexicon) -> str | None:
        """The word of the library that was most likely meant by another."""
        spelled, most = folded(typed), spelling.most_steps(folded(typed))
        near: dict[str, int] = {}
        begun = [spelled[:-cut] for cut in range(1, _ENDING + 1) if len(spelled) - cut >= _SHORTEST_STEM]
        own = alternatives(typed, lexicon.corpus.names.languages)
        for form in dict.fromkeys([*own, spelled, *begun]):
            for term, steps in lexicon.spelling.near(form, most):
                near[term] = min(steps, near.get(term, steps))
        often = {term: lexicon.in_text([term]) for term in near}
        likely = sorted((t for t in near if often[t]), key=lambda t: near[t] - _FREQUENT * log10(often[t]))
        found = self._nearest(spelled, self._written(likely[:_LOOKED_AT], _PASSAGES, lexicon), often)
        if found is None:  # the word may be a rare one among those that became its term
            found = self._nearest(
                spelled, self._written(likely[:_FEW], _LOOKED_AT * _PASSAGES, lexicon), often
            )
        return found

    @staticmethod
    def _nearest(spelled: str, words: Iterable[tuple[str, str]], often: Mapping[str, int]) -> str | None:
        """Of words with their terms, the one that was most likely meant; None where none is near."""
        most = spelling.most_steps(spelled)
        best: tuple[float, str] | None = None
        for term, written in words:
            away = spelling.slips(spelled, folded(written))
            unlikely = away - _FREQUENT * log10(often[term])
            is_near = 0 < away <= most and (len(spelled) > spelling.SHORTEST or _is_added(spelled, written))
            if is_near and (best is None or unlikely < best[0]):
                best = (unlikely, written)
        return best[1] if best else None

    def _written(self, terms: Sequence[str], passages: int, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
        """Words that became these terms, as so many passages of each have them."""
        corpus = lexicon.corpus
        rows = {term: _spread(corpus.index.rows([term]), passages) for term in terms}
        ids = {row: int(corpus.view.ids[row]) for held in rows.values() for row in held}
        texts = {chunk.id: chunk.text for chunk in self._catalog.chunks.by_ids(list(set(ids.values())))}
        for term, held in rows.items():
            words = {word for row in held for word in _words(texts.get(ids[row], ""), term)}
            for word in sorted(words):
                if term in stems(word, corpus.names.languages):
                    yield term, word

    def _cut(self, typed: str, lexicon: Lexicon) -> str | None:
        """The two words between which a space was forgotten, where they follow each other somewhere."""
        languages = lexicon.corpus.names.languages
        small, cuts = typed.casefold(), []
        for at in range(2, len(small) - 1):
            pair = small[:at], small[at:]
            if len(max(pair, key=len)) > 2 and not all(word in function_words() for word in pair):
                often = min(lexicon.in_text(alternatives(word, languages)) for word in pair)
                cuts.append((often, pair))
        for often, pair in sorted(cuts, reverse=True)[:_CUTS]:
            together = " ".join(pair)
            forms = {phrase(together, language) for language in (None, *languages)}
            if often and any(len(self._catalog.chunks.holding_phrase(form)) for form in forms):
                return together
        return None


def _spread(rows: Rows, number: int) -> list[int]:
    """So many of these rows, from the first to the last: neighbours say the same word again."""
    return [int(row) for row in rows[:: max(1, len(rows) // number)][:number]]


def _is_unknown(typed: str, query: str, lexicon: Lexicon) -> bool:
    """Whether this is a word, and one that the library does not have in any way."""
    if not spelling.SHORTEST <= len(typed) <= spelling.LONGEST or typed.casefold() in function_words():
        return False
    if typed.isupper() and len(typed) <= _ACRONYM and not query.isupper():
        return False
    languages = lexicon.corpus.names.languages
    own: Alternatives = alternatives(typed, languages)
    return not (
        lexicon.standing(own)
        or variants.is_spelled_otherwise(typed, languages, lexicon)
        or variants.is_in_compounds(typed, languages, lexicon)
    )


def _is_spoken(words: Sequence[str], languages: Sequence[str]) -> bool:
    """Whether nothing says that these are words of a language that the library does not have."""
    if not languages:
        return True
    small = [word.casefold() for word in words]
    return stop_words.language_of(small, languages) in (None, *languages)


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one can hardly be a word of its own beside the other: long, or different in a doubled letter or
    two that changed places."""
    return len(typed) >= _LONG or spelling.slips(folded(typed), folded(meant)) <= spelling.COMMON


def _is_word_of_its_own(typed: str, meant: str) -> bool:
    """Whether what was typed is a frequent word of English that the library lacks ("cats"), and no other one
    with a doubled letter or two that changed places ("casual" for "causal")."""
    is_other = spelling.slips(folded(typed), folded(meant)) > spelling.COMMON
    return is_other and typed.casefold() in frequent_words()


def _is_added(typed: str, meant: str) -> bool:
    """Whether a letter was left out, and not the first: of short words, all else is near too many others."""
    letters = iter(folded(meant))
    return folded(meant)[0] == typed[0] and len(meant) > len(typed) and all(one in letters for one in typed)


def _words(text: str, term: str) -> set[str]:
    """The words of a text that begin as a term does, in small letters."""
    return {word for word in map(str.casefold, _WORD.findall(text)) if folded(word)[:2] == term[:2]}


def _cased(meant: str, typed: str) -> str:
    if typed.isupper():
        return meant.upper()
    return meant[0].upper() + meant[1:] if typed[0].isupper() else meant
