"""Jupyter notebooks: prose, code and what the code printed, cell by cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import one_page
from explorer.readers.decoding import normal, without_terminal_codes
from explorer.readers.markup.html import without_tags
from explorer.readers.reading import Heading, Reading, Source
from explorer.readers.text import plain
from explorer.readers.text.markdown import headings_of

_PICTURE = re.compile(r"!\[([^\]]*)\]\((?:data:|attachment:)[^)]*\)")


def read(source: Source) -> Reading:
    """Reads a notebook. Raises ReadError where it is damaged or has no text."""
    text, warnings = plain.load(source)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{source.shown} could not be read: the notebook is damaged.") from error
    if not isinstance(notebook, dict):
        raise ReadError(f"{source.shown} could not be read: it is no notebook.")
    parts: list[str] = []
    headings: list[Heading] = []
    offset = 0
    for is_prose, block in _blocks(notebook):
        if is_prose:
            headings += [Heading(offset + each.start, each.level, each.text) for each in headings_of(block)]
        parts.append(block)
        offset += len(block) + 2
    if not parts:
        raise ReadError(f"{source.shown} has no text: all of its cells are empty.")
    out = one_page(source, "\n\n".join(parts), warnings)
    out.headings += headings
    about = notebook.get("metadata")
    title = about.get("title") if isinstance(about, dict) else None
    return out.reading(
        "notebook",
        title=" ".join(title.split())[:500] if isinstance(title, str) and title.strip() else _title(headings),
    )


def _title(headings: list[Heading]) -> str | None:
    return next((each.text for each in headings if each.level == 1), None)


def _blocks(notebook: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """(whether it is prose, its text) for every cell and output with text."""
    sheets = notebook.get("worksheets")  # where version 3 keeps cells
    holders = [notebook, *(sheets if isinstance(sheets, list) else ())]
    for cell in (cell for holder in holders for cell in _dicts(holder, "cells")):
        written = _joined(cell.get("source", cell.get("input")))
        is_prose = cell.get("cell_type") in ("markdown", "heading")
        if is_prose:
            written = _PICTURE.sub(r"\1", written)
        if written:
            yield is_prose, written
        for output in _dicts(cell, "outputs"):
            printed = _printed(output)
            if printed:
                yield False, printed


def _printed(output: dict[str, Any]) -> str:
    if output.get("output_type") in ("error", "pyerr"):
        name, value = _joined(output.get("ename")), _joined(output.get("evalue"))
        return ": ".join(filter(None, (name, value)))
    data = output.get("data")
    shown = data if isinstance(data, dict) else output
    for kind in ("text/markdown", "text/plain", "text"):
        if text := _joined(shown.get(kind)):
            return text
    return without_tags(_joined(shown.get("text/html"))).strip()


def _dicts(holder: Any, key: str) -> list[dict[str, Any]]:
    held = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _joined(value: Any) -> str:
    lines = value if isinstance(value, list) else [value]
    text = "".join(line for line in lines if isinstance(line, str))
    return normal(without_terminal_codes(text)).strip("\n").rstrip()
