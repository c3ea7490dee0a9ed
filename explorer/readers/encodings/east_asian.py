"""What text costs in the East Asian encodings, whose characters take two bytes or more: see `code_pages`."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache

from explorer.readers.encodings.letters import CHINESE, CHINESE_OF_TAIWAN, JAPANESE

_LOST = 15.0
_COMMON, _KNOWN, _RARE, _STRANGE = 5.0, 7.5, 11.0, 13.0
"""A character of the language's common ones, of its first level, of its second, of none."""
_KANA, _HALF_KANA, _HANGUL = 4.0, 4.5, 6.0
_HALF_BESIDE_LETTERS = re.compile("[A-Za-z][\uff61-\uff9f]|[\uff61-\uff9f](?=[A-Za-z])")
_BESIDE_LETTERS = 3.0
"""What a narrow character beside a letter of ASCII costs: so accented letters look in Shift-JIS."""
_MARKS = dict.fromkeys("、。，！？：；「」『』（）《》・ー々〒　“”…—", 4.0)
_WIDE = 6.5
"""Letters and digits as wide as a character."""
_LEVEL_1 = {"gb18030": ("gb2312", 0xD7), "cp950": ("big5", 0xC6), "cp932": ("euc_jp", 0xCF)}
"""Encoding → one in which the first byte tells the level of a character, and the last such byte of
level 1."""
_COMMON_IN = {
    "gb18030": frozenset(CHINESE),
    "cp950": frozenset(CHINESE_OF_TAIWAN),
    "cp932": frozenset(JAPANESE),
}
_RARITY = {"gb18030": 1.0, "cp932": 1.0, "cp950": 2.0, "cp949": 2.0, "euc_jp": 3.0}


def costs(data: bytes, *, is_cut: bool) -> Iterator[tuple[str, float]]:
    """Each of the encodings with what `data` costs in it. `is_cut`: its end may be within a character."""
    for name, rarity in _RARITY.items():
        decoder = codecs.getincrementaldecoder(name)("replace")
        text = decoder.decode(data, final=not is_cut)
        kind = "cp932" if name == "euc_jp" else name
        beside = _BESIDE_LETTERS * len(_HALF_BESIDE_LETTERS.findall(text))
        yield name, rarity + beside + sum(_cost(mark, kind) for mark in text if mark > "\x7f")


@cache
def _cost(mark: str, name: str) -> float:  # noqa: PLR0911  one a kind of character
    if mark == "\ufffd":
        return _LOST
    if mark in _MARKS:
        return _MARKS[mark]
    if "\uff01" <= mark <= "\uff5e":
        return _WIDE
    if name == "cp949":
        return _korean(mark)
    if name == "cp932" and "\u3041" <= mark <= "\u30fe":
        return _KANA
    if name == "cp932" and "\uff61" <= mark <= "\uff9f":
        return _HALF_KANA
    if mark in _COMMON_IN[name]:
        return _COMMON
    base, last = _LEVEL_1[name]
    try:
        first = mark.encode(base)[0]
    except UnicodeEncodeError:
        return _STRANGE
    if not "\u4e00" <= mark <= "\u9fff":
        return _RARE
    return _KNOWN if first <= last else _RARE


def _korean(mark: str) -> float:
    if not "\uac00" <= mark <= "\ud7a3":
        return _RARE
    try:
        mark.encode("euc_kr")
    except UnicodeEncodeError:  # no syllable of the Korean standard
        return _STRANGE
    return _HANGUL
