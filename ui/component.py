"""Assets of the page components, read once; the only way that script or style reaches a browser from here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "assets"


@cache
def asset(*names: str) -> str:
    """The text of files of `ui/assets`, one after the other.

    Called with literal names only (a test reads the source for that): what a document or a model wrote can
    never become part of a script, a style sheet or markup. It travels as data, which scripts set as text.
    """
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a component, its lists as tuples: Streamlit takes any list for a possible table and imports
    pandas to find out, a third of a second before the first page can show."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
