"""What a cell prints, as an amount: its number, its sign, its currency, whether it is a percentage."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCALES = {
    "thousand": 1e3, "thousands": 1e3, "k": 1e3, "000": 1e3, "tsd": 1e3, "tausend": 1e3, "milliers": 1e3,
    "million": 1e6, "millions": 1e6, "m": 1e6, "mn": 1e6, "mm": 1e6, "mio": 1e6, "millionen": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "b": 1e9, "mrd": 1e9, "milliarden": 1e9, "milliards": 1e9,
}  # fmt: skip
SCALE_NAMES = {1e3: "thousand", 1e6: "million", 1e9: "billion"}

_CURRENCY = r"(?:US|C|A|HK|NZ|S|R)?[$€£¥₹₩]|(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|RMB|CNY|Rs\.?)(?![a-z])"
_NOTE = re.compile(r"(?<=[\d%)])\s*(?:\(\d{1,2}\)|\[\d{1,2}\]|\(?[a-z]\)|[*†‡]+)\s*$")
_CELL = re.compile(
    rf"(?P<open>[(\[])?\s*(?P<sign>[-+−–])?\s*(?P<currency>{_CURRENCY})?\s*(?P<open2>[(\[])?\s*(?P<sign2>[-+−–])?\s*"
    r"(?P<number>\d{1,3}(?: \d{3})+(?:,\d+)?(?!\d)|\d[\d,.'’\u00a0\u202f]*|\.\d+)\s*"
    r"(?P<percent>%|percent\b|per cent\b)?\s*"
    r"(?P<scale>thousands?|millions?|billions?|mn|bn|m|k)?\s*(?P<close>[)\]])?\s*(?P<percent2>%)?"
    rf"\s*(?P<currency2>{_CURRENCY})?\s*(?P<close2>[)\]])?(?:\s*(?:pts?|bps?|x|pp|p)\b)?",
    re.IGNORECASE,
)
_NOTHING = re.compile(rf"(?:{_CURRENCY})?\s*[(]?[-–—−]+[)]?\s*%?|nil|none", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellAmount:
    """A number as it is printed, before any scale that the table names."""

    value: float
    """Negative where it stands in parentheses or has a minus; 0 for a dash."""
    is_percent: bool = False
    currency: str = ""
    scale: str = ""
    """"million" and the like where the cell itself says so."""
    decimals: int = 0
    is_blank: bool = False
    """Whether a dash or the like stands for it."""


def amount(cell: str) -> CellAmount | None:
    """The amount that a cell holds and nothing besides; None for words, dates and empty cells."""
    bare = _NOTE.sub("", cell.strip()) if len(cell) < 60 else ""
    if not bare:
        return None
    if _NOTHING.fullmatch(bare):
        return CellAmount(0.0, is_blank=True)
    found = _CELL.fullmatch(bare)
    if found is None:
        return None
    number = number_of(found["number"])
    if number is None or _is_measure(found):
        return None
    is_negative = bool((found["open"] or found["open2"]) and (found["close"] or found["close2"]))
    is_negative |= (found["sign"] or found["sign2"] or "") in {"-", "−", "–"} and bool(
        found["sign"] or found["sign2"]
    )
    scale = _SCALES.get((found["scale"] or "").lower(), 1.0)
    return CellAmount(
        value=-number if is_negative else number,
        is_percent=bool(found["percent"] or found["percent2"]),
        currency=(found["currency"] or found["currency2"] or "").upper(),
        scale=SCALE_NAMES.get(scale, ""),
        decimals=len(found["number"].rpartition(".")[2]) if "." in found["number"] else 0,
    )


def _is_measure(found: re.Match[str]) -> bool:
    """Whether an m apart from the number is metres and no scale: "8 m" is a length; "$8 m", "8m" and "8 M"
    are millions."""
    is_apart = found["scale"] == "m" and found[0][found.start("scale") - 1].isspace()
    return is_apart and not (found["currency"] or found["currency2"])


def number_of(digits: str) -> float | None:
    """The number that digits with separators stand for: "1,234.5", "1.234,5", "1 234". None where it is none.

    A comma followed by three digits parts thousands; one followed by one or two is a decimal comma.
    """
    bare = re.sub(r"[\s'’\u00a0\u202f]", "", digits).rstrip(".,")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}", bare):
        bare = bare.replace(",", ".")
    else:
        bare = bare.replace(",", "")
    try:
        return float(bare)
    except ValueError:
        return None


_SCALE_IN = re.compile(
    r"\bin\s+(?:[^\s,;:.()]+\s+){0,3}?(?P<word>thousands?|millions?|billions?|mio|mrd|tsd|millionen|milliers|"
    r"milliards|milliarden|tausend)\b"
    r"|\(\s*(?:[^\s()]+\s+){0,3}?(?P<bracket>thousands?|millions?|billions?)\b"
    r"|(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF|JPY|RMB|CAD|AUD|DKK|SEK|NOK))\s?['’‘]?(?P<short>000s?|k|mn|m|"
    r"bn|b|millions?|thousands?)(?![a-z0-9])"
    r"|(?<!\d)(?P<zeros>['’‘]000s?)(?!\d)"
    r"|(?:^|[\s(])(?:[$€£¥]|USD|EUR|GBP|dollars|euros?)?\s?(?P<bare>millions?|thousands?|"
    r"billions?)\s*(?:$|[),;]|of\b)",
    re.IGNORECASE,
)


_SAID_IN = re.compile(
    r"\bin\s+(?:[^\s,;:.()]+\s+){0,2}?(?P<word>thousands|millions|billions|millionen|tausend|"
    r"milliers|milliards)\b"
    r"|[$€£¥]\s?['’](?P<short>000s?)",
    re.IGNORECASE,
)


def scale_said(text: str) -> str | None:
    """The scale that a sentence says a table is in ("in thousands"), which one amount in it does not tell."""
    found = _SAID_IN.search(text)
    return scale_in(found.group()) if found else None


def scale_in(text: str) -> str | None:
    """The scale that a head or a sentence names ("in millions", "$m", "’000"): its name, or None."""
    for found in _SCALE_IN.finditer(text):
        word = next(part for part in found.groups() if part).lower().strip("'’‘").removesuffix(".")
        factor = _SCALES.get(word) or _SCALES.get(word.rstrip("s"))
        if factor:
            return SCALE_NAMES[factor]
    return None
