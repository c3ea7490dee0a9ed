"""Which vector store the settings name at this moment, which key its server gets, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer import settings
from explorer.errors import SettingError
from explorer.stores import StoreChoice, require
from explorer.worker import verbs

if TYPE_CHECKING:
    from explorer.addresses import Keys
    from explorer.catalog import Catalog
    from explorer.stores import IndexFollower, LibraryIndex


class ChosenStore:
    """For the worker of one library, with the keys that were typed."""

    def __init__(self, catalog: Catalog, keys: Keys) -> None:
        self._catalog = catalog
        self._keys = keys

    def now(self) -> StoreChoice:
        """The store that the settings name; a page's choice that no longer holds is passed over, so that it
        does not end the worker. Raises SettingError for one of the environment."""
        try:
            chosen = settings.resolve(self._catalog.settings.all())
            require(chosen.store)
        except SettingError:
            chosen = settings.resolve()
        return StoreChoice.of(chosen.store, chosen.store_url)

    def key_of(self, address: str) -> str | None:
        """The key that was typed for a server, else the environment's if it is for that address."""
        stored = self._catalog.settings.all()
        return self._keys.get(address) or settings.environment_key("store", address, stored)


def told(index: LibraryIndex, follower: IndexFollower) -> verbs.StoreReply:
    """What a worker says of the store that is in use."""
    state = index.state
    return verbs.StoreReply(
        state.now.name,
        state.now.address,
        None if state.coming is None else state.coming.name,
        state.done,
        state.total,
        state.problem or follower.problem,
    )
