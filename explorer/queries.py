"""What a person typed → what is looked for. Any string is a query.

    net sales              words, in any form
    "net sales"            these words in this order
    -draft  -"first half"  not in passages that hold this
    name:report            only in documents whose name holds this; -name:report only in others
    tag:tax                only in documents with this tag; -tag:tax only in others
    regul*                 words that begin so

A hyphen before a digit is a minus sign. `name:` and `tag:` want their value without a space or in quotes.
What would leave nothing to look for (a lone `-word`) is taken as words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

from explorer import function_words
from explorer.stemming import stems, without_accents
from explorer.terms import Token, codes, is_spaceless, phrase, query_tokens, tokens

Alternatives = tuple[str, ...]
"""Terms that stand for one word: what the stemmers of the library's languages make of it."""
Phrase = tuple[str, ...]

_QUOTES = r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»'
_PIECE = regex.compile(
    rf"(?<!\S)(?P<not>[-\u2212]?)(?P<key>name|tag):(?P<value>{_QUOTES}|[^\s\"“„«]\S*)"
    rf"|(?<!\S)[-\u2212](?P<unquoted>{_QUOTES}|(?=\p{{L}})\S+)"
    rf"|(?P<quoted>{_QUOTES})"
    r"|(?<!\S)(?P<prefix>[\p{L}\d][\p{L}\p{M}\d]*)\*(?!\S)",
    regex.VERSION1 | regex.IGNORECASE,
)
MOST_WORDS = 64
"""A pasted page as a query: its first words suffice."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, as terms. All parts may be empty (a query of punctuation only)."""

    text: str = ""
    """What is left for a model to read: without operators."""
    words: tuple[Alternatives, ...] = ()
    """Distinct words in their order, function words left out unless there is nothing else; codes are last."""
    phrases: tuple[tuple[Phrase, ...], ...] = ()
    """Quoted phrases, function words included, each in the forms of all languages: consecutive terms."""
    prefixes: tuple[str, ...] = ()
    """Beginnings of words: of `word*`, and single characters of scripts whose rows hold pairs."""
    without_words: tuple[Alternatives, ...] = ()
    without_phrases: tuple[tuple[Phrase, ...], ...] = ()
    names: tuple[str, ...] = ()
    """Folded; a document's name must hold one of them."""
    tags: tuple[str, ...] = ()
    without_names: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases or self.prefixes)

    @property
    def has_filters(self) -> bool:
        """Whether it says which documents or passages to leave out."""
        return bool(
            self.names or self.tags or self.without_names or self.without_tags
            or self.without_words or self.without_phrases
        )  # fmt: skip


def parse(query: str, languages: Iterable[str] = ()) -> Query:
    """A query for a library with documents in these languages (ISO 639-1 codes)."""
    known = tuple(languages)
    parsed = _parse(query, known)
    if not parsed and not parsed.text.strip() and parsed.has_filters and not (parsed.names or parsed.tags):
        plain = _parse(regex.sub(r"(?<!\S)[-\u2212]+", " ", query), known)
        return plain if plain else parsed
    return parsed


def fold(text: str) -> str:
    """A name or tag as it is compared: case, accents and width aside."""
    return without_accents(text.casefold())


def marks(query: str, text: str, language: str | None = None) -> list[tuple[int, int]]:
    """The character ranges of `text` that a query's words match, inflected forms too; sorted, disjoint.

    Function words are marked only inside a quoted phrase that stands in the text.
    """
    parsed = parse(query, [language] if language else [])
    wanted = {term for word in parsed.words for term in word}
    found = list(tokens(text, language))
    ranges = [(token.start, token.end) for token in found if token.term in wanted]
    for prefix in parsed.prefixes:
        ranges += _prefix_ranges(prefix, text, found)
    for forms in parsed.phrases:
        for form in forms:
            ranges += _phrase_ranges(form, found)
    return _merged(ranges)


