"""How often a question about the table of an annual report is answered, and how often rightly.

    python benchmarks/tables_asked.py [--wrong] [--none] [--looked-at | --not-looked-at]

The 1,668 questions of ../shared/data/tables/tatqa_dev.jsonl (TAT-QA, Zhu et al. 2021; its dev set) are
asked of `explorer.figures.answer`, each with its table and the text around it. Printed by type and origin of
the answer (table, text, both): the share answered, the share right of those answered, the share right of
all; for all tables, and for those that were looked at less while the rules were written: every second id.
Beside it a plain baseline: the row that has most words in common with the question, in the column of the
year that the question names, or else in its first.

What is right:
- Where the answer is a number: the same within the rounding of either as it is printed, of the same scale
  (thousand, million, percent ...). An amount that has its scale beside it ("$9.8 million") is the same as
  that amount in another scale (9,819 in thousands), within its rounding.
- Where it is words: one contained in the other, or four fifths of the words in common (F1) and the same
  figures. Function words are left out.
- Where it is several: each of them by these rules, in whatever order.
The sign does not count where the question itself calls the figure a decrease, a difference or a loss.
`--wrong` and `--none` list what is answered wrongly or not at all.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from explorer import figures  # noqa: E402

TABLES = HERE.parent.parent / "shared" / "data" / "tables" / "tatqa_dev.jsonl"
_ALIKE = 0.8
_FACTORS = {"": 1.0, "percent": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALE_WORDS = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "billion": 1e9,
}
_NUMBER = re.compile(
    r"(?P<open>[(\-−–])?\s*(?P<money>[$€£¥])?\s*(?P<open2>[(\-−–])?\s*(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*\)?\s*"
    r"(?P<percent>%|percent)?\s*(?P<scale>(?:thousand|million|billion|k|mn|bn|m|b)\b)?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d[\d,.]*\d|\d")
_FUNCTION_WORDS = "a an the of in on at by for to from with and as is are was were be due using because"
_SMALL = frozenset(_FUNCTION_WORDS.split())
_UNSIGNED = re.compile(r"\b(?:decreas|declin|reduc|differ|drop|fell|lower|less|loss|used in)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a way of answering gives: its text, and the scale of its amounts."""

    text: str
    scale: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is printed."""

    value: float
    step: float
    """What its last digit counts."""
    factor: float
    is_percent: bool
    has_scale: bool


Asked = dict[str, Any]
"""One line of the file."""
Way = Callable[[Asked], Answered | None]


def by_rule(asked: Asked) -> Answered | None:
    """`explorer.figures`."""
    found = figures.answer(asked["question"], asked["table"], asked["paragraphs"])
    return None if found is None else Answered(found.text, found.scale)


def plainly(asked: Asked) -> Answered | None:
    """The baseline: most words in common, the column of the year."""
    words = set(re.findall(r"\w+", asked["question"].lower()))
    table = asked["table"]
    row = max(table[1:], key=lambda one: len(words & set(re.findall(r"\w+", one[0].lower()))), default=None)
    if row is None:
        return None
    years = re.findall(r"(?:19|20)\d\d", asked["question"])
    column = next(
        (n for year in years for head in table[:3] for n, cell in enumerate(head) if n and year in cell), 1
    )
    text = row[column] if column < len(row) else ""
    around = " ".join([*asked["paragraphs"], *(cell for head in table[:3] for cell in head)]).lower()
    scale = next((word for word in ("thousand", "million", "billion") if f"in {word}s" in around), "")
    return Answered(text, "percent" if "%" in text else scale) if text else None


def amount(text: str, scale: str) -> Amount | None:
    """The number that a text is; None where it is none or more than one."""
    bare = re.sub(r"^(?:approximately|about|around|nearly|us)\s*", "", text.strip().lower()).rstrip(". ")
    found = _NUMBER.fullmatch(bare)
    if found is None:
        return None
    digits = found["digits"].replace(",", "")
    own = _SCALE_WORDS.get(found["scale"] or "", 0.0)
    value = float(digits) * (-1 if found["open"] or found["open2"] else 1)
    step = 10.0 ** -len(digits.partition(".")[2])
    is_percent = bool(found["percent"]) or scale == "percent"
    return Amount(value, step, own or _FACTORS.get(scale, 1.0), is_percent, bool(own))


def is_same(wanted: str, scale: str, got: str, got_scale: str, *, unsigned: bool = False) -> bool:
    """Whether one answer is right, by the rules above."""
    first, second = amount(wanted, scale), amount(got, got_scale)
    if first is not None and second is not None:
        return _same_amount(first, second, unsigned)
    one, other = _words(wanted), _words(got)
    shorter, longer = sorted((" ".join(one), " ".join(other)), key=len)
    if shorter and f" {shorter} " in f" {longer} ":
        return True
    common = sum((Counter(one) & Counter(other)).values())
    return _figures(wanted) == _figures(got) and 2 * common >= _ALIKE * (len(one) + len(other)) > 0


def _same_amount(first: Amount, second: Amount, unsigned: bool) -> bool:
    if first.is_percent != second.is_percent:
        return False
    if first.factor != second.factor and not (first.has_scale or second.has_scale):
        return False
    one, other = first.value * first.factor, second.value * second.factor
    if unsigned:
        one, other = abs(one), abs(other)
    return abs(one - other) <= 0.51 * max(first.step * first.factor, second.step * second.factor)


def _figures(text: str) -> list[str]:
    return sorted(found.replace(",", "") for found in _FIGURES.findall(text))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text.lower().replace(",", "")) if word not in _SMALL]


def is_right(asked: Asked, got: Answered) -> bool:
    """Whether an answer is the one that people gave."""
    wanted = asked["answer"] if isinstance(asked["answer"], list) else [asked["answer"]]
    scale = "" if asked["type"] == "count" else asked["scale"]
    unsigned = bool(_UNSIGNED.search(asked["question"]))
    if len(wanted) == 1:
        return is_same(str(wanted[0]), scale, got.text, got.scale, unsigned=unsigned)
    parts = got.text.split("; ")
    for one in wanted:
        found = next((part for part in parts if is_same(str(one), scale, part, got.scale)), None)
        if found is None:
            return False
        parts.remove(found)
    return not parts


def measure(rows: Sequence[Asked], way: Way, listed: Callable[[Asked, Answered | None, bool], None]) -> None:
    """Prints the shares of one way of answering."""
    total: Counter[tuple[str, str]] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for asked in rows:
        got = way(asked)
        is_ok = got is not None and is_right(asked, got)
        listed(asked, got, is_ok)
        for key in ((asked["type"], asked["from"]), (asked["type"], "all"), ("all", "all")):
            total[key] += 1
            answered[key] += got is not None
            right[key] += is_ok
    print(f"{'type':12}{'origin':12}{'questions':>9}{'answered':>10}{'right of answered':>19}{'of all':>8}")
    for key in sorted(total, key=lambda one: (one[0] == "all", one[0], one[1] == "all", one[1])):
        of_answered = right[key] / max(answered[key], 1)
        print(
            f"{key[0]:12}{key[1]:12}{total[key]:9}{answered[key] / total[key]:10.2f}{of_answered:19.3f}"
            f"{right[key] / total[key]:8.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--none", action="store_true")
    half = parser.add_mutually_exclusive_group()
    half.add_argument("--looked-at", action="store_true")
    half.add_argument("--not-looked-at", action="store_true")
    chosen = parser.parse_args()

    def listed(asked: Asked, got: Answered | None, is_ok: bool) -> None:
        if (chosen.none and got is None) or (chosen.wrong and got is not None and not is_ok):
            said = "nothing" if got is None else f"{got.text!r} {got.scale}"
            print(
                asked["type"],
                asked["from"],
                "|",
                asked["question"],
                "|",
                asked["answer"],
                asked["scale"],
                end="",
            )
            print(" |", asked["derivation"], "| got", said)

    with TABLES.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    ids = sorted({one["table_id"] for one in rows})
    halves = {"looked at": set(ids[::2]), "not looked at": set(ids[1::2])}
    wanted = ["looked at"] * chosen.looked_at + ["not looked at"] * chosen.not_looked_at
    for name in wanted or ["all", "not looked at"]:
        asked = [one for one in rows if one["table_id"] in halves.get(name, ids)]
        for title, way in (("explorer.figures", by_rule), ("baseline", plainly)):
            print(f"\n{title}, tables: {name}")
            measure(asked, way, listed if way is by_rule else lambda *_: None)


if __name__ == "__main__":
    main()
