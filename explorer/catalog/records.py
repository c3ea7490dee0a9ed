"""What goes into the catalogue and comes out of it, beside the public types of `explorer.types`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from explorer.types import (
    Atlas,
    Box,
    HeadingLike,
    Job,
    MadeFrom,
    MessageKind,
    MessageState,
    QuestionReading,
    SpanRef,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.arrays import Ids, Integers, Mask

Action = Literal["add", "remove", "live"]
GenerationState = Literal["building", "live", "binned"]


class PageText(Protocol):
    """A page to store, such as a `ReadPage`; `text` includes what separates it from the next."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str | None: ...
    @property
    def runs(self) -> bytes: ...
    @property
    def boxes(self) -> bytes: ...


class PictureLike(Protocol):
    """A picture to store, such as a `ReadPicture`; `Picture` says what its fields mean."""

    @property
    def page(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def where(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def box(self) -> Box | None: ...
    @property
    def caption(self) -> str: ...
    @property
    def alt(self) -> str: ...
    @property
    def thumbnail(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class StoredHeading:
    """A heading of the document: where it starts in the text, its level (1 is the highest), its words."""

    start: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk to store. `embedded`: SHA-256 of the text whose embedding was `put` earlier."""

    start: int
    end: int
    page: int
    end_page: int
    embedded: bytes
    headings: tuple[str, ...] = ()
    name_terms: Sequence[str] = ()
    body_terms: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table to store: `text[start:end]`."""

    start: int
    end: int
    header_rows: int | None = None
    """How many of its first rows name the columns, where the file says so."""
    apart: Sequence[tuple[int, Sequence[str]]] = ()
    """(number of a row from 0, its cells) where its line does not tell them."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that was read, cut and embedded: all that becomes visible in one transaction."""

    sha256: str
    name: str
    size: int
    kind: str
    pages: Sequence[PageText]
    chunks: Sequence[NewChunk]
    source: str | None = None
    title: str | None = None
    author: str | None = None
    language: str | None = None
    date: date | None = None
    headings: Sequence[HeadingLike] = ()
    tables: Sequence[NewTable] = ()
    """By rising `start`, apart from each other."""
    pictures: Sequence[PictureLike] = ()
    warnings: Sequence[str] = ()
    part_of: str | None = None
    """The archive or mail it came in, with the folders there; None for a file of its own."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What `arrivals.store` or `arrivals.recognise` did."""

    document_id: str
    status: Literal["added", "replaced", "unchanged"]
    kept: tuple[str, str] | None = None
    """What was replaced and stays, because another file has its bytes: its id, and the name of that file."""


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A question and its answer with all that is kept of it; times are seconds since 1970."""

    question: str
    text: str
    kind: MessageKind
    state: MessageState
    found: bool
    error: str | None
    model: str | None
    scope: Mapping[str, Any] | None
    forgotten: bool
    created_at: float
    updated_at: float
    citations: tuple[SpanRef, ...]
    hits: tuple[SpanRef, ...]
    sources: tuple[str, ...]
    """Ids of all documents that a language model was shown for it."""
    reading: QuestionReading | None = None
    material: MadeFrom | None = None


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation with its messages, oldest first."""

    id: str
    title: str
    created_at: float
    updated_at: float
    messages: tuple[KeptMessage, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """What `documents.remove` did. `forgotten` is False when another process still reads the old log:
    the words are gone from the database, and leave the log at the next chance (`catalog.tidy`)."""

    document_ids: tuple[str, ...]
    forgotten: bool


@dataclass(frozen=True, slots=True)
class Model:
    """An embedding model as the catalogue knows it."""

    id: int
    name: str
    dimension: int
    precision: str
    fingerprint: str = ""
    """Stands for its files and precision; "" where an earlier version did not write it down."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One version of the whole index: every document as one recipe and one model made it.

    The live one is searched; one more is building while all is redone. What a generation holds of one
    document is called an edition.
    """

    id: int
    recipe: Mapping[str, Any]
    """What its chunks were made with: see `explorer.ingestion.recipe`."""
    model: Model
    state: GenerationState
    """"binned": it keeps what the live one held of documents that are in the bin."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One step that a vector index follows; chunk ids `first_chunk` to `last_chunk`, both included.

    "live": `generation_id` has become the only generation (its chunks are in "add" rows of their own).
    """

    sequence: int
    generation_id: int
    action: Action
    first_chunk: int
    last_chunk: int


@dataclass(frozen=True, slots=True)
class Task:
    """A job with what its worker needs to do it."""

    job: Job
    source: str | None
    """Absolute path it was added from; None for an upload. For a file within a file, that file's path and its
    own name there: it says which is which, and is never opened."""
    sha256: str | None
    """The original is `files/<sha256>`; None while only `source` is known."""
    replaces: str | None
    """Id of the document that this one takes the place of."""
    keep_both: bool
    dimensions: int | None
    attempts: int
    """How often it was begun, this time included."""

    @property
    def reads_again(self) -> bool:
        """Whether it reads the document `replaces` once more from its original, because what was kept of it
        has changed on the disk."""
        return self.keep_both and self.replaces is not None


@dataclass(frozen=True, slots=True, eq=False)
class ChunkTable:
    """Where every live chunk stands, in order of id; row i of each array speaks of `ids[i]`."""

    ids: Ids
    documents: tuple[str, ...]
    """Ids of the documents that `document_index` counts."""
    document_index: NDArray[np.int32]
    pages: NDArray[np.int32]
    end_pages: NDArray[np.int32]
    starts: Integers
    ends: Integers
    has_headings: Mask


@dataclass(frozen=True, slots=True, eq=False)
class StoredLayout:
    """A map without what is gone, and what it lacks."""

    generation_id: int
    dimensions: int
    sequence: int
    """What had changed when it was drawn (`catalog.changes`)."""
    atlas: Atlas
    created_at: datetime
    placed: int
    """How many of its chunks were placed after it was drawn."""
    missing: Ids
    """The live chunks that have no point yet, ascending."""
    rows: int
    """How many points are stored, those of the bin with them."""


@dataclass(frozen=True, slots=True)
class Check:
    """What `catalog.check` found; `counts` holds what was counted."""

    problems: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    orphans: tuple[str, ...] = ()
    """Names in `files/` that no document and no job needs."""
    lost: tuple[str, ...] = ()
    """Ids of documents whose original is missing or has another size."""
    is_mendable: bool = False
    """Whether `doctor(repair=True)` mends something of it."""
