"""Settings that a page has chosen, and the library's name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from explorer.catalog.columns import dumps, fetch_all, fetch_one
from explorer.catalog.database import Database

NAME = "library_name"
SERVED = "served"
"""What servers' models were known by: see `explorer.ingestion.server_identity`."""
DOOMED = "doomed"
"""The originals that are to be deleted: see `explorer.catalog.doomed`."""
VERIFIED, DAMAGED, CHANGED = "verified", "damaged", "changed"
"""The document that was looked at last, those whose original was found damaged, and those of which something
else was: `explorer.catalog.verifying`."""
ERASING = "erasing"
"""There while everything is being deleted: see `explorer.catalog.erasing`."""
CONTACTS = "contacts"
"""The addresses that requests went to: see `explorer.catalog.contacts`."""
WATCHED = "watched"
"""The folders that are followed: see `explorer.watching.folders`."""
_OWN = frozenset({"library_id", NAME, SERVED, DOOMED, VERIFIED, DAMAGED, CHANGED, ERASING, CONTACTS, WATCHED})


class ChosenSettings:
    """`catalog.settings`: key → JSON value. Keys and passwords never come here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Any]:
        """What pages have chosen; what the library keeps for itself is not among them."""
        with self._database.read() as con:
            rows = fetch_all(con, "SELECT key, value FROM setting")
        return {key: json.loads(value) for key, value in rows if key not in _OWN}

    def get(self, key: str, default: Any = None) -> Any:
        """One value, or `default` where none was chosen."""
        with self._database.read() as con:
            row = fetch_one(con, "SELECT value FROM setting WHERE key = ?", (key,))
        return default if row is None else json.loads(row[0])

    def change(self, values: Mapping[str, Any]) -> None:
        """Keep these values, all or none; None takes a value back, so that the default holds again."""
        with self._database.write() as con:
            for key, value in values.items():
                con.execute("DELETE FROM setting WHERE key = ?", (key,))
                if value is not None:
                    con.execute("INSERT INTO setting VALUES (?, ?)", (key, dumps(value)))

    @property
    def name(self) -> str | None:
        """The library's display name, None where nobody gave one."""
        name = self.get(NAME)
        return None if name is None else str(name)

    def rename(self, name: str) -> None:
        """Give the library a display name."""
        self.change({NAME: name})
