"""How much fits into one request to a language model: tokens, counted with care, and what is given first.

Which tokens a model makes of a text is known to its server alone, so texts are counted from above. Of 749
pages and passages (filings, papers, sheets, several scripts), the tokenizers of Claude and Mistral made .65
and .73 of the tokens that are counted in the median, .97 at the 95th percentile and 1.15 at most; what is
kept for the answer makes up for that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from explorer.chat.model import ChatModel
from explorer.chat.told.given import Given
from explorer.chunking.units import units_of

DEFAULT_CONTEXT = 4_096
"""Tokens of a model of which nothing is known: what servers at home give one by default."""
MOST_FOUND = 16_384
"""Tokens that are used of a context that a server tells: more makes answers slow and dear, and hardly better.
Who sets a context is taken at their word."""
_ANSWER, _MOST_ANSWER = 0.2, 1_024
"""Which share of the context is kept for the answer, at most 1,024 tokens."""
_HISTORY = 0.15
_SHORTEST = 40
"""A passage is not shortened to fewer tokens than these: a sentence or two."""
_LINE_FRAME = 6
"""What a line of the program takes beside its text: its number and its end."""
_PIECES = re.compile(r"[A-Za-z]+|[0-9]+|[^\W\d_]+|\s+|[^\w\s]+|[\W_\d]", re.UNICODE)
_SPLIT, _FAR = 0x0900, 0x2E80
"""From here on in Unicode stand the scripts of India and South-East Asia, whose letters are up to two tokens;
and those of East Asia with signs of up to three."""


def context_of(chat: ChatModel) -> int:
    """Tokens that a model takes with its answer: as somebody set them, as its server tells, else
    `DEFAULT_CONTEXT`. Raises ChatError where the server cannot be asked."""
    if chat.context:
        return chat.context
    told = chat.told_context()
    return min(told, MOST_FOUND) if told else DEFAULT_CONTEXT


def tokens(text: str) -> int:
    """How many tokens a model makes of a text, at most: an estimate from above."""
    return sum(_of_piece(match.group()) for match in _PIECES.finditer(text))


def _of_piece(piece: str) -> int:
    first = piece[0]
    if first.isascii() and first.isalpha():
        return -(-len(piece) * 2 // 7)
    if first.isdigit():
        return len(piece)
    if first.isspace():
        return piece.count("\n") + -(-(len(piece) - 1) // 4)
    if first.isalpha():
        return sum(2 if ord(letter) >= _SPLIT else 1 for letter in piece)
    return sum(
        3 * size if ord(sign) >= _FAR else 2 * size if not sign.isascii() else -(-size // 2)
        for sign, size in ((sign, len(list(run))) for sign, run in groupby(piece))
    )


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """The tokens of one request and its answer."""

    context: int = DEFAULT_CONTEXT

    @property
    def prompt(self) -> int:
        """Tokens of everything that is sent."""
        return self.context - min(int(_ANSWER * self.context), _MOST_ANSWER)

    @property
    def history(self) -> int:
        """Tokens of the questions and answers before."""
        return int(_HISTORY * self.context)

    @property
    def half(self) -> TokenBudget:
        return TokenBudget(self.context // 2)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What there is room for, the best first, and what there is not."""

    given: tuple[Given, ...] = ()
    left_out: tuple[Given, ...] = field(default=())


def fit(sources: Sequence[Given], room: int, frame: int) -> Fitted:
    """The best of `sources`, the best first, in at most `room` tokens, of which each takes `frame` beside its
    text. One that is too long for what is left is shortened to whole sentences, or left out."""
    kept: list[Given] = []
    left_out: list[Given] = []
    for one in sources:
        cost = _cost(one, frame)
        shown: Given | None = one
        if cost > room:
            shown = shortened(one, room - frame - tokens(one.heading))
        if shown is None:
            left_out.append(one)
            continue
        room -= _cost(shown, frame)
        kept.append(shown)
    return Fitted(tuple(kept), tuple(left_out))


def _cost(one: Given, frame: int) -> int:
    return (_LINE_FRAME if one.is_program else frame) + tokens(one.heading) + tokens(one.text)


def shortened(one: Given, room: int) -> Given | None:
    """A passage with as many whole sentences as fit, from where its chunk begins; None where not even a few
    words do, and for what is no running text: half a table says something else."""
    if one.hit is None or one.is_table or room < _SHORTEST:
        return None
    passage, chunk = one.hit.passage, one.hit.chunk
    units = [(unit.start, unit.end) for unit in units_of(passage.text, 0, len(passage.text))]
    within = [place for place, (_, end) in enumerate(units) if end > chunk.start - passage.start]
    first = within[0] if within else 0
    last = None
    for _, end in units[first:]:
        if tokens(passage.text[units[first][0] : end]) > room:
            break
        last = end
    if last is None:
        return None
    start = units[first][0]
    shorter = replace(
        passage, start=passage.start + start, end=passage.start + last, text=passage.text[start:last]
    )
    return replace(one, hit=replace(one.hit, passage=shorter), text=shorter.text)