def _parse(query: str, languages: tuple[str, ...]) -> Query:
    parts: dict[str, list[str]] = {key: [] for key in ("name", "tag", "-name", "-tag", "-", "quoted", "*")}
    text = "".join(_pieces(query, parts)).strip()
    text = " ".join(text.split()) if len(text) < len(query.strip()) else text
    found = query_tokens(text)
    lone = [one.term for one in found if len(one.term) == 1 and is_spaceless(one.term)]
    words = _words(text, found, languages)
    unwanted = [(one, _forms(one, languages)) for one in parts["-"]]
    return Query(
        text=text,
        words=words,
        phrases=tuple(dict.fromkeys(filter(None, (_forms(one, languages) for one in parts["quoted"])))),
        prefixes=tuple(dict.fromkeys([*(fold(one) for one in parts["*"]), *lone])),
        without_words=tuple(
            tuple(dict.fromkeys(form[0] for form in forms)) for _, forms in unwanted if _is_word(forms)
        ),
        without_phrases=tuple(forms for _, forms in unwanted if forms and not _is_word(forms)),
        names=tuple(map(fold, parts["name"])),
        tags=tuple(map(fold, parts["tag"])),
        without_names=tuple(map(fold, parts["-name"])),
        without_tags=tuple(map(fold, parts["-tag"])),
    )


def _pieces(query: str, parts: dict[str, list[str]]) -> Iterator[str]:
    """The query's text without operators, which are put where they belong."""
    end = 0
    for match in _PIECE.finditer(query):
        yield query[end : match.start()]
        end = match.end()
        if match["key"]:
            value = _bare(match["value"])
            parts[("-" if match["not"] else "") + match["key"].lower()].append(value)
        elif match["unquoted"]:
            parts["-"].append(_bare(match["unquoted"]))
        elif match["quoted"]:
            value = _bare(match["quoted"])
            parts["quoted"].append(value)
            yield value
        else:
            parts["*"].append(match["prefix"])
            yield match["prefix"]
    yield query[end:]


def _words(text: str, found: list[Token], languages: tuple[str, ...]) -> tuple[Alternatives, ...]:
    pairs = {
        token.start: (text[token.start : token.end], token.term)
        for token in found
        if len(token.term) > 1 or not is_spaceless(token.term)
    }
    stops = function_words.of_query([surface.casefold() for surface, _ in pairs.values()], languages)
    kept = [pair for pair in pairs.values() if pair[0].casefold() not in stops] or list(pairs.values())
    words = [_alternatives(surface, term, languages) for surface, term in kept[:MOST_WORDS]]
    return tuple(dict.fromkeys([*words, *((code,) for code in codes(text)[:MOST_WORDS])]))


def _alternatives(surface: str, term: str, languages: tuple[str, ...]) -> Alternatives:
    if not surface.isalpha() or is_spaceless(term):
        return (term,)
    return tuple(dict.fromkeys([term, *stems(surface, languages)]))


def _forms(text: str, languages: tuple[str, ...]) -> tuple[Phrase, ...]:
    """A phrase as the rows of each language hold it; none where it has no term."""
    return tuple(dict.fromkeys(filter(None, (phrase(text, one) for one in (None, *languages)))))


def _is_word(forms: tuple[Phrase, ...]) -> bool:
    return bool(forms) and all(len(form) == 1 for form in forms)


def _bare(value: str) -> str:
    return value[1:-1] if value[0] in '"“„«' and len(value) > 1 else value


def _prefix_ranges(prefix: str, text: str, found: list[Token]) -> Iterator[tuple[int, int]]:
    for token in found:
        if is_spaceless(prefix):
            if token.term.startswith(prefix):
                yield token.start, token.start + len(prefix)
        elif fold(text[token.start : token.end]).startswith(prefix):
            yield token.start, token.end


def _phrase_ranges(wanted: Phrase, found: list[Token]) -> Iterator[tuple[int, int]]:
    size = len(wanted)
    for first in range(len(found) - size + 1):
        window = found[first : first + size]
        if tuple(token.term for token in window) == wanted:
            yield window[0].start, window[-1].end


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
