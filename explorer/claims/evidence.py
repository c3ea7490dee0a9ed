"""How much of a claim each sentence of the passages holds, and which of its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from explorer.claims.parts import ClaimPart, StatedSentence
from explorer.claims.quantities import Quantity
from explorer.claims.sameness import compare
from explorer.claims.units import MEASURES, SCALES

TOGETHER = 3
"""At most three sentences that follow each other are looked at as one: what ends a line may end none."""
_FURTHER = 0.03
"""What each sentence more costs, as a share of the claim."""
_APART = 4
"""Two neighbours of the claim are together where at most four parts are between them."""
_NAMED = re.compile(
    r"(?:\b(?:in|en|of)\s|\()\s*(?:US|U\.S\.)?\s?(?:USD|EUR|euros?|dollars?|[$€£])?\s?"
    r"(thousands?|millions?|billions?|tausend|mio|millionen|mrd|milliarden|milliers)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%|\b(?:per ?cent|percentage|prozent|pourcent)", re.IGNORECASE)
NOTHING = "#"
"""The key of a figure that the claim has not."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences that follow each other: `first` and `last` count all sentences; `mask` has a bit for each
    distinct key of the claim that they hold."""

    first: int
    last: int
    mask: int
    share: float


@dataclass
class Evidence:
    """A claim's parts held against sentences. `keys` of the claim and `their_keys` of each sentence are alike
    where they say the same; `unsure` has the claim's figures whose unit no passage confirms. `names` and
    `plain` are the terms that passages have with a capital within a sentence, and in small letters."""

    claim: Sequence[ClaimPart]
    sentences: Sequence[StatedSentence]
    keys: list[str] = field(default_factory=list)
    their_keys: list[list[str]] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)
    masks: list[int] = field(default_factory=list)
    bits: dict[str, int] = field(default_factory=dict)
    weights: list[float] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)

    def share(self, mask: int) -> float:
        """How much of the claim the keys of a mask are, 0 to 1, by weight."""
        total = sum(self.weights)
        return sum(w for i, w in enumerate(self.weights) if mask >> i & 1) / total if total else 0.0

    def core(self, mask: int) -> float:
        """The same of its words and names: without figures, rising and falling, and function words. 1 for a
        claim that has no others."""
        total = sum(self._core.values())
        return sum(w for bit, w in self._core.items() if mask >> bit & 1) / total if total else 1.0

    @cached_property
    def _core(self) -> dict[int, float]:
        kept = (
            (key, part.weight)
            for key, part in zip(self.keys, self.claim, strict=True)
            if part.kind not in ("figure", "stop", "negation") and not part.term.startswith("±")
        )
        return {self.bits[key]: weight for key, weight in kept}

    def mask_of(self, keys: Iterable[str]) -> int:
        mask = 0
        for key in keys:
            bit = self.bits.get(key)
            if bit is not None:
                mask |= 1 << bit
        return mask

    @property
    def found(self) -> int:
        """The mask of all that any sentence holds."""
        mask = 0
        for one in self.masks:
            mask |= one
        return mask


def gather(
    claim: Sequence[ClaimPart], question: str, sentences: Sequence[StatedSentence], texts: Sequence[str]
) -> Evidence:
    """The claim held against every sentence. `texts` are the passages, whose scales bare figures take."""
    evidence = Evidence(claim, sentences)
    asked = named(question)
    around = [named(text) for text in texts]
    figures = _Figures(asked)
    evidence.keys += [figures.key(part) for part in claim]
    for key, part in zip(evidence.keys, claim, strict=True):
        if key not in evidence.bits:
            evidence.bits[key] = len(evidence.weights)
            evidence.weights.append(part.weight)
    for sentence in sentences:
        keys = [figures.their_key(part, around[sentence.passage]) for part in sentence.parts]
        evidence.their_keys.append(keys)
        evidence.masks.append(evidence.mask_of(keys))
        evidence.names.update(part.term for part in sentence.parts if part.kind == "name")
        evidence.plain.update(part.term for part in sentence.parts if part.kind == "word")
    evidence.unsure = figures.unsure - figures.certain
    return evidence


def named(text: str) -> frozenset[Decimal | str]:
    """The scales and units that a text names, for figures which have none of their own."""
    found: set[Decimal | str] = {SCALES[m.group(1).casefold()] for m in _NAMED.finditer(text)}
    if _PERCENT.search(text):
        found.add(MEASURES["%"])
    return frozenset(found)


class _Figures:
    """The figures of a claim, each with a key; equal ones share it. `certain` and `unsure` have the keys that
    passages were found to bear out, with and without the unit."""

    def __init__(self, asked: frozenset[Decimal | str]) -> None:
        self._asked = asked
        self._claimed: list[tuple[str, Quantity]] = []
        self.certain: set[str] = set()
        self.unsure: set[str] = set()

    def key(self, part: ClaimPart) -> str:
        """The key of a part of the claim: its term, if it is no figure."""
        if part.quantity is None:
            return part.term
        for key, other in self._claimed:
            if all(
                compare(one, another, self._asked, self._asked) == "same"
                for one, another in ((part.quantity, other), (other, part.quantity))
            ):
                return key
        key = f"{NOTHING}{len(self._claimed)}"
        self._claimed.append((key, part.quantity))
        self._claimed.sort(key=lambda one: one[1].step)  # 1,145 million is itself before it is 1.1 billion
        return key

    def their_key(self, part: ClaimPart, around: frozenset[Decimal | str]) -> str:
        """The key of a part of a passage that names `around`; `NOTHING` for a figure the claim has not."""
        if part.quantity is None:
            return part.term
        perhaps = NOTHING
        for key, claimed in self._claimed:
            match = compare(claimed, part.quantity, self._asked, around)
            if match == "same":
                self.certain.add(key)
                return key
            if match == "unsure" and perhaps == NOTHING:
                perhaps = key
        if perhaps != NOTHING:
            self.unsure.add(perhaps)
        return perhaps


def windows(evidence: Evidence) -> list[Window]:
    """Every run of up to `TOGETHER` sentences of one passage, the one that holds most of the claim first."""
    shares: dict[int, float] = {}
    found = []
    for first, sentence in enumerate(evidence.sentences):
        mask = 0
        for last in range(first, min(first + TOGETHER, len(evidence.sentences))):
            if evidence.sentences[last].passage != sentence.passage:
                break
            if last > first and not evidence.masks[last] & ~mask:
                continue
            mask |= evidence.masks[last]
            if mask not in shares:
                shares[mask] = evidence.share(mask)
            found.append(Window(first, last, mask, shares[mask]))
    # Which passage comes first decides nothing: the same sentences win in any order.
    found.sort(key=lambda w: (_FURTHER * (w.last - w.first) - w.share, evidence.their_keys[w.first]))
    return found


def paired(evidence: Evidence) -> float:
    """The share of the claim's neighbouring words that some sentence has near each other, 0 to 1."""
    content = [key for key, part in zip(evidence.keys, evidence.claim, strict=True) if part.kind != "stop"]
    wanted = {frozenset(pair) for pair in pairwise(content)}
    if not wanted:
        return 1.0
    found = set[frozenset[str]]()
    for sentence, keys in zip(evidence.sentences, evidence.their_keys, strict=True):
        own = [k for k, part in zip(keys, sentence.parts, strict=True) if part.kind != "stop"]
        own = [k if k in evidence.bits else "" for k in own]
        for at, key in enumerate(own):
            if key:
                found.update(frozenset((key, other)) for other in own[at + 1 : at + 1 + _APART] if other)
    return len(wanted & found) / len(wanted)
