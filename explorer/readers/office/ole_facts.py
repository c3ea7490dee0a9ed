"""What old Office files (OLE containers) and RTF say of themselves: title, author, date.

docling-rs gives the text of these formats without these facts.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.reading import Source

_OLE = frozenset(["doc", "ppt", "xls"])
_INFO_BYTES = 65_536
_RTF_FIELD = re.compile(rb"\{\\(title|author)\s?((?:[^{}\\]|\\'[0-9a-fA-F]{2}|\\u-?\d+ ?\??|\\[{}\\])*)\}")
_RTF_DATE = re.compile(rb"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_RTF_MARK = re.compile(r"\\'([0-9a-fA-F]{2})|\\u(-?\d+) ?\??|\\([{}\\])")


def facts(source: Source, kind: str) -> dict[str, Any]:
    """What a file of `kind` states: "title", "authors" (a list) and "created" (an ISO date)."""
    if kind == "rtf":
        return _rtf_facts(source.path)
    return _ole_facts(source.path) if kind in _OLE else {}


def _ole_facts(path: Path) -> dict[str, Any]:
    import olefile

    try:
        with olefile.OleFileIO(path) as container:
            stated = container.get_metadata()
    except (OSError, ValueError, IndexError, KeyError):  # damaged properties do not make a file unreadable
        return {}
    pages = stated.codepage if isinstance(stated.codepage, int) and stated.codepage > 0 else 1252
    author = _text(stated.author, pages)
    created = stated.create_time if isinstance(stated.create_time, datetime) else None
    return {
        "title": _text(stated.title, pages),
        "authors": [author] if author else [],
        "created": created.date().isoformat() if created and created.year > 1980 else None,
    }


def _text(value: object, codepage: int) -> str | None:
    text = value if isinstance(value, str) else ""
    if isinstance(value, bytes):
        try:
            text = value.decode("utf-8" if codepage == 65001 else f"cp{codepage}", "replace")
        except LookupError:
            text = value.decode("cp1252", "replace")
    return one_line(text.rstrip("\0"), 500) or None


def _rtf_facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(_INFO_BYTES)
    fields = {
        found[1].decode(): one_line(_RTF_MARK.sub(_rtf_mark, found[2].decode("cp1252", "replace")), 500)
        for found in _RTF_FIELD.finditer(head)
    }
    day = _RTF_DATE.search(head)
    return {
        "title": fields.get("title"),
        "authors": [fields["author"]] if fields.get("author") else [],
        "created": "-".join(part.decode().zfill(2) for part in day.groups()) if day else None,
    }


def _rtf_mark(found: re.Match[str]) -> str:
    if found[1]:
        return bytes.fromhex(found[1]).decode("cp1252", "replace")
    return chr(int(found[2]) % 0x10000) if found[2] else found[3]
