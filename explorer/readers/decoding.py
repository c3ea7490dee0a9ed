"""Bytes of text in an unknown encoding → characters.

Order: byte order mark, UTF-8, UTF-16/32 without a mark (by where the zero bytes stand), then
charset-normalizer on a bounded sample, whose answer is checked against Windows-1252, by far the most common
8-bit encoding of Latin text and one that statistics on short texts often miss.
"""

from __future__ import annotations

import codecs
import logging
import re
import unicodedata

SAMPLE_BYTES = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x1c-\x1e\x85]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "utf-8-sig": "utf-8",
}
"""Labels that stand for a larger encoding (encoding.spec.whatwg.org, "Names and labels")."""
_OF_DOCUMENTS = re.compile(
    r"utf-8|cp125\d|cp437|cp85\d|cp86\d|cp874|cp932|cp949|cp950|iso8859-\d+|tis-620|koi8-[rut]|mac-\w+"
    r"|big5\w*|gb18030|hz|euc_\w+|shift_jis\w*|johab|iso2022_\w+"
)
_CONTROL_SHARE = 0.01
"""More control bytes than this, and it is not text."""


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str, int]:
    """`data` as text, the encoding that served, and how many characters could not be decoded.

    `encoding` is what the file declares. Files lie: a byte order mark counts more, and so does UTF-8 with
    letters beyond ASCII, which no other encoding looks like. The byte order mark is dropped.
    """
    found = text_encoding(data[:SAMPLE_BYTES], complete=len(data) <= SAMPLE_BYTES)
    is_certain = data.startswith(tuple(mark for mark, _ in _MARKS)) or (
        found == "utf-8" and not data[:SAMPLE_BYTES].isascii()
    )
    declared = declared_encoding(encoding) if encoding else None
    for candidate in (found, declared) if is_certain else (declared, found):
        if candidate is None:
            continue
        try:
            return data.decode(candidate).removeprefix("\ufeff"), candidate, 0
        except UnicodeDecodeError:
            continue
    # Mixed or cut: whatever fits the sample best, with the odd bytes shown as such.
    served = text_encoding(data[:SAMPLE_BYTES]) or "utf-8"
    text = data.decode(served, "replace").removeprefix("\ufeff")
    return text, served, text.count("\ufffd")


def declared_encoding(label: str) -> str | None:
    """The encoding that a document means by a label, as browsers take it; None for what none can be in.

    Python knows codecs that no document is written in and that hostile ones could name ("punycode" takes
    quadratic time, "unicode_escape" makes other text). A document whose declaration can be read as ASCII is
    not in UTF-16.
    """
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if _OF_DOCUMENTS.fullmatch(name) else None


def normal(text: str) -> str:
    """`text` as readers return it: composed (NFC), "\\n" at line ends, no control characters."""
    text = _LINE_ENDS.sub("\n", text)
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _SURROGATE.sub("\ufffd", text)))


def text_encoding(head: bytes, complete: bool = False) -> str | None:
    """The encoding of a text that begins with `head`, or None when it is not text.

    `complete` says that `head` is all there is; otherwise its last character may be cut.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\x00" in head:
        return _wide(head)
    if _is_utf8(head, complete):
        return "utf-8" if _is_clean(head) else None
    return _eight_bit(head) if _is_clean(head) else None


def _is_utf8(head: bytes, complete: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=complete)
    except UnicodeDecodeError:
        return False
    return True


def _is_clean(head: bytes) -> bool:
    return len(_CONTROL.findall(head)) <= len(head) * _CONTROL_SHARE


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: what decodes into the most ordinary text."""
    best, best_score = None, 0.9
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        try:
            text = head[: len(head) // width * width].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 2 * width:
                continue
            text = head[: error.start].decode(encoding)
        score = _ordinary(text) if _has_breaks(text) else 0.0
        if score > best_score:
            best, best_score = encoding, score
    return best


def _has_breaks(text: str) -> bool:
    """Spaces, line ends or East Asian punctuation, as every text of some length has them."""
    return len(text) < 20 or any(mark in text for mark in " \n、。，")


def _ordinary(text: str) -> float:
    """Share of characters that text is made of, less what betrays a wrong byte order."""
    if not text:
        return 0.0
    good = sum(mark.isprintable() or mark in "\t\n\r\f" for mark in text)
    spread = len({ord(mark) >> 8 for mark in text if ord(mark) > 0xFF})
    return (good - sum(mark == "\x00" for mark in text)) / len(text) - 0.02 * max(0, spread - 90)


def _eight_bit(head: bytes) -> str | None:
    """An 8-bit or East Asian encoding, by statistics; Windows-1252 where Latin text leaves a choice."""
    guesses = _guesses(head)
    if not _is_latin(head):
        return max(
            guesses, key=lambda name: guesses[name], default="cp1252" if _is_windows(head) else "latin-1"
        )
    latin = {name: score for name, score in guesses.items() if name in _LATIN}
    best = max(latin, key=lambda name: latin[name], default="cp1252")
    if latin.get("cp1252", -1.0) >= latin.get(best, -1.0) - _MARGIN:
        best = "cp1252"
    return best if best != "cp1252" or _is_windows(head) else "latin-1"


def _is_latin(head: bytes) -> bool:
    """Few of the letters are beyond ASCII, as in every language written in Latin letters."""
    high = sum(byte > 0x7F for byte in head)
    plain = sum(chr(byte).isalpha() for byte in head if byte < 0x80)
    return high < _LATIN_SHARE * (high + plain)


def _is_windows(head: bytes) -> bool:
    """None of the five bytes that Windows-1252 leaves undefined."""
    return not re.search(rb"[\x81\x8d\x8f\x90\x9d]", head)


def _guesses(head: bytes) -> dict[str, float]:
    """Encodings that fit, with how much the text then looks like a language (about 0 to 1).

    Those of old Macs come after all others: their letters are those of Windows, their capitals are not.
    """
    from charset_normalizer import from_bytes

    logging.getLogger("charset_normalizer").setLevel(logging.ERROR)
    guesses: dict[str, float] = {}
    for each in from_bytes(head):
        for name in (each.encoding, *each.could_be_from_charset):
            score = each.coherence - each.chaos - (0.2 if name.startswith("mac_") else 0.0)
            guesses[name] = max(score, guesses.get(name, -1.0))
    return guesses


_LATIN = frozenset(("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2"))
"""Encodings of Latin letters that are still met, and are no rarer variants of Windows-1252."""
_LATIN_SHARE = 0.35
_MARGIN = 0.02
