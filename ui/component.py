"""Scripts and styles of the page components: read once, and the only ones that reach a browser from here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "assets"


@cache
def asset(*names: str) -> str:
    """The text of files of `ui/assets`, one after the other.

    It is called with literal names only, which a test makes sure of: what a document or a model wrote can
    never become part of a script, a style sheet or markup. It travels as data, which scripts set as text.
    """
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a component, with tuples in place of lists.

    Streamlit takes any list for a possible table, and imports pandas to find out. That would keep the first
    page waiting for a third of a second.
    """
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
