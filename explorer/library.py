"""Library: the one object that pages, the command line and scripts talk to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from explorer import settings
from explorer.catalog import Catalog
from explorer.finding import Finding
from explorer.ingestion import redo, room
from explorer.ingestion.intake import Intake, Paths
from explorer.models import Models
from explorer.page_images import PageImages
from explorer.settings import Settings, Source
from explorer.tables import Table, Tables
from explorer.types import (
    Activity,
    Atlas,
    Binned,
    Chunk,
    Counts,
    Document,
    Job,
    Outcome,
    Page,
    Progress,
    Report,
    Scope,
    Staged,
    StoredMap,
)
from explorer.viewing import Viewing
from explorer.worker import log
from explorer.worker.client import WorkerClient

if TYPE_CHECKING:
    from explorer.chat.answers import Answer, Answerer
    from explorer.chat.conversations import Conversations
    from explorer.doctor import OnStep
    from explorer.maps.maps import Maps
    from explorer.transfer.transfer import Transfer
    from explorer.upkeep import Upkeep
    from explorer.watching import WatchedFolders
    from explorer.wordvectors import LibraryWords


class Library(Finding, Viewing):
    """A library: one folder with documents, their text, their embeddings, and what was asked about them.

    It is safe to use from many threads and processes at once. It reads the catalogue itself; whatever needs a
    model, the vector index or a parser happens in processes of their own, which start when they are needed.
    Every method may raise `StorageError` (the disk is full, or the folder cannot be used).
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        """Open the library in `folder`, or make it. None stands for EXPLORER_HOME, else for the default
        library in the user's data folder.

        Raises:
            CatalogLost: it holds originals and no catalogue, which `doctor.restore` mends.
            StorageError: the folder cannot be made, read or written, or was written by a newer version.
            SettingError: an EXPLORER_ variable has a value it cannot have.
        """
        chosen = Path(folder) if folder is not None else settings.resolve().home
        self.folder = chosen.expanduser().absolute()
        self._catalog = Catalog(self.folder)
        self._client = WorkerClient(self.folder)
        self.models = Models(self._catalog, self._client)
        self._images = PageImages(self._catalog, lambda: self.settings)
        self._tables = Tables(self._catalog, self._images.boxes)
        self._intake = Intake(self._catalog, self._client, lambda: self.settings, self._images.remember)
        if self._catalog.is_unfinished():
            self._client.start()  # to go on with what a killed process left, and to empty the bin in time

    def close(self) -> None:
        """Let go of the folder. Work under way goes on only while another process has the library open."""
        for name in ("transfer", "words", "conversations", "_client", "_images", "_catalog"):
            if name in self.__dict__:  # some are made when they are first used
                self.__dict__[name].close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- putting documents in

    def add(
        self,
        paths: Paths,
        on_progress: Callable[[Progress], None] | None = None,
        password: str | None = None,
        replace: bool = True,
    ) -> list[Outcome]:
        """Add files, and folders with all that is in them: one outcome for each file, in the order given,
        once each is ready or has failed. `on_progress` is called in this thread, every second or so.

        A file whose bytes are known is "unchanged"; one that changed at its path replaces its old version, or
        with `replace=False` stands beside it. Files in archives, and attachments of mails, are documents of
        their own; `password` is tried on all. What is no longer in an archive stays in the library.

        Raises WorkerError: the background process cannot be started; what was queued waits for the next one.
        """
        return self._intake.add(_as_list(paths), on_progress, password, replace)

    def enqueue(self, paths: Paths, replace: bool = True, password: str | None = None) -> list[int]:
        """Queue what `add` would add, and return at once: the ids of the jobs, in order."""
        return self._intake.enqueue(_as_list(paths), replace, password)

    def upload(self, name: str, file: IO[bytes], *, replaces: str | None = None) -> int:
        """Copy an open file to disk and queue it, in place of the document `replaces`: the job's id.

        Raises ReadError when the file is larger than the limit.
        """
        return self._intake.upload(name, file, replaces)

    def stage(self, name: str, file: IO[bytes]) -> Staged:
        """Copy an open file to disk: where it is, and what the library has of its bytes or name. Raises
        ReadError when it is larger than the limit."""
        return self._intake.stage(name, file)

    def enqueue_staged(self, staged: Staged, replaces: str | None = None) -> int:
        """Queue a staged file; returns the job's id. Raises NotFound when it was dropped (after a day)."""
        return self._intake.enqueue_staged(staged, replaces)

    def discard(self, staged: Staged) -> None:
        """Delete a staged file."""
        self._intake.discard(staged)

    def same_name(self, name: str, sha256: str | None = None) -> Document | None:
        """The newest document of that name with other bytes than those of `sha256`; None if there is none."""
        return self._intake.same_name(name, sha256)

    # ---- the queue

    def jobs(self, *, notable: bool = False) -> list[Job]:
        """The files of the current batch and those that failed earlier, newest last. With `notable`, files
        that were simply added are left out, and all but the next few that wait."""
        return room.seen(self.folder, self._catalog.jobs.list(notable=notable))

    def job(self, job_id: int) -> Job:
        """One job of any kind. Raises NotFound when it was dismissed or its document removed."""
        return self._catalog.jobs.require(job_id)

    def activity(self) -> Activity:
        """The current batch in numbers, cheap enough for pages that look every second."""
        return self._intake.activity()

    def cancel(self, job_ids: Iterable[int] | None = None) -> None:
        """Stop these jobs, or all files that are not over; what was begun is gone within about a second. To
        stop one job of a redo is to call off the redo."""
        redo.cancel(self._catalog, job_ids)

    def retry(self, job_id: int, password: str | None = None) -> None:
        """Queue a failed or cancelled job again. Raises NotFound when it was dismissed."""
        self._intake.retry(job_id, password)

    def dismiss(self, job_ids: Iterable[int] | None = None) -> None:
        """Take jobs that are over off the list (None: all of them)."""
        self._catalog.jobs.dismiss(job_ids)

    # ---- documents

    def documents(self) -> list[Document]:
        """All documents, newest first."""
        return self._catalog.documents.list()

    def document(self, document_id: str) -> Document:
        """One document. Raises NotFound."""
        return self._catalog.documents.get(document_id)

    def text(self, document_id: str) -> str:
        """The whole text, in which every page, chunk and citation is a span. Raises NotFound."""
        return self._catalog.documents.text(document_id)

    def span(self, document_id: str, start: int, end: int) -> str:
        """`text(document_id)[start:end]`, read without the rest; what lies beyond the text is left out.
        Raises NotFound, and ValueError for an offset below 0."""
        return self._catalog.documents.span(document_id, start, end)

    def pages(self, document_id: str) -> list[Page]:
        """The pages in order; they partition the text. Raises NotFound."""
        return self._catalog.documents.pages(document_id)

    def chunks(self, document_id: str) -> list[Chunk]:
        """The chunks in order. Raises NotFound."""
        return self._catalog.chunks.of_document(document_id)

    def chunk(self, chunk_id: int) -> Chunk:
        """One chunk. Raises NotFound."""
        return self._catalog.chunks.get(chunk_id)

    def tables(
        self, document_id: str, page: int | None = None, start: int | None = None, end: int | None = None
    ) -> list[Table]:
        """The tables in order, or those that hold something of a page, of `text[start:end]`, or of both.
        Raises NotFound."""
        return self._tables.of_document(document_id, page, start, end)

    def original(self, document_id: str) -> Path:
        """The path of the library's copy of the file, named by its SHA-256. Raises NotFound."""
        return self._catalog.originals.path(self._catalog.documents.sha256(document_id))

    def counts(self) -> Counts:
        """`documents`, `pages`, `chunks` and `bytes` (of the originals) in total."""
        return self._catalog.documents.counts()

    @property
    def revision(self) -> int:
        """A number that changes whenever `documents()` would read differently; costs microseconds."""
        return self._catalog.documents.revision()

    def remove(self, document_ids: str | Iterable[str]) -> None:
        """Remove documents, also of the bin, with every byte, in one transaction; unknown ids are ignored."""
        self._catalog.documents.remove(_as_list(document_ids))

    def bin(self, document_ids: str | Iterable[str]) -> list[str]:
        """Put documents into the bin for `settings.bin_days` (0: remove them). The ids that it holds now."""
        return self._intake.bin(_as_list(document_ids))

    def restore(self, document_ids: str | Iterable[str]) -> list[str]:
        """Bring documents back: the ids of those that are; after a redo, the queue reads them again first."""
        return self._intake.restore(_as_list(document_ids))

    def binned(self) -> list[Binned]:
        """What is in the bin, the last first."""
        return self._catalog.bin.list(self.settings.bin_days)

    def rename(self, document_id: str, name: str) -> Document:
        """Call a document otherwise; its ending stays, and so does its file's own name (`file_name`). Raises
        NotFound, and ReadError for a name without a letter."""
        return self._intake.rename(document_id, name)

    def tag(self, document_ids: Iterable[str], add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Give tags to documents and take them away."""
        self._catalog.documents.tag(_as_list(document_ids), _as_list(add), _as_list(remove))

    def tags(self) -> dict[str, int]:
        """Every tag and how many documents have it."""
        return self._catalog.documents.tags()

    # ---- finding

    def ask(
        self, question: str, scope: Scope | None = None, history: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """An answer, in the words of the language model that is set up or else the documents' own: iterate it
        once for its text. `history` holds earlier (question, answer) pairs, oldest first. ChatError,
        ModelError and WorkerError are raised while it streams."""
        return self._answerer.answer(question, scope, history)

    @cached_property
    def conversations(self) -> Conversations:
        """Conversations that are kept: `list`, `create`, `rename`, `delete`, `messages`, `ask`, `stop`."""
        from explorer.chat.conversations import Conversations

        return Conversations(self._catalog, self._answerer)

    def warm(self) -> None:
        """Start in the background what the first search needs; return at once."""
        self._client.start()

    # ---- the map

    def map(self, dimensions: int = 2, redraw: bool = False) -> Atlas:
        """The stored map, with what is new placed and what is gone left out; drawn where there is none. With
        `redraw`, one drawn anew from the old places. Raises ExplorerError (why it could not be drawn)."""
        return self.maps.map(dimensions, redraw)

    def stored_map(self, dimensions: int = 2) -> StoredMap | None:
        """The map that was drawn last, as the library is now; None before the first one."""
        return self.maps.stored(dimensions)

    def draw_map(self, dimensions: int = 2) -> int:
        """Have the map drawn, and return at once: the id of the job."""
        return self.maps.draw(dimensions)

    def place(self, query: str, atlas: Atlas) -> tuple[float, ...]:
        """Where a query stands on a map: one number for each dimension. Raises ExplorerError."""
        return self.maps.place(query, atlas)

    @cached_property
    def maps(self) -> Maps:
        """Everything else about maps: the job that draws one, where its points stand, their keywords."""
        from explorer.maps.maps import Maps

        return Maps(self._catalog, self._client)

    @cached_property
    def words(self) -> LibraryWords:
        """Word vectors, trained on the library or from files: `train`, `nearest`, `analogy`, `similarity`,
        `compare`, `picture`."""
        from explorer.wordvectors import LibraryWords

        return LibraryWords(
            self._catalog, lambda text, k: self.search(text, k, "keyword", exact=True, fold=False)
        )

    # ---- settings and upkeep

    @property
    def name(self) -> str:
        """What people call the library."""
        return self._catalog.settings.name or self.folder.name

    @property
    def settings(self) -> Settings:
        """The settings that hold: the environment's, else a page's, else the default. Raises SettingError."""
        return settings.resolve(self._catalog.settings.all())

    def setting_source(self, field: str) -> Source:
        """Where a setting's value comes from. Raises SettingError for an unknown setting."""
        return settings.source_of(field, self._catalog.settings.all())

    def change_settings(self, **values: Any) -> None:
        """Store values that a page has chosen, all or none; None takes one back. Raises SettingError."""
        self._catalog.settings.change(self.models.checked(settings.validate_change(values)))
        self.upkeep.note_addresses()

    @property
    def needs_redo(self) -> tuple[str, ...]:
        """Which of "reader", "chunking", "model" and "precision" have changed since the documents were done;
        "ocr" too when some lack text because OCR was off, and it is on now, or OCR used other models."""
        return redo.needed(self._catalog, self.settings)

    @property
    def is_redoing(self) -> bool:
        """Whether a new index is being built beside the live one."""
        return redo.is_under_way(self._catalog, self._client)

    def redo(self) -> list[int]:
        """Do all documents again by the present settings: the job ids, at once.

        The new index takes over when every document is in it. One that fails keeps the old index serving
        until it is retried or removed, or the redo is called off. Raises ModelError: the settings' model
        cannot be loaded, or its server does not answer."""
        return redo.start(self._catalog, self.settings, self._client)

    def cancel_redo(self) -> None:
        """Call off a redo, if there is one; the live index stays as it is."""
        redo.call_off(self._catalog)

    def doctor(self, repair: bool = False, verify: bool = False, on_step: OnStep | None = None) -> Report:
        """What does not agree in all that it keeps; `doctor.examine` says what `repair` and `verify` do."""
        from explorer import doctor

        return doctor.examine(self._catalog, self._client, repair, verify, self.models, on_step=on_step)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Room, what is sent where, deleting everything: `used`, `free`, `addresses`, `erase` and others."""
        from explorer.upkeep import Upkeep

        return Upkeep(self._catalog, self._client)

    @cached_property
    def watched(self) -> WatchedFolders:
        """Folders whose files the library follows: `list`, `add`, `pause`, `resume`, `stop`, `log`."""
        from explorer.watching import WatchedFolders

        return WatchedFolders(self._catalog, self._client.start)

    @cached_property
    def transfer(self) -> Transfer:
        """Exports, imports and copies: `export`, `export_plain`, `bring_in`, `backup`, and what runs now."""
        from explorer.transfer.transfer import Transfer

        return Transfer(self._catalog, self._client, lambda: self.settings)

    @property
    def log_file(self) -> Path:
        """Where the worker writes what went wrong: outside the library's folder; it may not be there yet."""
        return log.path(self.folder)

    @cached_property
    def _answerer(self) -> Answerer:
        from explorer.chat.answers import Answerer

        return Answerer(self._retriever, self.models.chat_model, self.tables)


def _as_list(values: Any) -> Sequence[Any]:
    """The values as a sequence; a single string or path is one value."""
    return [values] if isinstance(values, (str, bytes, os.PathLike)) else list(values)
