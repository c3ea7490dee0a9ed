"""Other words that a query's words stand for, in part: compounds and their parts, and letters that a keyboard
does not have.

A library that says "Grundwasserspiegel" and never "Grundwasser" alone answers a question for it; and who
types "Mueller" means Müller. What is found only so counts less than the word itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.search.keyword import Variants
from explorer.search.query import Alternatives, alternatives, plain_words
from explorer.search.understanding.lexicon import Lexicon
from explorer.words import compounds
from explorer.words.spelling import LONGEST
from explorer.words.stemming import folded

MENDED = 0.7
"""The share of a word that is taken to be meant though another was typed."""
COMPOUND = 0.4
"""The share of a longer word that holds the one that was typed."""
PART = 0.25
"""The share of a part of the word that was typed."""
_MOST = 24
"""Longer words that stand for one word, at most: the shortest, which say the least besides."""
_SHORTEST_WHOLE = 9
"""Letters that a word must have to be taken apart."""
_SPELLINGS = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("aa", "å"))


def variants(query: str, languages: tuple[str, ...], lexicon: Lexicon, mended: frozenset[str]) -> Variants:
    """The variants of a query's plain words; `mended` are those that nobody typed, as they stand in it.

    Longer words that hold one are looked for where the library has a language that writes compounds, or
    where it does not have the word.
    """
    has_compounds = not languages or not compounds.LANGUAGES.isdisjoint(languages)
    found: dict[Alternatives, tuple[tuple[str, float], ...]] = {}
    for token in plain_words(query):
        surface = query[token.start : token.end]
        if len(surface) > LONGEST:
            continue
        own = alternatives(surface, languages)
        share = MENDED if surface in mended else 1.0
        others = dict.fromkeys(_spelled_otherwise(surface, languages, lexicon), share)
        if has_compounds or not (others or lexicon.standing(own)):
            others |= _compounds(surface, own, languages, lexicon, is_compounding=has_compounds)
        if others or share < 1:
            others = dict.fromkeys(own, share) | {t: s for t, s in others.items() if t not in own}
            found[own] = tuple(others.items())
    return found


def is_spelled_otherwise(surface: str, languages: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether the library has this word with letters for which it has others."""
    return bool(_spelled_otherwise(surface, languages, lexicon))


def is_in_compounds(surface: str, languages: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether the library has longer words that hold this one."""
    longer = _longer([folded(surface)], alternatives(surface, languages), lexicon)
    return any(lexicon.in_text([one]) for one in longer)


def _spelled_otherwise(surface: str, languages: tuple[str, ...], lexicon: Lexicon) -> Sequence[str]:
    """Terms of the word with "ä" for "ae" and the like, and the other way round, that the library has.

    "ae" may be no "ä" ("Israel", "value"): it is taken for one only where the word as typed stands nowhere.
    """
    small = surface.casefold()
    written_out = small
    marked = small
    for letters, letter in _SPELLINGS:
        written_out = written_out.replace(letter, letters)
        marked = marked.replace(letters, letter)
    own = alternatives(surface, languages)
    if written_out != small:
        other = written_out
    elif marked != small and not lexicon.standing(own):
        other = marked
    else:
        return ()
    return [term for term in alternatives(other, languages) if term not in own and lexicon.standing([term])]


def _compounds(
    surface: str, own: Alternatives, languages: tuple[str, ...], lexicon: Lexicon, *, is_compounding: bool
) -> dict[str, float]:
    """Longer words that hold this one, and the two that it was made from, with their shares."""
    spelled = folded(surface)
    begun = [spelled, *(term for term in own if spelled.startswith(term))] if is_compounding else [spelled]
    longer = [one for one in _longer(begun, own, lexicon) if lexicon.in_text([one])][:_MOST]
    found = dict.fromkeys(longer, COMPOUND)
    if len(spelled) >= _SHORTEST_WHOLE:
        parts = compounds.split(spelled, lambda part: lexicon.in_text(alternatives(part, languages)))
        for part in parts or ():
            found |= {
                term: PART for term in alternatives(part, languages) if term not in found and term not in own
            }
    return found


def _longer(beginnings: Sequence[str], own: Alternatives, lexicon: Lexicon) -> list[str]:
    """Longer words that begin as a word is written, or end with one of its terms."""
    return [one for one in lexicon.compounds.holding(beginnings, [*beginnings, *own]) if one not in own]
