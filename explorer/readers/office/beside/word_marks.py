"""What Word shows that is no text of a run: signs of other fonts, WordArt, ticks and choices in forms."""

from __future__ import annotations

from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.encodings.symbol_fonts import sign
from explorer.readers.office.ooxml import child, number, value

_OFF = ("0", "false", "off")
_ART_CHARACTERS = 500


def symbol(element: Any) -> str:
    """A sign by its font and number; "" where nobody knows what the font draws."""
    try:
        return sign(value(element, "font") or "", int(value(element, "char") or "", 16))
    except ValueError:
        return ""


def word_art(element: Any) -> str:
    """The words of WordArt in its older form, such as a watermark."""
    said = (one_line(each.get("string") or "", _ART_CHARACTERS) for each in element.iter("{*}textpath"))
    return " ".join(filter(None, said))


def field(element: Any) -> str:
    """What a field of an older form shows: a box with its tick, or the choice from a list; "" for others."""
    box, choices = child(element, "ffData", "checkBox"), child(element, "ffData", "ddList")
    if box is not None:
        stated = child(box, "checked")
        stated = child(box, "default") if stated is None else stated
        return "☐" if stated is None or value(stated) in _OFF else "☒"
    if choices is not None:
        entries = [value(each) or "" for each in choices.iterchildren("{*}listEntry")]
        chosen = child(choices, "result")
        chosen = child(choices, "default") if chosen is None else chosen
        place = number(value(chosen), 0)
        return entries[place] if 0 <= place < len(entries) else ""
    return ""
