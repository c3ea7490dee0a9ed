"""The types that `Library` takes and returns: plain, frozen, and free of behaviour.

Offsets are always characters of `library.text(document_id)`, half-open: `text[start:end]`.
Pages count from 1. Scores rise with relevance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from explorer.types.asked import MadeFrom as MadeFrom
from explorer.types.asked import QuestionReading as QuestionReading
from explorer.types.asked import SentenceCheck as SentenceCheck
from explorer.types.asked import SpanRef as SpanRef
from explorer.types.headings import HeadingLike as HeadingLike
from explorer.types.images import Box as Box
from explorer.types.images import PageImage as PageImage
from explorer.types.images import PageWord as PageWord
from explorer.types.images import Picture as Picture
from explorer.types.images import PictureImage as PictureImage
from explorer.types.jobs import Activity as Activity
from explorer.types.jobs import Job as Job
from explorer.types.jobs import JobKind as JobKind
from explorer.types.jobs import JobOutcome as JobOutcome
from explorer.types.jobs import JobState as JobState
from explorer.types.jobs import Progress as Progress
from explorer.types.rows import TableRow as TableRow
from explorer.types.watched import WatchedFolder as WatchedFolder
from explorer.types.watched import WatchEvent as WatchEvent
from explorer.types.watched import WatchWord as WatchWord

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Integers

Mode = Literal["hybrid", "semantic", "keyword"]
Status = Literal["added", "replaced", "unchanged", "failed"]
MessageKind = Literal["quotes", "model", "composed", "none"]
MessageState = Literal["streaming", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the library. `pages` and `chunks` are counts, `size` is bytes of the original."""

    id: str
    name: str
    kind: str
    pages: int
    chunks: int
    size: int
    added_at: datetime
    title: str | None = None
    author: str | None = None
    language: str | None = None
    date: date | None = None
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    source: str | None = None
    """Absolute path it was added from; None for an upload. For what came in an archive or mail it is that
    file's path, followed by its own name."""
    part_of: str | None = None
    """The archive or mail it came in, with the folders there ("letters.zip/2021"); else None."""
    file_name: str | None = None
    """What its file is called, where a person gave the document another name; else None."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A document in the bin: since when, and from when on it is removed for good."""

    document: Document
    binned_at: datetime
    goes_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Totals over the documents that can be seen; `bytes` is the size of their originals."""

    documents: int
    pages: int
    chunks: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `text[start:end]` of the document; the pages of a document partition its text."""

    number: int
    start: int
    end: int
    label: str | None = None
    """What is printed on the page ("iv", "A-3"), where it differs from the number."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document's text, never a copy that has lost its place."""

    id: int
    document_id: str
    page: int
    end_page: int
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The span that is shown for a hit: its chunk, widened to whole sentences or neighbours."""

    page: int
    end_page: int
    start: int
    end: int
    text: str
    tables: tuple[tuple[int, int], ...] = ()
    """What of it is tables, as spans of the document's text: each of their lines is a row."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `rank` counts from 1."""

    rank: int
    score: float
    chunk: Chunk
    document: Document
    passage: Passage
    is_exact: bool = False
    """Whether it holds the query, or what is quoted in it, word for word. A search by meaning alone does not
    tell."""
    also: tuple[Hit, ...] = ()
    """Hits that say nearly the same and took no place of their own, best first; with the same rank."""
    signals: Mapping[str, float] = field(default_factory=dict)
    """Why it was found: which share of its score came from `meaning`, `words` (with those that stand around
    it), the document's `name`, the `headings` above it and a `table`'s row, 0 to 1, together 1; only those
    that were asked, and empty where only filters were."""
    row: TableRow | None = None
    """The row of a table in its chunk that the query seems to ask for."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Documents that are nearly the same, the first that was added first."""

    documents: tuple[Document, ...]
    share: float
    """The share of their words that the first and each other have in common, at least; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A span that an answer rests on. `number` is the `n` of `[n]` in the answer's text."""

    number: int
    document_id: str
    page: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search or a question may look at.

    All given limits must hold. A limit that is left out (None) does not count; an empty list matches nothing,
    and a single string is a list of one.
    """

    documents: Sequence[str] | None = None
    chunks: Sequence[int] | None = None
    tags: Sequence[str] | None = None
    """A document with any of these tags, however their case and accents are written."""
    kinds: Sequence[str] | None = None
    folders: Sequence[str] | None = None
    """Documents added from these folders or below them."""
    dates: tuple[date | None, date | None] | None = None
    """First and last day of the document's own date, both included; None leaves that end open."""
    years: Sequence[int] | None = None
    """Of the document's own date: any of these."""
    languages: Sequence[str] | None = None
    """As `Document.language` says it: any of these."""

    def __post_init__(self) -> None:
        # A string is a sequence of strings too: its letters would be looked for, and nothing found.
        for name in ("documents", "tags", "kinds", "folders", "languages"):
            value = getattr(self, name)
            if isinstance(value, str):
                object.__setattr__(self, name, (value,))

    @property
    def is_everything(self) -> bool:
        return all(
            part is None
            for part in (
                self.documents,
                self.chunks,
                self.tags,
                self.kinds,
                self.folders,
                self.dates,
                self.years,
                self.languages,
            )
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """One line of the list of conversations."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    messages: int


@dataclass(frozen=True, slots=True)
class Message:
    """A question and its answer. The text of an answer in quotes is made from its citations when shown."""

    id: int
    conversation_id: str
    question: str
    text: str
    kind: MessageKind
    state: MessageState
    found: bool
    error: str | None
    model: str | None
    scope: Mapping[str, Any] | None
    forgotten: bool
    """A document that it drew on was removed; a model's words went with it."""
    created_at: datetime
    citations: tuple[SpanRef, ...] = ()
    hits: tuple[SpanRef, ...] = ()
    reading: QuestionReading | None = None
    material: MadeFrom | None = None
    checks: tuple[SentenceCheck, ...] | None = None
    """Each sentence of `text` held against the documents; None where that was not done yet."""
    progress: str = ""
    """What this process does for an answer before words come, such as "Reading part 3 of 7"."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file given to `Library.add`, or found in an archive or mail that was given.

    An archive has an outcome of its own only where there is something to say about it: it failed, or it is
    "added", without a document, and its warnings name the files in it that could not be read.
    """

    name: str
    status: Status
    document: Document | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()
    part_of: str | None = None
    """The same as `Document.part_of`."""


@dataclass(frozen=True, slots=True)
class Staged:
    """An upload that is on disk and waits to be taken in or discarded."""

    path: Path
    name: str
    size: int
    sha256: str
    duplicate_of: Document | None
    """The document with exactly these bytes."""
    same_name: Document | None
    """A document of this name with other bytes: replace it, or keep both?"""
    was_damaged: bool = False
    """Whether the original of `duplicate_of` was damaged or lost, and was replaced by these bytes."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of points. `label` holds the words that set it apart, `size` counts its points.

    It keeps its id and label when the map is drawn anew, as long as most of its points stay together.
    """

    id: int
    label: str
    size: int
    parent: int | None = None
    """Of a finer group: the cluster that it is a part of."""
    is_renamed: bool = False
    """Whether a person chose the label."""
    own: str = ""
    """Where a person did: the label that its words gave it; "" where none of them stand in it any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """The map of a library: row i of every array speaks of chunk `chunk_ids[i]`."""

    chunk_ids: Ids
    """(n,)"""
    xy: Floats
    """(n, dimensions)"""
    cluster_ids: Integers
    """(n,), -1 where unclustered"""
    clusters: tuple[Cluster, ...]
    finer_ids: Integers | None = None
    """(n,), -1 where there is none; None on a map of one level."""
    finer: tuple[Cluster, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class StoredMap:
    """The map that was drawn last, as the library is now. `is_current`: nothing was added since then."""

    atlas: Atlas
    is_current: bool
    drawn_at: datetime
    placed: int = 0
    """How many of the chunks were placed since it was drawn."""


@dataclass(frozen=True, slots=True)
class Report:
    """What `Library.doctor` found. `repaired` lists what it mended."""

    problems: tuple[str, ...]
    repaired: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many documents, chunks, keyword rows, index vectors and so on there are."""
    notes: tuple[str, ...] = ()
    """What is worth knowing without being a problem, such as a model made for another language."""
    is_mendable: bool = False
    """Whether `Library.doctor(repair=True)` mends something of `problems`."""
    models: tuple[str, ...] = ()
    """What computes, in which precision, and why: `Library.models.explain`."""

    @property
    def ok(self) -> bool:
        return not self.problems
