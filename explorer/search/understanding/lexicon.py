"""A library's words, ready to be compared with what was typed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from explorer.search.bm25 import Index
from explorer.search.corpus import Corpus
from explorer.search.postings import Vocabulary
from explorer.words.compounds import Compounds
from explorer.words.spelling import Spelling

_FEW = 64
"""Of a term that so few rows hold it is looked up whether those are still there."""


class Lexicon:
    """The words of a library at one moment, and how often they stand there."""

    def __init__(self, corpus: Corpus, spelling: Spelling, compounds: Compounds) -> None:
        self.corpus = corpus
        self.spelling = spelling
        self.compounds = compounds

    def standing(self, terms: Sequence[str]) -> int:
        """About how many passages, headings and names hold any of these terms; 0 where none does."""
        corpus = self.corpus
        return sum(_standing(index, terms) for index in (corpus.index, corpus.headings, corpus.names.index))

    def in_text(self, terms: Sequence[str]) -> int:
        """About how many passages hold any of these terms; 0 where none does."""
        return _standing(self.corpus.index, terms)


class LexiconFollower:
    """Makes lexicons; what they rest on is kept until a new word is met. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Vocabulary, int, Spelling, Compounds] | None = None

    def of(self, corpus: Corpus) -> Lexicon:
        """The lexicon of this moment."""
        vocabulary = corpus.index.vocabulary
        with self._lock:
            known = self._known
            if known is None or known[0] is not vocabulary or known[1] != len(vocabulary):
                terms = vocabulary.terms()
                known = self._known = (vocabulary, len(terms), Spelling(terms), Compounds(terms))
        return Lexicon(corpus, known[2], known[3])


def _standing(index: Index, terms: Sequence[str]) -> int:
    held = index.standing(terms)
    return len(index.postings(terms)[0]) if 0 < held <= _FEW else held
