"""`library.upkeep`: room, deleting everything, and which addresses the program talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer import stores
from explorer.settings import environment_key, resolve, validate_change
from explorer.upkeep import erasing, freeing, privacy, space
from explorer.worker import outgoing

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.doctor import OnStep
    from explorer.upkeep.erasing import Erased
    from explorer.upkeep.freeing import Freed
    from explorer.upkeep.privacy import OutgoingAddress
    from explorer.upkeep.space import SpaceUsed
    from explorer.worker.client import WorkerClient
    from explorer.worker.verbs import StoreReply


class Upkeep:
    """Looks after one library. Safe to use while pages, commands and the worker are at work in it."""

    def __init__(self, catalog: Catalog, client: WorkerClient) -> None:
        self._catalog = catalog
        self._client = client

    def used(self) -> SpaceUsed:
        """What takes room, in bytes on the disk, and how much of it `free` would give back.

        The catalogue is looked through page by page: half a second for a gigabyte.
        """
        return space.used(self._catalog)

    def free(self, on_step: OnStep = lambda _what, _done, _all: None) -> Freed:
        """Give back all room that nothing needs; searching and adding go on meanwhile.

        What repair has set aside stays: see `empty_attic`. `on_step` is told what is done, how far, and of
        how much. Raises ExplorerError; what was freed until then stays freed.
        """
        return freeing.free(self._catalog, self._client, on_step)

    def set_aside(self) -> list[str]:
        """The names of the files in the attic: what repair took out of `files/`."""
        return [path.name for path in self._catalog.originals.attic.files()]

    def empty_attic(self) -> int:
        """Delete what repair has set aside in `files/.attic`; returns how many files."""
        return self._catalog.originals.attic.empty()

    def erase(self, typed_name: str) -> Erased:
        """Delete everything that the library holds and what is kept about it outside its folder.

        It stays as an empty one; `libraries.delete` takes its folder too. Raises SettingError: `typed_name`
        is not its name; StorageError: its worker does not stop, or a file cannot be deleted.
        """
        return erasing.erase(self._catalog, typed_name, self._store_key)

    def store(self) -> StoreReply | None:
        """Which vector store is in use, how far the way to another one is, and what is wrong with it.

        None where it is the one that the settings name, stands in the library's folder and is filled: then
        the worker is not asked. Raises SettingError and WorkerError.
        """
        wanted = resolve(self._catalog.settings.all()).store
        is_empty = not self._catalog.changes.last() or self._catalog.database.is_read_only
        if is_empty or (wanted in stores.STORES and stores.in_use(self._catalog.folder) == [wanted]):
            return None
        return self._client.store()

    def stay(self, now: StoreReply) -> None:
        """Keep the vector store that is in use, instead of the one that the settings name. Raises
        SettingError: the environment names that one."""
        chosen = validate_change({"store": now.store, **({"store_url": now.address} if now.address else {})})
        self._catalog.settings.change(chosen)

    def addresses(self) -> list[OutgoingAddress]:
        """Every address that the program talks to as it is set up now, then those it talked to earlier.

        Empty: nothing leaves this machine, nor ever did from this library.
        """
        return privacy.listed(self._catalog)

    def note_addresses(self) -> None:
        """Note since when the addresses are set up that are so now; costs next to nothing where none is."""
        outgoing.note(self._catalog)

    def _store_key(self, address: str) -> str | None:
        return self._client.keys.get(address) or environment_key("store", address)
