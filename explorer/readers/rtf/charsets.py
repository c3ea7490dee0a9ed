"""Which characters the bytes of an RTF file stand for: its code page, and those of its fonts.

A font states a character set of its own (`\\fcharset204` is Cyrillic), which counts for the text in that font
whatever code page the file has (`\\ansicpg1252`). Numbers by Microsoft's specification of the format.
"""

from __future__ import annotations

import codecs

_CHARSETS = {
    77: "mac_roman", 78: "shift_jis", 79: "euc_kr", 80: "gb2312", 81: "big5", 83: "cp1255", 84: "mac_arabic",
    85: "mac_greek", 86: "mac_turkish", 87: "cp874", 88: "mac_latin2", 89: "mac_cyrillic", 128: "cp932",
    129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 179: "cp1256", 180: "cp1256", 181: "cp1255", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""`\\fcharset` → Python's name. 0 is Western, 1 the file's own, 2 means symbols."""
_PAGES = {
    936: "gbk", 1361: "johab", 10000: "mac_roman", 10001: "shift_jis", 10002: "big5", 10003: "euc_kr",
    10006: "mac_greek", 10007: "mac_cyrillic", 10008: "gb2312", 10029: "mac_latin2", 10081: "mac_turkish",
    20127: "ascii", 20866: "koi8_r", 21866: "koi8_u", 54936: "gb18030", 65001: "utf-8",
    **{28590 + part: f"iso8859-{part}" for part in range(1, 17) if part != 12},
}  # fmt: skip
WESTERN = "cp1252"
OF_FILE = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
"""Control words at the file's head that say which character set it is in."""
_WESTERN_CHARSETS = (0, 2)


def of_page(number: int) -> str | None:
    """Python's name of a code page; None for one that it does not know."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


class Fonts:
    """The character sets of a file and its fonts, as its head states them."""

    def __init__(self) -> None:
        self.of_file = WESTERN
        self.usual: int | None = None
        """The font of text that states none."""
        self._stated: dict[int, str | None] = {}
        """Font → its character set; None for the Western one, the file's own where the font says nothing."""

    def state(self, font: int, charset: int) -> None:
        """Takes `\\fcharset` of a font."""
        if charset in _WESTERN_CHARSETS:
            self._stated.setdefault(font, None)
        elif name := _CHARSETS.get(charset):
            self._stated[font] = name

    def state_page(self, font: int, number: int) -> None:
        """Takes `\\cpg` of a font, which says more than its character set."""
        if name := of_page(number):
            self._stated[font] = name

    def encoding(self, font: int | None) -> str:
        """The encoding of text in a font.

        A Western font in a file of another code page is taken at its word only where other fonts have that
        code page: programs that know no character sets call every font Western.
        """
        number = self.usual if font is None else font
        if number is None or number not in self._stated:
            return self.of_file
        stated = self._stated[number]
        if stated is not None:
            return stated
        return WESTERN if self.of_file in self._stated.values() else self.of_file
