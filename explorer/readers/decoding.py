"""Bytes of text in an unknown encoding → characters.

Order: byte order mark, UTF-8, UTF-16/32 without a mark (by where the zero bytes stand), then the encoding
that makes the likeliest letters of a bounded sample (`encodings/code_pages.py`). Where the start of a file
says nothing (ASCII) or something wrong, the lines around the first byte that does not fit are the sample.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from explorer.readers.encodings import code_pages

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
    r"utf-8|cp125\d|cp437|cp7\d\d|cp85\d|cp86\d|cp874|cp1125|cp932|cp949|cp950|iso8859-\d+|tis-620|koi8-[rut]|mac-\w+"
    r"|big5\w*|gb18030|hz|euc_\w+|shift_jis\w*|johab|iso2022_\w+"
)
_CONTROL_SHARE = 0.01
"""Bytes of which a larger share are control characters are not text."""
_TERMINAL_CODE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b\n]*(?:\x07|\x1b\\\\)?|\x1b[PX^_][^\x1b\n]*\x1b\\\\"
    "|\x1b[ -/]+[0-~]|\x1b[0-Z^-~]|\x0f"
)
_OVERSTRUCK = re.compile("[^\n\b]\b")
_FOR_TERMINALS = re.compile(rb"[ -~]\x08|\x07|\x0f")
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")
_STRAY_CONTROLS, _STRAY_SHARE = 2, 0.1
"""A text too short for that share may have 2 control bytes, but no more than a tenth of its bytes."""
_WIDE_SHARE = 0.7
"""Latin text in UTF-16 has a zero byte in more of its characters than this."""
_ASCII_SHARE = 0.92
"""East Asian text in UTF-16 has fewer printable ASCII bytes than this beside its zero bytes."""
_WHOLE_FOR_EACH_BROKEN = 3
_LINE_BEFORE = 1_000
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_HIDDEN = re.compile("[\ufffd\x80-\x84\x86-\x9f]")
"""Characters that no author wrote: lost ones, and the control characters that a wrong encoding gives."""


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str, int]:
    """(`data` as text, the encoding that it was decoded by, how many characters could not be decoded).

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
    if found and (is_certain or found.startswith(("utf-16", "utf-32"))):
        return _patched(data, found)
    return _detected_later(data, found)


def _patched(data: bytes, encoding: str) -> tuple[str, str, int]:
    """What `decode` gives in an encoding that fits most bytes only: the others become U+FFFD."""
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    return text, encoding, text.count("\ufffd")


