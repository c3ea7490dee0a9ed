"""Headers and footers of sheets: the words that are printed around their pages.

Page numbers, days and names of files are fields, which change with each print: they are left out, and with
them what says nothing alone ("Page … of …"). The name of the sheet is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from explorer.readers.assembly import Assembly, one_line
from explorer.readers.office.ooxml import local, value

_CODE = re.compile(r"&(\"[^\"]*\"|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|[PN](?:[+-]\d+)?|\d{1,3}|.)", re.DOTALL)
"""A code of Excel's: a font, a colour, a page number with what is added to it, a size, one of one letter."""
_PLACES = frozenset(["header", "footer", "header-left", "footer-left", "header-first", "footer-first"])
_NUMBERS = frozenset(["page-number", "page-count", "page-continuation"])
_CHANGING = frozenset(["date", "time", "file-name", "template-name"])
_SEPARATORS = " -–—|/\\,:;·•()[]"
_LABEL_WORDS = 2
"""Beside a page number, as few words as these say no more than that it is one: "Page … of …"."""


def printed(codes: str, sheet: str) -> str:
    """The words of a header or footer in Excel's codes, its left, middle and right joined by " | ".

    "" where nothing is left. `sheet` is the name of the sheet.
    """
    parts = [_Part()]
    pieces = _CODE.split(codes)
    for literal, code in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        parts[-1].text += literal
        letter = code[:1].upper()
        if code.upper() in ("L", "C", "R"):
            parts.append(_Part())
        elif code == "&":
            parts[-1].text += "&"
        elif code.upper() == "A":
            parts[-1].text += sheet
        elif letter in ("P", "N"):
            parts[-1].is_numbered = True
    return _joined(parts, sheet)


def codes_of(element: Any) -> list[str]:
    """What "headerFooter" of a sheet holds; those of first and even pages where they are used."""
    is_used = {
        "odd": True,
        "even": _is_on(element, "differentOddEven"),
        "first": _is_on(element, "differentFirst"),
    }
    return [each.text for each in element if each.text and is_used.get(re.sub("[A-Z].*", "", local(each)))]


class Running:
    """Writes the headers and footers of a workbook, each text once, behind the sheet that has it first."""

    def __init__(self, out: Assembly) -> None:
        self._out = out
        self._seen: set[str] = set()
        self._has_picture = False

    def add_codes(self, sheet: str, texts: Iterable[str]) -> None:
        """Adds those of a sheet, each in Excel's codes."""
        for codes in texts:
            if re.search(r"&[Gg]", codes.replace("&&", "")) and not self._has_picture:
                self._has_picture = True
                self._out.warnings.append("A picture in the header or footer of a sheet was not read.")
            self._add(printed(codes, sheet))

    def add_of_opendocument(self, sheet: str, master: Any | None) -> None:
        """Adds those of the master page that a sheet of OpenDocument is printed with."""
        for each in master if master is not None else ():
            if local(each) in _PLACES and value(each, "display") != "false":
                regions = [part for part in each if local(part).startswith("region-")] or [each]
                self._add(_joined([_part_of(region, sheet) for region in regions], sheet))

    def _add(self, text: str) -> None:
        if text and text not in self._seen:
            self._seen.add(text)
            self._out.aside(text)


@dataclass(slots=True)
class _Part:
    """A third of a header: its words, and whether a page number stood among them."""

    text: str = ""
    is_numbered: bool = False

    def shown(self, sheet: str) -> str:
        """What is left; "" for a lone number, the name of the sheet, or the label of a page number."""
        text = one_line(self.text).strip(_SEPARATORS)
        is_label = self.is_numbered and len(re.findall(r"\w+", text)) <= _LABEL_WORDS
        return "" if is_label or text == sheet or text.isdigit() else text


def _joined(parts: Iterable[_Part], sheet: str) -> str:
    return " | ".join(filter(None, (part.shown(sheet) for part in parts)))


def _part_of(region: Any, sheet: str) -> _Part:
    part = _Part()
    for text in _texts(region, part, sheet):
        part.text += text
    return part


def _texts(element: Any, part: _Part, sheet: str) -> Iterator[str]:
    """The words below an element, its fields resolved or left out. There is no recursion."""
    stack: list[tuple[Any, bool]] = [(element, True)]
    while stack:
        each, is_entered = stack.pop()
        name = local(each)
        if not is_entered:
            yield (" " if name in ("p", "h") else "") + (each.tail or "")
            continue
        stack.append((each, False))
        if name in _NUMBERS:
            part.is_numbered = True
        elif name == "sheet-name":
            yield sheet
        elif name in ("s", "tab", "line-break"):
            yield " "
        elif name and name not in _CHANGING:
            yield each.text or ""
            stack.extend((inner, True) for inner in reversed(each))


def _is_on(element: Any, name: str) -> bool:
    return value(element, name) in ("1", "true", "on")
