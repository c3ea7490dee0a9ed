"""Text → the terms that keyword search matches: one tokeniser for stored rows, for queries and for marking.

A word is a run of letters (with their combining marks) or of digits; letters and digits are told apart
(`FY2022` → `fy`, `2022`), thousands separators leave numbers (`1,234` → `1234`), decimal points stay. Words
are folded and stemmed by the language of their document (`stemming`). Scripts written without spaces become
overlapping pairs of characters, which is what finds a word inside a run of Chinese, Japanese or Thai, the end
of a line aside.

What is written in one piece and holds a digit (`FY2022`, `10-K`, `§ 12.3`) is a code: it stands whole at the
end of the row as well, behind a sign that no word has, so that it is found as such and no phrase meets it.
So do signs: `C++`, `C#`, `€`, `≥`, `☎`, which words alone would leave out.

Rows keep stop words so that a quoted phrase is found as written; queries drop them outside quotes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex  # type: ignore[import-untyped]

from explorer.words.stemming import stem

SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30FC"
"""Scripts without spaces between words (Korean has them, but glues particles on); U+30FC is a vowel mark."""
_INSIDE = r"\u00AD\u200C\u200D"
"""Soft hyphens and joiners: invisible, and part of the word they stand in."""
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC"
"""Scripts that have a space only where the end of a line became one."""
_WRAPPED = _UNSPACED + r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts in which the end of a line alone parts nothing."""
_WRAP = (
    rf"(?<=[{_WRAPPED}]\p{{M}}*)[ \t]*\n[ \t]*(?=[{_WRAPPED}])"
    rf"|(?<=[{_UNSPACED}]\p{{M}}*)\x20(?=[{_UNSPACED}])"
)
"""What stands in a run and does not part it."""
_LOW, _HIGH = "\u2080-\u2089", "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
"""Digits below the line (`CO₂`) and above it, which are part of a unit (`km²`) or refer to a note."""
_TOKEN = regex.compile(
    rf"(?P<run>[{SPACELESS}](?:[{SPACELESS}\p{{M}}]|{_WRAP})*)"
    r"|(?P<number>\d{1,3}(?:[,'’]\d{3})+(?!\d)(?:\.\d+)*|\d+(?:\.\d+)*"
    rf"|[{_LOW}]+|(?<=(?<!\p{{L}})[\p{{L}}--[{SPACELESS}]]{{1,2}})[{_HIGH}]+)"
    rf"|(?P<word>\p{{L}}(?:[\p{{L}}--[{SPACELESS}]]|\p{{M}}|[{_INSIDE}])*)"
    r"(?P<ending>['’](?:s|t|d|m|re|ve|ll)\b)?",
    regex.VERSION1 | regex.IGNORECASE,
)
CODE = "\u00b7"
"""What a code begins with as a term, and what keeps its numbers apart; no other term holds it."""
_LONGEST_CODE = 40
LONG_NUMBER = 10
"""A number of at least ten digits is found in its groups as well: 9783161484100 in 978-3-16-148410-0."""
_CODE = regex.compile(
    r"§?C+(?:[-\u2010-\u2013_/.&]+C+)*".replace("C", rf"[[\p{{L}}\d{_LOW}{_HIGH}]--[{SPACELESS}]]"),
    regex.VERSION1,
)
_BETWEEN = regex.compile(r"[-\u2010-\u2013_/&]+")
_SECTION = regex.compile(r"§\s+(?=\d)")
SIGN = r"[[\p{So}\p{Sc}\p{Sm}]--\p{ASCII}]"
"""A pattern of the module `regex`: one character that is looked for though no word holds it."""
_SIGNS = regex.compile(
    rf"(?<![\p{{L}}\d])\p{{L}}{{1,2}}(?:\+{{1,2}}|\#)(?![\p{{L}}\d+\#])|{SIGN}", regex.VERSION1
)
_SEPARATORS = str.maketrans("", "", ",'’")
_PIECE = regex.compile(r"\S+")
_WRAPS = regex.compile(_WRAP, regex.VERSION1)
_WIDE = str.maketrans("+#", "＋＃")
"""The tokeniser of FTS5 (`row`) would drop what is ASCII."""


class Token(NamedTuple):
    """A term and the characters `text[start:end]` it was made from."""

    term: str
    start: int
    end: int


def tokens(text: str, language: str | None = None) -> Iterator[Token]:
    """Every term of a text in order, with its place; codes are not among them.

    A run of a script without spaces gives each pair of neighbours and, last, its final character alone, so
    that the prefix search for one character finds it wherever in the run it stands.
    """
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "run":
            yield from _pairs(match.group(), start)
        elif kind == "number":
            yield Token(_number(match.group()), start, end)
        else:
            word = match.group("word")
            yield Token(stem(word, language), start, start + len(word))


def terms(text: str, language: str | None = None) -> list[str]:
    """The terms of a text, in order, stop words included, without codes."""
    return [term for piece in _unwrapped(text).split() for term in _piece_terms(piece, language)]


def row(text: str, language: str | None = None) -> list[str]:
    """The terms of a text as a keyword row holds them: `terms`, then each of its codes once.

    No term holds a space or a quotation mark. Besides letters, digits and combining marks a term may hold `.`
    (inside a number), so an FTS5 table of these rows wants the tokeniser `ascii` with `tokenchars '.'`.
    """
    return [*terms(text, language), *codes(text)]


