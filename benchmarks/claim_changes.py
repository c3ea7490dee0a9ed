"""Sentences of real documents, each with one thing in it made wrong, or said in other words and still right.

Every change is drawn by a seeded `random.Random`, so that a run can be repeated. None of it uses the engine:
what is found must not be found by the rules that made it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n\s*\n|\n(?=[•|])")
_NUMBER = re.compile(r"(?<![\w.,/-])\$?\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w,/-]|\.\d)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})\b")
_UNITS = (
    ("million", "billion"), ("billion", "million"), ("thousand", "million"), ("%", " basis points"),
    ("$", "€"),
    ("years", "months"), ("months", "years"), ("days", "weeks"), ("weeks", "days"), ("hours", "minutes"),
)  # fmt: skip
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has been|have been|will|can|may|did|does|do|should|could|would)\b(?! not\b)"
)
_NEGATION = re.compile(
    r"\b(is|are|was|were|has|have|will|can|may|did|does|do|should|could|would) not\b|\bcannot\b"
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,}|[A-Z][A-Za-z&.]+)(?: (?:[A-Z][a-z]+|[A-Z]{2,}))*(?![\w])")
_NO_NAMES = frozenset(
    (*_MONTHS, "Note", "Item", "Part", "Table", "Section", "Company", "Board", "The", "Annual", "Report")
)
OTHER_NAMES = (
    "Siemens", "Barcelona", "Katherine Holloway", "Ericsson", "Nordstrom", "Peru", "Halliburton", "Winnipeg",
    "Marcus Feldman", "Danone", "Bangladesh", "Thorvald Lindqvist", "Petrobras", "Montana", "Kyushu",
)  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """A sentence and what was made of it; `passages` have the sentence as it stands in its document."""

    kind: str
    sentence: str
    claim: str
    passages: tuple[str, ...]


def sentences_of(text: str) -> list[str]:
    """Whole sentences of 8 to 50 words on one or several lines, with the spaces of print made single."""
    found = []
    for piece in SENTENCE.split(text):
        plain = " ".join(piece.split())
        is_prose = plain[:1].isupper() and plain.endswith(".") and "|" not in plain and ".." not in plain
        if is_prose and 8 <= len(plain.split()) <= 50:
            found.append(plain)
    return found


def changes(sentence: str, chance: random.Random) -> dict[str, str]:
    """Wrong versions of a sentence by kind of change: those for which it offers a place."""
    made: dict[str, Callable[[str, random.Random], str | None]] = {
        "figure": _figure, "name": _name, "unit": _unit, "date": _date, "negation": _negation,
    }  # fmt: skip
    found = {kind: make(sentence, chance) for kind, make in made.items()}
    return {kind: text for kind, text in found.items() if text is not None and text != sentence}


def _pick(pattern: re.Pattern[str], sentence: str, chance: random.Random) -> re.Match[str] | None:
    matches = list(pattern.finditer(sentence))
    return chance.choice(matches) if matches else None


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


def _figure(sentence: str, chance: random.Random) -> str | None:
    matches = [
        m for m in _NUMBER.finditer(sentence) if not _YEAR.fullmatch(m.group()) and not _in_date(sentence, m)
    ]
    if not matches:
        return None
    match = chance.choice(matches)
    digits = [i for i, c in enumerate(match.group()) if c.isdigit()]
    at = chance.choice(digits)
    old = match.group()[at]
    new = chance.choice([d for d in "123456789" if d != old])
    return _put(sentence, match, match.group()[:at] + new + match.group()[at + 1 :])


def _in_date(sentence: str, match: re.Match[str]) -> bool:
    return any(d.start() <= match.start() < d.end() for d in _DATE.finditer(sentence))


def _name(sentence: str, chance: random.Random) -> str | None:
    matches = [m for m in _NAME.finditer(sentence) if not set(m.group().split()) & _NO_NAMES]
    if not matches:
        return None
    return _put(sentence, chance.choice(matches), chance.choice(OTHER_NAMES))


def _unit(sentence: str, chance: random.Random) -> str | None:
    offered = []
    for old, new in _UNITS:
        if old == "$":
            offered += [(m, new) for m in re.finditer(r"\$(?=\d)", sentence)]
        else:
            ending = "" if old == "%" else r"\b"
            offered += [
                (m, new) for m in re.finditer(rf"(?<=\d){'' if old == '%' else ' '}{old}{ending}", sentence)
            ]
    if not offered:
        return None
    match, new = chance.choice(offered)
    return _put(sentence, match, f" {new}" if match.group().startswith(" ") else new)


def _date(sentence: str, chance: random.Random) -> str | None:
    day = _pick(_DATE, sentence, chance)
    year = _pick(_YEAR, sentence, chance)
    if day is None and year is None:
        return None
    if day is not None and (year is None or chance.random() < 0.5):
        if chance.random() < 0.5:
            other = chance.choice([m for m in _MONTHS if m != day.group(1)])
            return _put(sentence, day, f"{other} {day.group(2)}")
        other = str(chance.choice([d for d in range(1, 29) if str(d) != day.group(2)]))
        return _put(sentence, day, f"{day.group(1)} {other}")
    assert year is not None
    return _put(sentence, year, str(int(year.group()) + chance.choice([-3, -2, -1, 1, 2, 3])))


def _negation(sentence: str, chance: random.Random) -> str | None:
    denied = _pick(_NEGATION, sentence, chance)
    if denied is not None and chance.random() < 0.6:
        return _put(sentence, denied, denied.group(1) or "can")
    stated = _pick(_AUXILIARY, sentence, chance)
    return None if stated is None else _put(sentence, stated, f"{stated.group()} not")


_SAME = (
    (r"\bincreased\b", "rose"),
    (r"\bdecreased\b", "fell"),
    (r"\bapproximately\b", "about"),
    (r"\bfiscal (20\d\d)\b", r"FY\1"),
    (r"\bFY ?(20\d\d)\b", r"fiscal \1"),
    (r"\$(\d+),(\d)00 million\b", r"$\1.\2bn"),
    (r"\$([\d.]+) billion\b", r"$\1bn"),
    (r"\$([\d.,]+) million\b", r"US$ \1m"), (r"(\d)%", r"\1 percent"), (r"\bfirst quarter\b", "Q1"),
    (r"\bsecond quarter\b", "Q2"), (r"\bthird quarter\b", "Q3"), (r"\bfourth quarter\b", "Q4"),
    (rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}}), (20\d\d)\b", r"\2 \1 \3"), (r"\bpurchase\b", "acquisition"),
    (r"\bprimarily\b", "mainly"),
    (r"\bin addition to\b", "besides"),
    (r"\bprior to\b", "before"),
    (r"\bdid not\b", "didn't"),
    (r"\brelated to\b", "in connection with"),
    (r"\bobtain\b", "get"),
    (r"\brequire\b", "call for"),
    (r"\bassist\b", "help"),
    (r"\butili[sz]e\b", "use"), (r"\badditional\b", "further"), (r"\bsignificant\b", "considerable"),
)  # fmt: skip
_OPENING = re.compile(r"^((?:In|During|On|As of|For|At) [^,]{3,40}\d), (.+)\.$")


def paraphrases(sentence: str, chance: random.Random) -> list[str]:
    """Right versions of a sentence: one or two of its phrases in other words, or its beginning put last."""
    offered = [(pattern, new) for pattern, new in _SAME if re.search(pattern, sentence)]
    found = []
    if offered:
        text = sentence
        for pattern, new in chance.sample(offered, min(2, len(offered))):
            text = re.sub(pattern, new, text, count=1)
        found.append(text)
    opening = _OPENING.match(sentence)
    if opening:
        first = opening.group(1)
        found.append(f"{opening.group(2)[0].upper()}{opening.group(2)[1:]} {first[0].lower()}{first[1:]}.")
    rounded = re.search(r"\$(\d{1,3}),(\d)(\d)\d million\b", sentence)
    if rounded and rounded.group(3) != "5":
        tenth = int(rounded.group(2)) + (int(rounded.group(3)) >= 5)
        whole, tenth = int(rounded.group(1)) + tenth // 10, tenth % 10
        found.append(_put(sentence, rounded, f"${whole}.{tenth} billion"))
    return found


def passage_with(page: str, sentence: str, size: int = 1000) -> str | None:
    """About `size` characters of a page around a sentence, cut where words end."""
    words = re.escape(sentence).replace(r"\ ", r"\s+")
    match = re.search(words, page)
    if match is None:
        return None
    room = max(0, size - (match.end() - match.start())) // 2
    start, end = max(0, match.start() - room), min(len(page), match.end() + room)
    start = page.rfind(" ", 0, start) + 1 if start else 0
    return page[start:end]


def draw(pages: Sequence[str], number: int, seed: int) -> tuple[list[Changed], list[Changed]]:
    """(wrong ones, right ones): `number` changed sentences, the kinds in turn, no sentence twice; and, for
    each, the sentence as it is and its paraphrases. Each has two more passages, from elsewhere."""
    chance = random.Random(seed)
    wrong, right, seen = list[Changed](), list[Changed](), set[str]()
    kinds = ["figure", "name", "unit", "date", "negation"]
    places = [(n, s) for n, page in enumerate(pages) for s in sentences_of(page)]
    chance.shuffle(places)
    for page, sentence in places:
        wanted = kinds[len(wrong) % len(kinds)]
        passage = None if sentence in seen else passage_with(pages[page], sentence)
        made = changes(sentence, chance) if passage else {}
        if passage is None or wanted not in made:
            continue
        seen.add(sentence)
        others = [pages[chance.randrange(len(pages))][:1000] for _ in range(2)]
        passages = [passage, *others]
        chance.shuffle(passages)
        wrong.append(Changed(wanted, sentence, made[wanted], tuple(passages)))
        right.append(Changed("as it is", sentence, sentence, tuple(passages)))
        right += [
            Changed("in other words", sentence, p, tuple(passages)) for p in paraphrases(sentence, chance)
        ]
        if len(wrong) == number:
            break
    return wrong, right
