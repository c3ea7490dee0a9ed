"""`library.transfer`: a library leaves as one file, a folder of plain files or a copy, and comes in again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from explorer.catalog import backup
from explorer.embedding import tuned
from explorer.ingestion import receiving
from explorer.transfer import exporting, plain
from explorer.transfer.background import Background
from explorer.transfer.importing import Importing
from explorer.transfer.meter import Meter
from explorer.transfer.names import safe

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.catalog.backup import Backup
    from explorer.settings import Settings
    from explorer.transfer.background import TransferState
    from explorer.transfer.importing import ImportWorker
    from explorer.transfer.meter import OnProgress
    from explorer.transfer.results import BroughtIn, Exported

_LARGEST_UPLOAD = 1 << 62


class Transfer:
    """Exports and imports of one library. What is said to "begin" runs in the background."""

    def __init__(self, catalog: Catalog, worker: ImportWorker, settings: Callable[[], Settings]) -> None:
        self._catalog = catalog
        self._worker = worker
        self._settings = settings
        self._background = Background()

    # ---- at once

    def export(self, target: Path, on_progress: OnProgress | None = None) -> Exported:
        """Write the library into one new file, a zip, of one moment and without any key.

        Raises DiskFull (the message says how much is missing), and StorageError: the file is there already or
        cannot be written.
        """
        return exporting.export(self._catalog, Path(target), Meter(on_progress))

    def export_plain(self, folder: Path, on_progress: OnProgress | None = None) -> Exported:
        """Write every original into a new or empty folder, with its text and its tags beside it.

        Raises DiskFull and StorageError, as `export` does.
        """
        return plain.export_plain(self._catalog, Path(folder), Meter(on_progress))

    def bring_in(
        self,
        archive: Path,
        on_progress: OnProgress | None = None,
        *,
        with_servers: bool = False,
        read_anew: bool = False,
    ) -> BroughtIn:
        """Bring the documents and conversations of an export into this library, beside what it holds.

        What is there already stays as it is and gets the tags of the export; to do it twice changes nothing.
        A library without documents takes over the settings too, but no address of a server and nothing else
        that leads out of it, except `with_servers`. With `read_anew` nothing that the export says of a
        document's text is believed: each is read and embedded from its original.

        Raises:
            ReadError: it is no export, is damaged as a whole, or made to do harm; nothing was changed.
            DiskFull: there is no room for it; the message says how much is missing.
            StorageError: a newer version of the program wrote it.
        """
        return self._importing(Meter(on_progress), with_servers, read_anew).run(Path(archive).expanduser())

    def backup(self, target: Path, on_progress: Callable[[int, int], None] | None = None) -> Backup:
        """Copy the library as it stands at one moment, with its own models.

        `on_progress` is told the bytes done, and all.

        Raises DiskFull, and StorageError: the target is not empty, or cannot be written.
        """
        return backup.back_up(self._catalog, Path(target), on_progress, along=(tuned.FOLDER,))

    def suggested(self, ending: str) -> Path:
        """A new place for an export, with the day in its name: in Downloads, else beside the library."""
        downloads = Path.home() / "Downloads"
        place = downloads if downloads.is_dir() else self._catalog.folder.parent
        name = safe(f"{self._catalog.settings.name or self._catalog.folder.name} {date.today()}")
        number, path = 1, place / f"{name}{ending}"
        while path.exists():
            number += 1
            path = place / f"{name} ({number}){ending}"
        return path

    # ---- in the background

    @property
    def state(self) -> TransferState | None:
        """The transfer that was begun last: how far it is, or what came of it; None where there is none."""
        return self._background.state

    def begin_export(self, target: Path) -> None:
        """Begin `export`. Raises StorageError while another transfer runs."""
        work = partial(exporting.export, self._catalog, Path(target))
        self._background.start(f"The export to {target}", work)

    def begin_export_plain(self, folder: Path) -> None:
        """Begin `export_plain`. Raises StorageError while another transfer runs."""
        work = partial(plain.export_plain, self._catalog, Path(folder))
        self._background.start(f"The export to {folder}", work)

    def begin_import(self, archive: Path, *, with_servers: bool = False, read_anew: bool = False) -> None:
        """Begin `bring_in`. Raises StorageError while another transfer runs."""
        path = Path(archive).expanduser()
        self._background.start(
            f"The import of {path.name}",
            lambda meter: self._importing(meter, with_servers, read_anew).run(path),
        )

    def begin_upload(
        self, name: str, file: IO[bytes], *, with_servers: bool = False, read_anew: bool = False
    ) -> None:
        """Copy an open file to disk and begin to bring it in; the copy goes at the end.

        Raises StorageError: there is no room for it, or another transfer runs.
        """
        received = receiving.receive(self._catalog.originals, name, file, _LARGEST_UPLOAD)

        def work(meter: Meter) -> BroughtIn:
            try:
                return self._importing(meter, with_servers, read_anew).run(received.path, name)
            finally:
                drop()

        def drop() -> None:
            with suppress(OSError):  # held open by another program: it goes when it is stale
                received.path.unlink(missing_ok=True)

        try:
            self._background.start(f"The import of {name}", work)
        except BaseException:
            drop()
            raise

    def cancel(self) -> None:
        """Stop the transfer that runs. An import keeps the documents that are in: each of them is whole."""
        self._background.cancel()

    def dismiss(self) -> None:
        """Forget a transfer that is over."""
        self._background.dismiss()

    def close(self) -> None:
        """Stop the transfer that runs, and wait for its end."""
        self._background.close()

    def _importing(self, meter: Meter, with_servers: bool, read_anew: bool) -> Importing:
        return Importing(
            self._catalog,
            self._worker,
            self._settings,
            meter,
            is_trusted=with_servers,
            is_anew=read_anew,
        )
