"""The catalogue of one library: the source of truth, which everything else follows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import apsw

from explorer.catalog import check, copies, lost, migrations, shape
from explorer.catalog.arrivals import Arrivals
from explorer.catalog.binned import Bin
from explorer.catalog.changes import Changes
from explorer.catalog.chosen_settings import WATCHED, ChosenSettings
from explorer.catalog.chunks import Chunks
from explorer.catalog.contacts import Contacts
from explorer.catalog.conversations import ConversationTable
from explorer.catalog.database import Database, errors
from explorer.catalog.descriptions import Descriptions
from explorer.catalog.documents import Documents
from explorer.catalog.drawn_maps import DrawnMaps
from explorer.catalog.embeddings import Embeddings
from explorer.catalog.erasing import Erasing
from explorer.catalog.forgetting import Forgetting
from explorer.catalog.generations import Generations
from explorer.catalog.jobs import Jobs
from explorer.catalog.narrowing import Narrowing
from explorer.catalog.originals import Originals
from explorer.catalog.picture_vectors import PictureVectors
from explorer.catalog.pictures import Pictures
from explorer.catalog.records import Check
from explorer.catalog.source_paths import SourcePaths
from explorer.catalog.tables import KeptTables
from explorer.catalog.vector_forms import WIDTHS
from explorer.catalog.verifying import Verifying
from explorer.catalog.work import Work
from explorer.errors import StorageError
from explorer.settings import resolve

FILE_NAME = "catalog.sqlite3"


class Catalog:
    """Opens (and makes, and migrates) the catalogue of a library folder. Safe to share between threads.

    Raises CatalogLost where the folder holds originals and no catalogue: an empty one would hide them.

    Every method is one transaction of its own; inside `with catalog.write():` they join it. All raise
    StorageError when the disk is full, read-only or damaged, or another process kept the file too long.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / FILE_NAME
        migrations.refuse_newer(self.path)
        lost.refuse(self.path)
        try:
            if not self.folder.exists():
                # Copies of private files must not be open to the machine's other users. A folder that
                # stands already keeps the rights that its owner gave it.
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                self.folder.mkdir(mode=0o700, exist_ok=True)
            self.database = Database(self.path)
            if not self.database.is_read_only:
                (self.folder / "files" / ".incoming").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The library {self.folder} cannot be opened ({error.strerror}).") from error
        with errors(self.path):
            migrations.migrate(self.database.connect, self.path)
        self.originals = Originals(self.database, self.folder / "files")
        if not self.database.is_read_only:
            self.originals.arriving.sweep()  # a worker that lives on doesn't see that a command was killed
        self.tidying = Forgetting(self.database, self.originals)
        self.settings = ChosenSettings(self.database)
        self.verifying = Verifying(self.database, self.originals, self.settings)
        self.generations = Generations(self.database)
        self.documents = Documents(self.database, self.tidying, self.originals)
        self.descriptions = Descriptions(self.database)
        self.pictures = Pictures(self.database)
        self.picture_vectors = PictureVectors(self.database)
        self.bin = Bin(self.database, self.tidying, self.originals)
        self.arrivals = Arrivals(self.database, self.tidying, self.originals)
        self.chunks = Chunks(self.database)
        self.tables = KeptTables(self.database)
        self.embeddings = Embeddings(self.database, self._width)
        self.narrowing = Narrowing(self.database)
        self.changes = Changes(self.database)
        self.jobs = Jobs(self.database, self.originals)
        self.work = Work(self.database, self.originals)
        self.conversations = ConversationTable(self.database)
        self.layouts = DrawnMaps(self.database)
        self.erasing = Erasing(self.database, self.originals)
        self.contacts = Contacts(self.database)
        self.paths = SourcePaths(self.database, self.documents, self.bin, self.originals)
        self.library_id = str(self.settings.get("library_id"))
        """Random, made with the library: an index that names another id is not ours."""

    def read(self) -> AbstractContextManager[apsw.Connection]:
        """One consistent view: `with catalog.read() as connection:`."""
        return self.database.read()

    def write(self) -> AbstractContextManager[apsw.Connection]:
        """One transaction: on disk when the block ends without an error, undone otherwise."""
        return self.database.write()

    def _width(self) -> int:
        """The bytes that a number of a vector is to take, by the settings of now. Raises SettingError."""
        return WIDTHS[resolve(self.settings.all()).vectors]

    def is_unfinished(self) -> bool:
        """Whether something is left to the worker: a job, the bin, a library that is being erased, folders
        that are followed."""
        is_waiting = self.jobs.has_work() or self.erasing.is_begun() or not self.bin.is_empty()
        return is_waiting or bool(self.settings.get(WATCHED))

    def tidy(self) -> bool:
        """Finish what an interrupted removal left behind; cheap when there is nothing."""
        return self.tidying.tidy()

    def check(self) -> Check:
        """Is the catalogue whole, and does everything in it agree; for `doctor`."""
        return check.check(self.database, self.originals)

    def lacking(self) -> list[str]:
        """What it lacks so that nothing can be asked of it, and what to do, in words; for `doctor`."""
        with self.read() as con:
            return shape.lacking(con)

    def remake(self) -> list[str]:
        """Make indexes and triggers that are missing; returns them in words."""
        with self.write() as con:
            return shape.remake(con)

    def drop_copies(self) -> list[str]:
        """Delete the copies that stand from before its format changed; returns their names."""
        return copies.drop(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self.originals.arriving.close()
        self.contacts.close()
        self.database.close()

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
