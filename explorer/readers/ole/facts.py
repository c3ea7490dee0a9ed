"""What old Office files say of themselves: title, author, date.

docling-rs gives the text of these formats without these facts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.ole import container
from explorer.readers.reading import Source


def facts(source: Source) -> dict[str, Any]:
    """What a file states: "title", "authors" (a list), "created" (an ISO date); nothing if it is damaged."""
    import olefile

    try:
        with olefile.OleFileIO(source.path) as opened:
            stated = opened.get_metadata()
    except container.DAMAGE:  # damaged properties do not make a file unreadable
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
