"""What an RTF file says of itself: title, author, date. docling-rs gives its text without these facts."""

from __future__ import annotations

import re
from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.rtf.rewriting import prepared

_INFO_BYTES = 65_536
_FIELD = re.compile(rb"\{\\(title|author)\s?((?:[^{}\\]|\\u-?\d+ ?\??|\\[{}\\])*)\}")
_DATE = re.compile(rb"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_MARK = re.compile(r"\\u(-?\d+) ?\??|\\([{}\\])")


def facts(data: bytes) -> dict[str, Any]:
    """What a file states at its beginning: "title", "authors" (a list) and "created" (an ISO date)."""
    head = prepared(data[:_INFO_BYTES])
    fields = {
        found[1].decode(): one_line(_MARK.sub(_mark, found[2].decode("ascii", "replace")), 500)
        for found in _FIELD.finditer(head)
    }
    day = _DATE.search(head)
    return {
        "title": fields.get("title"),
        "authors": [fields["author"]] if fields.get("author") else [],
        "created": "-".join(part.decode().zfill(2) for part in day.groups()) if day else None,
    }


def _mark(found: re.Match[str]) -> str:
    if not found[1]:
        return found[2]
    number = int(found[1])
    return chr((number + 65536 if number < 0 else number) % 0x110000)
