"""Which addresses outside the program are set up now, and for what: by the settings, and by the index.

An index that a server's model made goes on with that server until the documents are redone, whatever the
settings name by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from explorer import addresses
from explorer.settings import SERVERS, resolve, source_of
from explorer.stores import SERVED

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.settings import Server

Origin = Literal["environment", "page", "index"]
"""Where an address is set up: in the environment, on the Settings page, or by the index that is searched."""


def set_up(catalog: Catalog) -> dict[tuple[Server, str], Origin]:
    """(what for, address as messages show it) → where it is set up. Raises SettingError."""
    from explorer.embedding.server.model import address_of

    stored = catalog.settings.all()
    chosen = resolve(stored)
    found: dict[tuple[Server, str], Origin] = {}
    for server in SERVERS:
        address = getattr(chosen, f"{server}_url")
        if server == "store" and chosen.store not in SERVED:
            continue  # it is asked by nothing
        if address:
            source = source_of(f"{server}_url", stored)
            found[server, _plain(address)] = "environment" if source == "environment" else "page"
    for generation in catalog.generations.all():
        address = address_of(generation.model.name)
        if address != generation.model.name:
            found.setdefault(("embed", _plain(address)), "index")
    return found


def note(catalog: Catalog) -> None:
    """Note since when they are set up. Raises SettingError and StorageError."""
    catalog.contacts.note(set_up(catalog))


def _plain(address: str) -> str:
    return addresses.shown(addresses.plain(address))
