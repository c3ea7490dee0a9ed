"""The address of a passage: `?document=…&page=…&span=a-b`. It survives a reload and works in a new tab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from explorer.errors import ExplorerError

NAMES = ("document", "page", "span", "part")
_SPAN = re.compile(r"(\d{1,12})-(\d{1,12})")
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class PageAddress:
    """What the page's address asks for. `start == end` marks nothing; `part` counts from 1; 0 is unset."""

    document: str
    page: int
    start: int = 0
    end: int = 0
    part: int = 0

    @property
    def has_span(self) -> bool:
        return self.end > self.start

    def parameters(self) -> dict[str, str]:
        parameters = {"document": self.document, "page": str(self.page)}
        if self.has_span:
            parameters["span"] = f"{self.start}-{self.end}"
        if self.part:
            parameters["part"] = str(self.part)
        return parameters

    def query(self, **more: str) -> str:
        """The address as a link has it, with its question mark; `more` stands before the rest."""
        return "?" + urlencode(more | self.parameters())


class AddressError(ExplorerError):
    """An address that names no passage; the message is for the reader of the page."""


def asked() -> PageAddress | None:
    """What the address asks for; None if nothing. Raises AddressError with a message for the page."""
    parameters = st.query_params
    if "document" not in parameters:
        return None
    document = parameters["document"]
    if not _ID.fullmatch(document):
        raise AddressError(f"This address names a document that cannot exist: “{_short(document)}”.")
    page = _number("page", parameters.get("page", "1"))
    part = _number("part", parameters["part"]) if "part" in parameters else 0
    span = parameters.get("span")
    if span is None:
        return PageAddress(document, page, part=part)
    match = _SPAN.fullmatch(span)
    if not match or int(match[1]) >= int(match[2]):
        raise AddressError(
            f"This address has a span that cannot be read: “{_short(span)}”. A span is two character "
            "positions, the smaller first, such as 1200-1460."
        )
    return PageAddress(document, page, int(match[1]), int(match[2]), part)


def _number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= 99_999_999:
        raise AddressError(f"This address has a {name} that is no number: “{_short(value)}”.")
    return int(value[:9])


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"
