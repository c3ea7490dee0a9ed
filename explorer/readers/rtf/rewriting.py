"""RTF made ready for docling-rs, which knows one code page a file and drops half of what `\\u` and `\\*` say.

Every character beyond ASCII is written as its Unicode number, by the character set of its font. Bold, italic
and links, which docling-rs writes with Markdown's marks, are left out; so is hidden text. Notes and comments
come in their place, running headers last. Only control words are changed, so that what a person typed
("*net*", "2**10**2") stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.readers.rtf.charsets import OF_FILE, Fonts, of_page

RUNNING = "\ue001"
"""A paragraph of this alone says that running headers and footers follow."""
_EDGE = "\ue002"
"""Where a note begins and ends."""
_EDGES = ((re.compile(rf"\s*{_EDGE}\s*(?=[.,;:!?)]|$)"), ""), (re.compile(rf"\s*{_EDGE}\s*"), " "))
PICTURE = rb"\pict"
_PICTURE_MARK = "\ue005"
"""Where a picture stands: digits behind it say which one, from 1."""
_DIGITS = 0xE010
_PICTURES = re.compile(f"{_PICTURE_MARK}([{chr(_DIGITS)}-{chr(_DIGITS + 9)}]+)")
_CELL_ENDS = "\ue003\ue004"
"""Cells that stand beside each other end in different marks, so that one that is given twice is known."""
_ENDS = re.compile(f"[{_CELL_ENDS}]")
_TOKEN = re.compile(rb"[{}]|\\([a-zA-Z]{1,32})(-?\d{0,10}) ?|\\'[0-9a-fA-F]{2}|\\.|[^{}\\]+", re.DOTALL)
_FONT = re.compile(rb"(\\\\)|\\[bi](?![a-zA-Z])")
_LINK = re.compile(rb"\{\s*(?:\\\*\s*)?\\fldinst(?=[^}]{0,300}HYPERLINK)")
_OPEN_WORD = re.compile(rb"\\[a-zA-Z]{1,32}-?\d{0,10}\Z")
_PLACES = frozenset(
    [b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf"]
)
_NOTES = {b"footnote": b"", b"annotation": b"(comment: "}
_CLOSERS = {b"annotation": b")"}
_UNREAD = frozenset([b"fonttbl", b"colortbl", b"stylesheet", b"pict", b"objdata", b"themedata", b"datastore"])
"""Destinations without text: their content is passed on as it stands."""
_STYLES = frozenset(
    b"cs s ds ts f fs cf cb highlight ul ulnone strike sub super up dn lang langfe langnp kerning "
    b"expnd expndtw caps scaps outl shad plain pard insrsid charrsid rsid af afs rtlch ltrch loch hich dbch "
    b"fcs do ud".split()
)
"""Words behind `\\*` that begin nothing which may be passed over: styles, and old drawings."""
_SHOWN = frozenset(b"emdash endash lquote rquote ldblquote rdblquote bullet tab line emspace enspace".split())
_MEANT = frozenset(
    b"u uc v plain bin cell nestcell par ansicpg deff f af dbch loch hich upr fcharset cpg dropcapt".split()
).union(_PLACES, _NOTES, _UNREAD, _SHOWN, OF_FILE)
"""The words that are looked at; the others are passed on."""


def prepared(data: bytes) -> bytes:
    """The file with its characters in Unicode, notes in their place, running headers last, no hidden text."""
    data = _FONT.sub(lambda found: found[0] if found[1] else rb"\q", data)  # a word that means nothing
    data = _LINK.sub(rb"{\\*\\fldpassed", data)
    rewriter = _Rewriter()
    at = 0
    while found := _TOKEN.match(data, at):
        at = found.end() + rewriter.take(found[0], found[1], found[2])
    return rewriter.whole(data[at:])


def joined(text: str) -> str:
    """A paragraph with its notes in it, a space before and after each."""
    for edge, instead in _EDGES if _EDGE in text else ():
        text = edge.sub(instead, text)
    return _PICTURES.sub("", _ENDS.sub("", text))


def pictures_in(text: str) -> list[str]:
    """The names of the pictures that stand in a text as the converter gives it."""
    found = _PICTURES.findall(text) if _PICTURE_MARK in text else ()
    return [name_of(int("".join(str(ord(digit) - _DIGITS) for digit in each))) for each in found]


def name_of(number: int) -> str:
    """What a picture of the file is called by its number."""
    return f"rtf:{number}"


def row(cells: Iterable[str]) -> list[str | None]:
    """The cells of a row, None for one that is merged with the cell on its left."""
    shown: list[str | None] = []
    before = ""
    for cell in cells:
        is_again = bool(cell) and cell[-1] in _CELL_ENDS and cell == before
        shown.append(None if is_again else joined(cell))
        before = cell
    return shown


def _written(text: str) -> bytes:
    """Characters as control words, each with one character instead for programs that do not know it."""
    return b"".join(
        rb"\u%d?" % (ord(mark) - 65536 if 0x8000 <= ord(mark) < 0x10000 else ord(mark)) for mark in text
    )


def _marked(number: int) -> bytes:
    """The mark of a picture."""
    return _written(_PICTURE_MARK + "".join(chr(_DIGITS + int(digit)) for digit in str(number)))


def _escaped(text: str) -> bytes:
    """Text as it may stand in the file."""
    return b"".join(
        b"\\" + mark.encode() if mark in "\\{}" else mark.encode() if mark.isascii() else _written(mark)
        for mark in text
    )


@dataclass(slots=True)
class _Group:
    """What holds until a "}": formatting in RTF ends with the group that it began in."""

    out: list[bytes]
    """Where tokens go: to the body, or to the running headers."""
    is_hidden: bool = False
    is_unread: bool = False
    note: bytes = b""
    """The word of a footnote or comment that the group is."""
    is_in_note: bool = False
    """Whether the group is within one: its paragraphs stay in the one that it belongs to."""
    font: int | None = None
    wide_font: int | None = None
    """The font of East Asian characters."""
    is_wide: bool = False
    """Whether the characters that follow are East Asian."""
    fallback: int = 1
    """How many characters behind `\\u` stand for it in old programs."""
    is_table_of_fonts: bool = False
    is_apart: bool = False
    """Whether the converter passes over the group."""
    has_two_forms: bool = False
    """Whether the group says the same in bytes and in Unicode (`\\upr`)."""
    is_fresh: bool = True
    """Whether nothing stood in it so far but `\\*`."""

    def inner(self) -> _Group:
        """What holds at the beginning of a group within this one."""
        return _Group(
            self.out, self.is_hidden or self.has_two_forms, self.is_unread, b"", self.is_in_note, self.font,
            self.wide_font, self.is_wide, self.fallback, self.is_table_of_fonts, self.is_apart,
        )  # fmt: skip


class _Rewriter:
    """Takes a file token by token and sends each where it is to stand."""

    def __init__(self) -> None:
        self._body: list[bytes] = []
        self._running: list[bytes] = []
        self._group = _Group(self._body)
        self._outer: list[_Group] = []
        """The groups that stand around the one that is open."""
        self._fonts = Fonts()
        self._bytes = bytearray()
        """Text that waits to be decoded: a character may have two bytes."""
        self._passed_over = 0
        """How many characters follow that stand for one which was given by its number."""
        self._half = 0
        """The first half of a character that takes two `\\u`."""
        self._pictures = 0
        self._drawn: list[int] = []
        """The numbers of pictures whose groups, or those around them, are still open."""
        self._is_starred = False
        self._is_drop_cap = False
        """Whether the paragraph is the large first letter of the next one."""
        self._cell = 0
        self._cell_has_text = False

    def take(self, token: bytes, word: bytes | None, value: bytes | None) -> int:
        """Takes a brace, text, or a control word with its value; gives how many bytes behind it to pass over.

        Those are bytes of a picture ("bin"), among which a brace would be none.
        """
        group = self._group
        if word is not None and word not in _MEANT and not self._is_starred:
            if self._bytes:
                self._flush()
            self._half = self._passed_over = 0
            group.is_fresh = False
            group.out.append(token)
            return 0
        if token == rb"\*":
            self._flush()
            self._is_starred = True
            return 0
        if word is None and token not in (b"{", b"}"):
            self._text(token)
            return 0
        if word != b"u":
            self._flush()
            self._half = self._passed_over = 0
        if token == b"}":
            self._close()
        elif token == b"{":
            self._open()
        elif word == b"bin":
            return max(int(value or 0), 0)
        elif word is not None:
            self._word(token, word, int(value or b"1") if value != b"-" else 1)
        self._is_starred = False
        self._group.is_fresh = token == b"{"
        return 0

    def whole(self, rest: bytes) -> bytes:
        """The file, with the running headers and footers behind a mark; `rest` is what was no token."""
        self._flush()
        end = b"".join(self._body).rstrip(b" \r\n\0")
        if not self._running or not end.endswith(b"}"):
            return end + rest
        mark = rb"\par\pard\plain %b\par\pard\plain " % _written(RUNNING)
        return end[:-1] + mark + b"".join(self._running) + b"}"

    def _open(self) -> None:
        group = self._group
        self._put(b"{")
        self._outer.append(group)
        self._group = group.inner()

    def _close(self) -> None:
        closed = self._group
        if closed.note:
            self._put(_CLOSERS.get(closed.note, b"") + _written(_EDGE))
        self._put(b"}")
        if not self._outer:  # one "}" too many
            return
        self._group = self._outer.pop()
        if self._drawn and not self._group.is_apart:
            self._mark_pictures()
        if closed.out is self._running and self._group.out is self._body:
            self._running.append(rb"\par ")

    def _mark_pictures(self) -> None:
        """Says in the text where the pictures stand that were just passed; those of headers stand nowhere."""
        if self._group.out is self._body and not self._group.is_hidden:
            self._put(b"".join(map(_marked, self._drawn)))
        self._drawn.clear()

    def _word(self, token: bytes, word: bytes, number: int) -> None:
        group = self._group
        if word in _NOTES and (word == b"footnote" or self._is_starred):
            self._reopen(group.out, _written(_EDGE) + _NOTES[word])
            group.note, group.is_in_note = word, True
        elif word in _PLACES and group.out is self._body:
            self._reopen(self._running, b"")
        elif word == b"u":
            self._unicode(number)
        elif word == b"uc":
            group.fallback = min(max(number, 0), 100)  # here every character has one that stands for it
        elif word in (b"v", b"plain"):
            group.is_hidden = word == b"v" and number != 0
            self._passed(token, word)
        elif self._is_starred and word in _STYLES:
            self._shown_again(token, word, number)
        else:
            self._passed(token, word)
            self._noted(word, number)

    def _passed(self, token: bytes, word: bytes) -> None:
        """Passes on a control word, behind `\\*` if that was there."""
        group = self._group
        if word in (b"cell", b"nestcell"):
            if self._cell_has_text:
                self._put(_written(_CELL_ENDS[self._cell % 2]))
            self._cell, self._cell_has_text = self._cell + 1, False
        elif word in _SHOWN and not group.is_hidden:
            self._cell_has_text = True
        if word == b"par" and (group.is_in_note or self._is_drop_cap):
            token = b"" if self._is_drop_cap else b" "
            self._is_drop_cap = False
        elif word == b"dropcapt":
            self._is_drop_cap = True
        star = rb"\*" if self._is_starred and group.is_fresh else b""
        group.is_apart = group.is_apart or (self._is_starred and word not in _STYLES)
        self._put(star + token)

    def _shown_again(self, token: bytes, word: bytes, number: int) -> None:
        """A word behind `\\*` that must not hide the text that follows it."""
        if word == b"ud":  # the group says in Unicode what the one before it said in bytes
            self._group.is_hidden = False
        elif word != b"cs" or not self._group.is_table_of_fonts:
            self._put(token)
            self._noted(word, number)

    def _noted(self, word: bytes, number: int) -> None:
        """Takes what a control word says of characters and fonts."""
        group, fonts = self._group, self._fonts
        if word in _UNREAD:
            group.is_unread, group.is_table_of_fonts = True, word == b"fonttbl"
            group.is_apart = True
            if word == b"pict":
                self._pictures += 1
                self._drawn.append(self._pictures)
        elif word in OF_FILE:
            fonts.of_file = OF_FILE[word]
        elif word == b"ansicpg":
            fonts.of_file = of_page(number) or fonts.of_file
        elif word == b"deff":
            fonts.usual = number
        elif word == b"f":
            group.font = number
        elif word == b"af" and group.is_wide:
            group.wide_font = number
        elif word in (b"dbch", b"loch", b"hich"):
            group.is_wide = word == b"dbch"
        elif word == b"upr":
            group.has_two_forms = True
        elif word == b"plain":
            group.font, group.is_wide = None, False
        elif word == b"fcharset" and group.is_table_of_fonts and group.font is not None:
            fonts.state(group.font, number)
        elif word == b"cpg" and group.is_table_of_fonts and group.font is not None:
            fonts.state_page(group.font, number)

    def _text(self, token: bytes) -> None:
        """Takes text, or a byte or a sign that is written with a backslash."""
        group = self._group
        group.is_fresh = False
        self._is_starred = False
        if self._passed_over:
            token = self._behind_unicode(token)
        if not token or (group.is_hidden and not group.is_unread):
            return
        if group.is_unread:
            self._put(token)
        elif token.startswith(b"\\'") and len(token) == 4:
            self._bytes.append(int(token[2:], 16))
        elif token == b"\\'":  # a byte that was cut off
            self._flush()
        elif token.startswith(b"\\") and token[1:] not in (b"\\", b"{", b"}"):
            self._flush()
            self._put(token)
        elif token.startswith(b"\\"):
            self._bytes += token[1:]
        else:
            self._bytes += token.replace(b"\r", b"").replace(b"\n", b"")

    def _behind_unicode(self, token: bytes) -> bytes:
        """What is left of text once the characters that stand for one given by its number are passed over."""
        if token.startswith(b"\\"):
            self._passed_over -= 1
            return b""
        token = token.replace(b"\r", b"").replace(b"\n", b"")
        passed = min(self._passed_over, len(token))
        self._passed_over -= passed
        return token[passed:]

    def _unicode(self, number: int) -> None:
        """Takes a character by its number; two halves of one are joined."""
        self._flush()
        group = self._group
        number = number + 65536 if number < 0 else number
        half, self._half, self._passed_over = self._half, 0, group.fallback
        if 0xD800 <= number < 0xDC00:
            self._half = number
            return
        if 0xDC00 <= number < 0xE000:
            if not half:
                return
            number = 0x10000 + ((half - 0xD800) << 10) + (number - 0xDC00)
        if number <= 0x10FFFF and not group.is_hidden:
            self._cell_has_text = True
            self._put(_written(chr(number)))

    def _flush(self) -> None:
        """Decodes the bytes that wait, and passes their characters on."""
        if not self._bytes:
            return
        data = bytes(self._bytes)
        self._bytes.clear()
        self._half = 0
        group = self._group
        font = group.wide_font if group.is_wide and group.wide_font is not None else group.font
        text = data.decode("ascii") if data.isascii() else data.decode(self._fonts.encoding(font), "replace")
        self._cell_has_text = self._cell_has_text or bool(text.strip())
        if group.out and _OPEN_WORD.search(group.out[-1]):  # a line end that parted them was taken out
            self._put(b"\n")
        self._put(_escaped(text) if not text.isascii() or any(mark in text for mark in "\\{}") else data)

    def _put(self, token: bytes) -> None:
        self._group.out.append(token)

    def _reopen(self, out: list[bytes], mark: bytes) -> None:
        r"""Takes back the beginning of the group ("{" or "{\*") and begins it anew in `out`, an ordinary one.

        The converter passes over what is in a footnote, a header or a footer.
        """
        before = self._group.out
        while before and before[-1].strip() in (rb"\*", b""):
            before.pop()
        if before and before[-1] == b"{":
            before.pop()
        self._group.out = out
        out.append(b"{" + mark)
