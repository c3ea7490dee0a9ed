"""JSON and JSON lines: each value on a line behind its key, blank lines between records, escapes resolved.

Numbers are kept the way they are written. Keys of nested values and titles of records are headings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import one_page
from explorer.readers.decoding import normal
from explorer.readers.markup.html import without_tags
from explorer.readers.reading import Heading, Reading, Source
from explorer.readers.text import plain

_TITLES = ("title", "name", "subject", "headline", "question")
_DEEPEST_HEADING = 4
_DEEPEST_INDENT = 12
_INLINE_CHARACTERS = 160


class _Pairs(list[tuple[str, Any]]):
    """An object's keys and values; a key that occurs twice is kept twice."""


def read(source: Source) -> Reading:
    """Reads JSON; any other file is read as plain text, with a warning. Raises ReadError without any text."""
    text, warnings = plain.load(source)
    try:
        value = _parsed(text)
    except RecursionError:
        return _as_text(source, text, warnings, "The JSON is nested too deeply; it was read as plain text.")
    except ValueError as error:
        if _is_lines(text):
            return _read_lines(source, text, warnings)
        line = getattr(error, "lineno", None)
        place = f" (line {line:,})" if line else ""
        return _as_text(source, text, warnings, f"This is no valid JSON{place}; it was read as plain text.")
    written = _Written(source)
    written.add(value)
    return written.reading(warnings, _title(value))


def read_lines(source: Source) -> Reading:
    """Reads a JSON value from each line; other lines are kept as text, and a warning counts them.

    Raises ReadError where there is no text.
    """
    text, warnings = plain.load(source)
    return _read_lines(source, text, warnings)


def _read_lines(source: Source, text: str, warnings: tuple[str, ...]) -> Reading:
    written = _Written(source)
    bad = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            value = _parsed(line)
        except (ValueError, RecursionError):
            bad += 1
            value = line.strip()
        written.add(value, record=True)
    if bad:
        lines = "1 line is" if bad == 1 else f"{bad:,} lines are"
        warnings += (f"{lines} no JSON and {'was' if bad == 1 else 'were'} kept as text.",)
    return written.reading(warnings, None)


def _parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, strict=False)


def _is_lines(text: str) -> bool:
    lines = [line for line in text.split("\n", 3)[:2] if line.strip()]
    try:
        return len(lines) == 2 and all(isinstance(_parsed(line), list) for line in lines)
    except (ValueError, RecursionError):
        return False


def _as_text(source: Source, text: str, warnings: tuple[str, ...], why: str) -> Reading:
    return one_page(source, text, (*warnings, why)).reading("json")


def _title(value: Any) -> str | None:
    if not isinstance(value, _Pairs):
        return None
    found = next((each for key, each in value if key.lower() in _TITLES and isinstance(each, str)), "")
    return " ".join(normal(found).split())[:500] or None


@dataclass(slots=True)
class _Written:
    """The text as it grows."""

    source: Source
    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    length: int = 0

    def add(self, value: Any, record: bool = False) -> None:
        """Writes a value and all that is in it, without recursion."""
        stack: list[Iterator[tuple[str, Any, int, bool]]] = [iter([("", value, 0, record)])]
        while stack:
            for key, each, depth, is_record in stack[-1]:
                if is_record:
                    self._end_record()
                below = self._write(key, each, depth, is_record)
                if below is not None:
                    stack.append(below)
                    break
            else:
                stack.pop()

    def _write(
        self, key: str, value: Any, depth: int, is_record: bool
    ) -> Iterator[tuple[str, Any, int, bool]] | None:
        """Writes one value; returns its members, to be written next, or None where it has none."""
        label = " ".join(normal(key).split())
        if not isinstance(value, list):
            self._line(f"{label}: {_shown(value)}" if label else _shown(value), depth)
            return None
        if not isinstance(value, _Pairs):
            inline = _inline(value)
            if inline is not None:
                if inline:
                    self._line(f"{label}: {inline}" if label else inline, depth)
                return None
        title = _title(value) if is_record else label
        if title and depth < _DEEPEST_HEADING:
            self.headings.append(Heading(self.length, depth + 1, title[:500]))
        if label:
            self._line(f"{label}:", depth)
        inner = depth + (1 if label else 0)
        if isinstance(value, _Pairs):
            return ((name, each, inner, False) for name, each in value)
        return (("", each, inner, isinstance(each, list)) for each in value)

    def _line(self, text: str, depth: int) -> None:
        line = f"{'  ' * min(depth, _DEEPEST_INDENT)}{text}\n"
        self.parts.append(line)
        self.length += len(line)
        self.source.check_characters(self.length)

    def _end_record(self) -> None:
        if self.parts and self.parts[-1] != "\n":
            self.parts.append("\n")
            self.length += 1

    def reading(self, warnings: tuple[str, ...], title: str | None) -> Reading:
        """What was written. Raises ReadError where it has no words."""
        text = "".join(self.parts).rstrip()
        if not text.strip():
            raise ReadError(f"{self.source.shown} has no text: its JSON is empty.")
        out = one_page(self.source, text, warnings)
        out.headings += [each for each in self.headings if each.start < len(text)]
        return out.reading("json", title=title)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return without_tags(normal(value)).strip()
    return {True: "true", False: "false", None: "null"}.get(value, str(value))


def _inline(values: list[Any]) -> str | None:
    """Short values on one line; None where there are nested or long ones."""
    if any(isinstance(each, list) for each in values):
        return None
    shown = [_shown(each) for each in values[: _INLINE_CHARACTERS + 1]]
    joined = ", ".join(shown)
    return None if len(joined) > _INLINE_CHARACTERS or "\n" in joined or len(values) > len(shown) else joined
