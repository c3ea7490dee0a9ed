"""`library.upkeep`: room, deleting everything, and which addresses the program talks to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.settings import Settings
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


class Upkeep:
    """Looks after one library. Safe to use while pages, commands and the worker are at work in it."""

    def __init__(self, catalog: Catalog, client: WorkerClient, settings: Callable[[], Settings]) -> None:
        self._catalog = catalog
        self._client = client
        self._settings = settings

    def used(self) -> SpaceUsed:
        """What takes room, in bytes on the disk, and how much of it `free` would give back.

        The catalogue is looked through page by page: half a second for a gigabyte.
        """
        return space.used(self._catalog, self._settings().store)

    def free(self, on_step: OnStep = lambda _what, _done, _all: None) -> Freed:
        """Give back all room that nothing needs; searching and adding go on meanwhile.

        What repair has set aside stays: see `empty_attic`. `on_step` is told what is done, how far, and of
        how much. Raises ExplorerError; what was freed until then stays freed.
        """
        return freeing.free(self._catalog, self._client, self._settings().store, on_step)

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
        return erasing.erase(self._catalog, typed_name)

    def addresses(self) -> list[OutgoingAddress]:
        """Every address that the program talks to as it is set up now, then those it talked to earlier.

        Empty: nothing leaves this machine, nor ever did from this library.
        """
        return privacy.listed(self._catalog)

    def note_addresses(self) -> None:
        """Note since when the addresses are set up that are so now; costs next to nothing where none is."""
        outgoing.note(self._catalog)
