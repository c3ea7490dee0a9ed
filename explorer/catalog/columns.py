"""How values are written into columns and read back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from itertools import islice
from typing import Any, ParamSpec, TypeVar

import apsw

from explorer.errors import StorageError

Bindings = Sequence[Any] | Mapping[str, Any]
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_SURROGATES = re.compile("[\ud800-\udfff]")


def decoder(make: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """For a function that makes something of rows: values of a wrong kind in them are damage, and said so.

    Our own writes put none there; a flipped bit in the head of a row makes a time of nothing, or a text of
    a number. The error holds nothing of the row, which may be words of a document.
    """

    @wraps(make)
    def made(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        try:
            return make(*given, **named)
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
            kind = type(error).__name__
        raise StorageError(
            f"The catalogue of the library is damaged (a row that cannot be read: {kind} in {make.__name__})."
            " Restore it from a copy, or move the library's folder away and add the files again."
        )

    return made


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def moment(seconds: float) -> datetime:
    """A stored time as an aware datetime (UTC)."""
    return datetime.fromtimestamp(seconds, UTC)


def is_moment(seconds: float) -> bool:
    """Whether a number of seconds is a time that can be shown."""
    try:
        moment(seconds)
    except (ValueError, OverflowError, OSError):
        return False
    return True


def moment_or_none(seconds: float | None) -> datetime | None:
    """A stored time, or None where none was stored."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def dumps(value: Any) -> str:
    """A value as compact JSON."""
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def strings(column: str) -> tuple[str, ...]:
    """The strings of a JSON list; () for an empty one, as most are."""
    return () if column == "[]" else tuple(json.loads(column))


def ids_json(ids: Iterable[int]) -> str:
    """Numbers as one bound value, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps([int(number) for number in ids])


def clean(text: str) -> str:
    """The text with lone surrogates replaced, which UTF-8 cannot hold. Its length stays, so do offsets."""
    return _SURROGATES.sub("\ufffd", text)


def fetch_all(con: apsw.Connection, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return list(con.execute(sql, bindings))


def fetch_one(con: apsw.Connection, sql: str, bindings: Bindings = ()) -> tuple[Any, ...] | None:
    """The first row of a query; None when there is none."""
    return con.execute(sql, bindings).fetchone()


def fetch_value(con: apsw.Connection, sql: str, bindings: Bindings = ()) -> Any:
    """The first column of the first row; None when there is none."""
    row = con.execute(sql, bindings).fetchone()
    return None if row is None else row[0]


def fetch_blocks(
    con: apsw.Connection, sql: str, bindings: Bindings = (), size: int = 4096
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query, at most `size` at a time."""
    cursor = con.execute(sql, bindings)
    while block := list(islice(cursor, size)):
        yield block
