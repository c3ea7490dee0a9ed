"""Comments on the cells of XLSX, those with replies too: each a line that names its cell and who wrote it.

Newer Excel keeps a conversation in a part of its own. For older programs it writes all of it again as one
comment, after three sentences that say so: that copy is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from explorer.readers.assembly import one_line
from explorer.readers.office.ooxml import child, number, value
from explorer.readers.package import Package

_COPY = "tc="
"""How the name of whoever wrote such a copy begins."""


def place(row: int, column: int) -> str:
    """A cell as people call it; rows and columns count from 0: (0, 27) → "AB1"."""
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def line(cell: str, author: str, text: str) -> str:
    """A comment as it stands in the text."""
    by = f" by {author}" if author else ""
    return f"Comment on {cell}{by}: {text}"


def reply(author: str, text: str) -> str:
    """An answer to a comment, as it stands on a line below it."""
    return f"Reply by {author}: {text}" if author else f"Reply: {text}"


def of_sheet(package: Package, sheet: str, text_of: Callable[[Any | None], str]) -> Iterator[str]:
    """The comments on a sheet, by its part, replies on lines below. `text_of`: the text of rich text."""
    conversations, cells = threads(package, sheet)
    yield from conversations
    for kind, name in package.relations(sheet).values():
        root = package.tree(name) if kind == "comments" else None
        if root is None:
            continue
        authors = [one_line(each.text or "", 100) for each in root.iter("{*}author")]
        for each in root.iter("{*}comment"):
            cell = one_line(each.get("ref") or "a cell", 20)
            text = one_line(text_of(child(each, "text")))
            at = number(each.get("authorId"), -1)
            author = authors[at] if 0 <= at < len(authors) else ""
            if text and not is_copy(cell, author, cells):
                yield line(cell, author, text)


def is_copy(cell: str, author: str, cells: set[str]) -> bool:
    """Whether a comment is the copy of a conversation on one of these cells."""
    return cell in cells and author.startswith(_COPY)


def threads(package: Package, sheet: str) -> tuple[list[str], set[str]]:
    """The conversations on a sheet, replies on lines below, and the cells that they are about."""
    said: dict[str, list[str]] = {}
    cells: set[str] = set()
    names = [name for kind, name in package.relations(sheet).values() if kind == "threadedComment"]
    people = _people(package) if names else {}
    for root in map(package.tree, names):
        for each in root.iter("{*}threadedComment") if root is not None else ():
            cell = one_line(each.get("ref") or "a cell", 20)
            cells.add(cell)
            author = people.get(each.get("personId") or "", "")
            text = one_line("".join(words.itertext()) if (words := child(each, "text")) is not None else "")
            parent = each.get("parentId") or ""
            if text and parent in said:
                said[parent].append(reply(author, text))
            elif text:
                said[each.get("id") or f"#{len(said)}"] = [line(cell, author, text)]
    return ["\n".join(each) for each in said.values()], cells


def _people(package: Package) -> dict[str, str]:
    """(id → name) of all who wrote in conversations."""
    found: dict[str, str] = {}
    for name in sorted(package.names):
        if name.startswith("xl/persons/") and name.endswith(".xml"):
            root = package.tree(name)
            for each in root.iter("{*}person") if root is not None else ():
                found[value(each, "id") or ""] = one_line(each.get("displayName") or "", 100)
    return found