def codes(text: str) -> list[str]:
    """The codes and signs of a text as terms, distinct, in order: "10-K" and "10K" are both `·10k`.

    What is written without spaces and holds a digit and a letter, hyphen, slash or paragraph sign is one, and
    so is each part between such signs that mixes letters and digits. A code ends where a script
    without spaces begins ("FY2018の業績").
    """
    if "§" in text:
        text = _SECTION.sub("§", text)
    return list(dict.fromkeys(code for piece in text.split() for code in _piece_codes(piece)))


def signs(text: str) -> Iterator[Token]:
    """Every sign of a text in order, as the term it has among its codes, with its place."""
    if not text.isascii() or "+" in text or "#" in text:
        for match in _SIGNS.finditer(text):
            term = CODE + match.group().casefold().translate(_WIDE)
            yield Token(term, *match.span())


@lru_cache(maxsize=65_536)
def _piece_terms(piece: str, language: str | None) -> tuple[str, ...]:
    """The terms of a piece without white space, which no term reaches over. Pieces repeat: this takes a tenth
    of the time of matching the whole text."""
    return tuple(token.term for token in tokens(piece, language))


@lru_cache(maxsize=65_536)
def _piece_codes(piece: str) -> tuple[str, ...]:
    if piece.isalpha():
        return ()
    found = []
    for match in _CODE.finditer(piece) if any(map(str.isdigit, piece)) else ():
        whole = unicodedata.normalize("NFKC", match.group()).casefold()
        parts = _BETWEEN.split(whole)
        if _is_code(whole, len(parts)):
            found.append(_run_together(parts))
        digits = "".join(parts)
        if len(parts) > 1 and len(digits) >= LONG_NUMBER and digits.isdecimal():
            found.append(digits)
        found += [part for part in parts if _is_code(part, 1)]
    written = [CODE + code for code in found if len(code) <= _LONGEST_CODE]
    return tuple(dict.fromkeys([*written, *(sign.term for sign in signs(piece))]))


def _run_together(parts: list[str]) -> str:
    """The parts as one, without what stood between them except where digits meet: 10-12 is not 101-2."""
    whole = parts[0]
    for part in parts[1:]:
        meet = whole[-1:].isdecimal() and part[:1].isdecimal()
        whole += CODE + part if meet else part
    return whole


def _is_code(text: str, parts: int) -> bool:
    has_digit = any(map(str.isdecimal, text))
    return has_digit and (parts > 1 or text.startswith("§") or any(map(str.isalpha, text)))


def query_tokens(text: str, language: str | None = None) -> list[Token]:
    """Every term of a query in order, with its place: like `tokens`, without the lone last characters of runs
    that have pairs. What a person typed with a space between is apart in every script."""
    return [
        Token(term, piece.start() + start, piece.start() + end)
        for piece in _PIECE.finditer(text)
        for term, start, end in _without_tails(list(tokens(piece.group(), language)))
    ]


def _without_tails(found: list[Token]) -> list[Token]:
    kept = []
    for position, token in enumerate(found):
        before = found[position - 1] if position else None
        is_tail = before is not None and is_spaceless(token.term) and before.start < token.start < before.end
        if not is_tail or len(token.term) > 1:
            kept.append(token)
    return kept


def phrase(text: str, language: str | None = None) -> tuple[str, ...]:
    """The terms of a text, in the order in which they must follow each other in a row that holds it.

    Where the last one `is_lone`, a row may hold it as the beginning of a pair.
    """
    found = terms(text, language)
    if len(found) > 1 and is_lone(found[-1]) and query_tokens(text)[-1].term != found[-1]:
        found.pop()  # the lone last character of a run, which goes on in the row
    return tuple(found)


def _unwrapped(text: str) -> str:
    """A text without what stands in its runs and does not part them."""
    if text.isascii() or not SPACELESS_CHARACTER.search(text):
        return text
    return str(_WRAPS.sub("", text))


def _pairs(run: str, offset: int) -> Iterator[Token]:
    places = [offset + i for i, character in enumerate(run) if not character.isspace()]
    written = "".join(run.split())
    for position in range(len(written) - 1):
        pair = unicodedata.normalize("NFKC", written[position : position + 2]).casefold()
        yield Token(pair.replace(" ", ""), places[position], places[position + 1] + 1)
    last = unicodedata.normalize("NFKC", written[-1]).casefold().replace(" ", "")
    yield Token(last, places[-1], places[-1] + 1)


@lru_cache(maxsize=65_536)
def _number(digits: str) -> str:
    plain = digits.translate(_SEPARATORS)
    if plain.isascii():
        return plain
    # A digit of a newer Unicode than Python's own stays as it is.
    return "".join(str(unicodedata.digit(c, c)) for c in plain)


SPACELESS_CHARACTER = regex.compile(rf"[{SPACELESS}]")


@lru_cache(maxsize=8_192)
def is_spaceless(term: str) -> bool:
    """Whether a term begins with a character of a script without spaces."""
    return SPACELESS_CHARACTER.match(term) is not None


def is_lone(term: str) -> bool:
    """Whether a term is a single character of a script without spaces: where its run goes on, rows hold it as
    the beginning of a pair."""
    return len(term) == 1 and is_spaceless(term)
