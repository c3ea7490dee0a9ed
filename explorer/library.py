"""Library: the one object that pages, the command line and scripts talk to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from explorer import settings
from explorer.catalog import Catalog, Counts
from explorer.errors import SettingError
from explorer.ingestion import recipe, redo, server_identity
from explorer.ingestion.intake import Intake, Paths
from explorer.models import Models
from explorer.readers.ocr.recognised import OFF as OCR_OFF
from explorer.settings import Settings, Source
from explorer.types import (
    Activity,
    Atlas,
    Chunk,
    Document,
    Hit,
    Job,
    Mode,
    Outcome,
    Page,
    PageImage,
    Progress,
    Report,
    Scope,
    Staged,
    StoredMap,
)
from explorer.worker.client import WorkerClient

if TYPE_CHECKING:
    from explorer.chat.answers import Answer, Answerer
    from explorer.chat.conversations import Conversations
    from explorer.maps.maps import Maps
    from explorer.page_images import PageImages
    from explorer.search.retriever import Retriever


class Library:
    """A library: one folder with documents, their text, their embeddings, and what was asked about them.

    Safe to use from many threads; several processes may open the same folder at once. Reading the catalogue
    is direct; whatever needs a model, the vector index or a parser happens in processes of their own, which
    start when they are first needed. Every method may raise `StorageError` (the disk is full, or the folder
    cannot be used).
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        """Open the library in `folder`, or make it.

        None stands for EXPLORER_HOME, else for the default library in the user's data folder.

        Raises:
            StorageError: the folder cannot be made, read or written, or was written by a newer version.
            SettingError: an EXPLORER_ variable has a value it cannot have.
        """
        chosen = Path(folder) if folder is not None else settings.resolve().home
        self.folder = chosen.expanduser().absolute()
        self._catalog = Catalog(self.folder)
        self._client = WorkerClient(self.folder)
        self.models = Models(self._catalog, self._client)
        self._intake = Intake(self._catalog, self._client, lambda: self.settings)
        if self._catalog.jobs.has_work():
            self._client.start()  # what a killed process left goes on

    def close(self) -> None:
        """Let go of the folder. Work under way goes on only while another process has the library open."""
        if "conversations" in self.__dict__:
            self.conversations.close()
        self._client.close()
        if "_images" in self.__dict__:
            self._images.close()
        self._catalog.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- putting documents in

    def add(
        self,
        paths: Paths,
        on_progress: Callable[[Progress], None] | None = None,
        password: str | None = None,
        replace: bool = True,
    ) -> list[Outcome]:
        """Add files, and folders with all that is in them; returns when each is ready or has failed.

        One outcome for each file, in the order given (folders by name). A file whose bytes are known is
        "unchanged"; one that changed at the same path replaces its old version, or with `replace=False`
        stands beside it. `on_progress` is called a few times a second, in this thread.

        Files in archives, and attachments of mails, are documents of their own: each has its outcome, in the
        order in which they stand there, and `password` is tried on all. Of an archive that was added before,
        what changed is replaced, and what is no longer in it stays in the library.

        Raises:
            WorkerError: the background process cannot be started. What was queued waits for the next one.
        """
        return self._intake.add(_as_list(paths), on_progress, password, replace)

    def enqueue(self, paths: Paths, replace: bool = True, password: str | None = None) -> list[int]:
        """As `add`, but return at once: the ids of the jobs, in order."""
        return self._intake.enqueue(_as_list(paths), replace, password)

    def upload(self, name: str, file: IO[bytes], *, replaces: str | None = None) -> int:
        """Copy an open file to disk and queue it; returns the job's id.

        `replaces` is the document whose place it takes.

        Raises:
            ReadError: it is larger than the limit.
        """
        return self._intake.upload(name, file, replaces)

    def stage(self, name: str, file: IO[bytes]) -> Staged:
        """Copy an open file to disk and say whether it, or another of its name, is known.

        Raises ReadError when it is larger than the limit."""
        return self._intake.stage(name, file)

    def enqueue_staged(self, staged: Staged, replaces: str | None = None) -> int:
        """Queue what was staged; returns the job's id. Raises NotFound when it was dropped (after a day)."""
        return self._intake.enqueue_staged(staged, replaces)

    def discard(self, staged: Staged) -> None:
        """Delete what was staged."""
        self._intake.discard(staged)

    def same_name(self, name: str, sha256: str | None = None) -> Document | None:
        """The newest document of that name whose bytes are others than those of `sha256`."""
        return self._intake.same_name(name, sha256)

    # ---- the queue

    def jobs(self, *, notable: bool = False) -> list[Job]:
        """The files of the current batch and those that failed before, newest last; with `notable` without
        those that were simply added, and of those that wait only the next few."""
        return self._catalog.jobs.list(notable=notable)

    def activity(self) -> Activity:
        """The current batch in numbers. Cheap: for pages that look every second."""
        return self._catalog.jobs.activity()

    def cancel(self, job_ids: Iterable[int] | None = None) -> None:
        """Stop these jobs, or all files that are not over; what was begun is gone within about a second.

        To stop one job of a redo is to call off the redo.
        """
        ids = None if job_ids is None else list(job_ids)
        touched = self._catalog.jobs.cancel(ids)
        if any(job.kind == "redo" for job in self._catalog.jobs.by_ids(touched)):
            redo.call_off(self._catalog)

    def retry(self, job_id: int, password: str | None = None) -> None:
        """Queue a failed or cancelled job again. Raises NotFound when it was dismissed."""
        if password is not None:
            self._client.password(job_id, password)
            self._images.remember(password)
        self._catalog.jobs.retry(job_id)
        self._client.start()

    def dismiss(self, job_ids: Iterable[int] | None = None) -> None:
        """Take jobs that are over off the list (None: all of them)."""
        self._catalog.jobs.dismiss(job_ids)

    # ---- documents

    def documents(self) -> list[Document]:
        """All documents, newest first."""
        return self._catalog.documents.list()

    def document(self, document_id: str) -> Document:
        """Raises NotFound."""
        return self._catalog.documents.get(document_id)

    def text(self, document_id: str) -> str:
        """The whole text, in which every page, chunk and citation is a span. Raises NotFound."""
        return self._catalog.documents.text(document_id)

    def pages(self, document_id: str) -> list[Page]:
        """The pages in order; they partition the text. Raises NotFound."""
        return self._catalog.documents.pages(document_id)

    def chunks(self, document_id: str) -> list[Chunk]:
        """The chunks in order. Raises NotFound."""
        return self._catalog.chunks.of_document(document_id)

    def chunk(self, chunk_id: int) -> Chunk:
        """Raises NotFound."""
        return self._catalog.chunks.get(chunk_id)

    def original(self, document_id: str) -> Path:
        """The file as it was added, under its SHA-256. Raises NotFound."""
        return self._catalog.originals.path(self._catalog.documents.sha256(document_id))

    def page_image(
        self, document_id: str, page: int, start: int | None = None, end: int | None = None, width: int = 1000
    ) -> PageImage:
        """A page as PNG, `width` pixels wide, with boxes around what it holds of `text[start:end]`.

        Raises:
            NotFound: no such document or page.
            ReadError: its format has no page images, or it cannot be drawn.
        """
        return self._images.page(document_id, page, start, end, width)

    def counts(self) -> Counts:
        """`documents`, `pages`, `chunks` and `bytes` (of the originals) in total."""
        return self._catalog.documents.counts()

    @property
    def revision(self) -> int:
        """Another number whenever `documents()` would read differently; costs microseconds."""
        return self._catalog.documents.revision()

    def remove(self, document_ids: str | Iterable[str]) -> None:
        """Remove documents and every trace of them, in one transaction; unknown ids are passed over."""
        self._catalog.documents.remove(_as_list(document_ids))

    def tag(self, document_ids: Iterable[str], add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Give tags to documents and take them away."""
        self._catalog.documents.tag(_as_list(document_ids), _as_list(add), _as_list(remove))

    def tags(self) -> dict[str, int]:
        """Every tag and how many documents have it."""
        return self._catalog.documents.tags()

    # ---- finding

    def search(self, query: str, k: int = 10, mode: Mode = "hybrid", scope: Scope | None = None) -> list[Hit]:
        """The k best passages inside the scope, best first: by meaning and words ("hybrid"), or by one.

        Raises:
            ExplorerError: the mode is none of these, or the model or the worker cannot answer.
        """
        return self._retriever.search(query, k, mode, scope)

    def similar(self, chunk_id: int, k: int = 10, scope: Scope | None = None) -> list[Hit]:
        """The k passages inside the scope nearest to a chunk by meaning, itself left out. Raises NotFound."""
        return self._retriever.similar(chunk_id, k, scope)

    def ask(
        self, question: str, scope: Scope | None = None, history: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """An answer from the documents: iterate it once for its text as it streams.

        In a language model's words where one is set up (`chat_url`, `chat_model`), else in the sentences that
        answer best, word for word. `history`: earlier (question, answer) pairs, oldest first. What goes wrong
        is raised while it streams: ChatError, ModelError, WorkerError.
        """
        return self._answerer.answer(question, scope, history)

    @cached_property
    def conversations(self) -> Conversations:
        """Conversations that are kept: `list`, `create`, `rename`, `delete`, `messages`, `ask`, `stop`."""
        from explorer.chat.conversations import Conversations

        return Conversations(self._catalog, self._answerer)

    def warm(self) -> None:
        """Start in the background what the first search needs, and return at once."""
        self._client.start()

    # ---- the map

    def map(self, dimensions: int = 2) -> Atlas:
        """The map of the library as it is now, drawn first where the one that is kept is not current.

        Blocks while it is drawn. Raises ExplorerError (the message says why it could not be drawn).
        """
        return self.maps.map(dimensions)

    def stored_map(self, dimensions: int = 2) -> StoredMap | None:
        """The map that was drawn last, current or not; None before the first and after a removal."""
        return self.maps.stored(dimensions)

    def draw_map(self, dimensions: int = 2) -> int:
        """Have the map drawn and return at once: the id of the job."""
        return self.maps.draw(dimensions)

    def place(self, query: str, atlas: Atlas) -> tuple[float, ...]:
        """Where a query stands on a map: one number for each dimension. Raises ExplorerError."""
        return self.maps.place(query, atlas)

    @cached_property
    def maps(self) -> Maps:
        """Everything else about maps: the job that draws, where points stand in their documents, keywords."""
        from explorer.maps.maps import Maps

        return Maps(self._catalog, self._client)

    # ---- settings and upkeep

    @property
    def name(self) -> str:
        """What people call the library."""
        return self._catalog.settings.name or self.folder.name

    @property
    def settings(self) -> Settings:
        """The settings that hold: environment before page before default. Raises SettingError."""
        return settings.resolve(self._catalog.settings.all())

    def setting_source(self, field: str) -> Source:
        """ "environment", "page" or "default". Raises SettingError for an unknown setting."""
        found = settings.sources(self._catalog.settings.all()).get(field)
        if found is None:
            raise SettingError(f"There is no setting {field}.")
        return found

    def change_settings(self, **values: Any) -> None:
        """Keep values that a page has chosen, all or none; None takes one back. Raises SettingError."""
        self._catalog.settings.change(settings.validate_change(values))

    @property
    def needs_redo(self) -> tuple[str, ...]:
        """Which of "reader", "chunking", "model" and "precision" the documents were done with others of.

        "ocr" is among them when some lack text because OCR was off, and it is on now.
        """
        if not self.counts().documents:
            return ()
        live, behind = (
            self._catalog.generations.live(),
            server_identity.last(self._catalog, self.settings.embedder),
        )
        changed = recipe.differences(live, self.settings, behind)
        lacking = self.settings.ocr and self._catalog.documents.any_warned(OCR_OFF)
        return (*changed, "ocr") if lacking else changed

    @property
    def is_redoing(self) -> bool:
        """Whether a new index is being built beside the live one."""
        return self._catalog.generations.building() is not None or self._catalog.jobs.has_work(("redo",))

    def redo(self) -> list[int]:
        """Do all documents again by the settings of now; returns the job ids at once.

        The new index takes over from the one that serves when every document is in it. One that fails keeps
        the old index serving until it is retried or removed, or the redo is called off.

        Raises:
            ModelError: the model that the settings name cannot be loaded, or its server does not answer soon.
        """
        self._client.check_model(self.settings.embedder)
        job_ids = redo.begin(self._catalog, self.settings)
        self._client.start()
        return job_ids

    def cancel_redo(self) -> None:
        """Call off a redo; the live index stays as it is."""
        redo.call_off(self._catalog)

    def doctor(self, repair: bool = False) -> Report:
        """Compare catalogue, keyword rows, embeddings, vector index and files; on request mend it."""
        from explorer import doctor

        return doctor.examine(self._catalog, self._client, repair=repair, notes=self.models.explain())

    @cached_property
    def _retriever(self) -> Retriever:
        from explorer.search.reranked import RerankingRetriever

        return RerankingRetriever(self._catalog, self._client, lambda: self.settings)

    @cached_property
    def _answerer(self) -> Answerer:
        from explorer.chat.answers import Answerer

        return Answerer(self._retriever, self.models.chat_model)

    @cached_property
    def _images(self) -> PageImages:
        from explorer.page_images import PageImages

        return PageImages(self._catalog, lambda: self.settings)


def _as_list(values: Any) -> Sequence[Any]:
    """Several values; a single string or path is one."""
    return [values] if isinstance(values, (str, bytes, os.PathLike)) else list(values)