def _detected_later(data: bytes, found: str | None) -> tuple[str, str, int]:
    """What `decode` gives for a file whose start did not tell its encoding, or told a wrong one.

    The lines beyond ASCII tell it: those at the start, and those from the first byte on that does not fit.
    A file in UTF-8 that is only cut or damaged stays in UTF-8.
    """
    if _is_damaged_utf8(data):
        return _patched(data, "utf-8")
    at = _first_error(data, found or "utf-8")
    start = max(data.rfind(b"\n", max(0, at - _LINE_BEFORE), at) + 1, at - _LINE_BEFORE, 0)
    tail = data[start : start + SAMPLE_BYTES]
    sample = _beyond_ascii(data[: min(start, SAMPLE_BYTES)])[: SAMPLE_BYTES // 2] + _beyond_ascii(tail)
    later = text_encoding(sample[:SAMPLE_BYTES], complete=start + SAMPLE_BYTES >= len(data))
    names = [name for name in dict.fromkeys((later, found)) if name and name != "utf-8"]
    texts = [_patched(data, name) for name in names] or [_patched(data, "utf-8")]
    return min(texts, key=lambda each: len(_HIDDEN.findall(each[0])))


def _first_error(data: bytes, encoding: str) -> int:
    """The offset of the first byte that does not fit; 0 where all do."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _beyond_ascii(data: bytes) -> bytes:
    """The lines with bytes beyond ASCII: an 8-bit encoding can be told by nothing else."""
    return b"".join(line for line in data.splitlines(keepends=True) if not line.isascii())


def lost_characters(count: int, encoding: str | None = None) -> str:
    """The warning that `count` (at least 1) characters were lost; `encoding`: what the file seems in."""
    served = f" as {encoding}" if encoding else ""
    if count == 1:
        return f"1 character could not be decoded{served} and is shown as \ufffd."
    return f"{count:,} characters could not be decoded{served} and are shown as \ufffd."


def declared_encoding(label: str) -> str | None:
    """The encoding that browsers take a label for; None for one that no document is written in.

    Python knows codecs that no document is written in and that hostile ones could name ("punycode" takes
    quadratic time, "unicode_escape" makes other text). A document whose declaration can be read in ASCII is
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


def without_terminal_codes(text: str) -> str:
    """`text` without what tells a terminal its colours, titles and links; of letters struck twice, the last.

    Apply it before `normal`, which takes out the mark that those codes begin with.
    """
    if "\x1b" in text or "\x0f" in text:
        text = _TERMINAL_CODE.sub("", text)
    return _OVERSTRUCK.sub("", text) if "\b" in text else text


def text_encoding(head: bytes, complete: bool = False) -> str | None:
    """The encoding of a text that begins with `head`, or None when it is not text.

    `complete` says that `head` is all there is; otherwise its last character may be cut.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\x00" in head and _may_be_wide(head) and (wide := _wide(head)):
        return wide
    if not _is_clean(head):
        return None
    if head.isascii():
        return "iso2022_jp" if _is_japanese_mail(head, complete) else "utf-8"
    is_utf8 = _is_utf8(head, complete) or _is_damaged_utf8(head)
    return "utf-8" if is_utf8 else _eight_bit(head.replace(b"\x00", b""))


def _is_utf8(head: bytes, complete: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=complete)
    except UnicodeDecodeError:
        return False
    return True


def _is_japanese_mail(head: bytes, complete: bool) -> bool:
    """Whether ASCII is Japanese in the encoding of its mails, which shifts to two bytes a character."""
    if not _ISO_2022_JP.search(head):
        return False
    try:
        codecs.getincrementaldecoder("iso2022_jp")().decode(head, final=complete)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether 3 times more letters beyond ASCII are whole in UTF-8 than broken, which chance never brings."""
    text, _, lost = _patched(data, "utf-8")
    return len(_BEYOND_ASCII.findall(text)) - lost > _WHOLE_FOR_EACH_BROKEN * lost


def _is_clean(head: bytes) -> bool:
    stray = min(_STRAY_CONTROLS, len(head) * _STRAY_SHARE)
    if b"\x1b" in head or b"\x08" in head:  # a terminal's log
        head = _FOR_TERMINALS.sub(b"", head)
    return len(_CONTROL.findall(head)) <= max(stray, len(head) * _CONTROL_SHARE)


def _may_be_wide(head: bytes) -> bool:
    """Whether zero bytes belong to wide characters, rather than having strayed into text of single bytes.

    Either most characters have one at the same place, or the other bytes look like no text of their own.
    """
    share = max(head[place::2].count(0) for place in (0, 1)) / max(1, len(head) // 2)
    if share >= _WIDE_SHARE:
        return True
    others = head.replace(b"\x00", b"")
    if _is_utf8(others, complete=False) and _is_clean(others):
        return False
    printable = sum(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in others)
    return printable < _ASCII_SHARE * len(others)


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by which of them gives the most ordinary text; None if none does."""
    best, best_score = None, 0.9
    narrow = [("utf-16-le", 2), ("utf-16-be", 2)]
    if head[::2].count(0) > head[1::2].count(0):
        narrow.reverse()
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), *narrow):
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
    """Whether there are spaces, line ends or East Asian punctuation: every text of 20 characters has some."""
    return len(text) < 20 or any(mark in text for mark in " \n、。，")


def _ordinary(text: str) -> float:
    """The share of characters that occur in text (0 to 1), less a penalty for signs of a wrong byte order."""
    if not text:
        return 0.0
    good = sum(mark.isprintable() or mark in "\t\n\r\f" for mark in text)
    spread = len({ord(mark) >> 8 for mark in text if ord(mark) > 0xFF})
    return (good - sum(mark == "\x00" for mark in text)) / len(text) - 0.02 * max(0, spread - 90)


def _eight_bit(head: bytes) -> str:
    """An 8-bit or East Asian encoding, by what letters it makes of the bytes."""
    found = code_pages.guess(head)
    return found if found != "cp1252" or _is_windows(head) else "latin-1"


def _is_windows(head: bytes) -> bool:
    """Whether there is none of the five bytes that Windows-1252 leaves undefined."""
    return not re.search(rb"[\x81\x8d\x8f\x90\x9d]", head)
