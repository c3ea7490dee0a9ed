"""Elements and attributes of Office Open XML, by their names without the namespace."""

from __future__ import annotations

from typing import Any

from explorer.readers.assembly import day
from explorer.readers.package import Package


def local(element: Any) -> str:
    """An element's name without its namespace; empty for what is no element, such as a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Any, *names: str) -> Any | None:
    """The first child along a path of local names, or None."""
    for name in names:
        element = next((each for each in element if local(each) == name), None)
        if element is None:
            return None
    return element


def children(element: Any | None, *names: str) -> list[Any]:
    """The children of the first element along a path of local names; none where there is no such element."""
    found = child(element, *names) if element is not None else None
    return [] if found is None else list(found)


def value(element: Any | None, name: str = "val") -> str | None:
    """An attribute by its local name, or None."""
    if element is None:
        return None
    # Not `items()`: each of its values is looked for among all attributes.
    key = next((each for each in element.attrib.keys() if each.rpartition("}")[2] == name), None)  # noqa: SIM118
    return None if key is None else str(element.get(key))


def number(text: str | None, default: int) -> int:
    """A whole number as Word writes it, from -1 to 1,000,000; `default` for what is none."""
    try:
        return max(-1, min(int(text or ""), 1_000_000))
    except ValueError:
        return default


def facts(package: Package) -> dict[str, Any]:
    """What an Office file says of itself, as `Assembly.reading` takes it: title, author, language, date."""
    core = package.core_properties()
    return {
        "title": core.get("title"),
        "author": core.get("creator"),
        "language": (core.get("language") or "").lower() or None,
        "date": day(core.get("created") or core.get("modified")),
    }
