"""What an answer turned out to be, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal

from explorer.types import Citation, Hit, MadeFrom

AnswerKind = Literal["quotes", "model", "composed", "none"]

NOTHING_FITS = "Nothing in these documents answers this. The nearest passages may still help."
NOTHING_THERE = "There is no text to answer from: no document is in the library or in what you chose."


@dataclass(frozen=True, slots=True)
class FinishedAnswer:
    """What an answer turned out to be. `shown`: ids of the documents a language model was given text of."""

    text: str
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    found: bool = False
    kind: AnswerKind = "none"
    shown: tuple[str, ...] = ()
    material: MadeFrom | None = None
    support: float = 0.0
    facts: tuple[str, ...] = ()
    """What the program told a language model of the library: it counts where sentences are checked."""
    own: tuple[tuple[int, int], ...] = ()
    """Where in the text the program speaks beside a language model: not checked."""


Stream = Generator[str, None, FinishedAnswer]
"""The pieces of an answer, and at the end what it turned out to be."""


@dataclass
class AnswerStep:
    """How far an answer is that is being made."""

    step: str = ""
    """What it is doing where that takes long, such as "Reading part 3 of 7"; else ""."""
    cited: Callable[[], tuple[Citation, ...]] = tuple
    """Gives what a language model's words have cited."""
