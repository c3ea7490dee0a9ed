"""The form of an export: what its files are called, and what stands in them.

    manifest.json             what it is, and a line for each document; written last
    documents/NAME            the originals, under names that any system can have
    catalogue/SHA256.json     what a document was read as: text, pages, passages, words
    catalogue/SHA256.f32      the embeddings of its passages, float32 little endian, one row each
    models/NUMBER             the files of the library's own models, by the list in the manifest
    conversations.json        questions and answers

Everything speaks of documents by their SHA-256 and of passages by their place in the text, never by ids of
one library. The models below check what a foreign export says: types, bounds, and that what belongs together
is there.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from explorer.transfer.form_values import (
    HUGE,
    STRICT,
    Digest,
    Line,
    Moment,
    Name,
    Number,
    Seconds,
    Sha256,
    Share,
)
from explorer.transfer.model_form import MODELS, TRIALS, ExportedModel, ExportedTrial
from explorer.types import MessageKind, MessageState

FORMAT = 1
"""Counts up when an earlier version of the program could not read an export any more."""
PROGRAM = "document-explorer"
MANIFEST = "manifest.json"
CONVERSATIONS = "conversations.json"
DOCUMENTS = "documents/"
_CATALOGUE = "catalogue/"

_LEAST_READ = 64
_MOST_PARTS = 100


def rows_name(sha256: str) -> str:
    """The file that holds what a document was read as."""
    return f"{_CATALOGUE}{sha256}.json"


def vectors_name(sha256: str) -> str:
    """The file that holds the embeddings of a document's passages."""
    return f"{_CATALOGUE}{sha256}.f32"


class _Checked(BaseModel):
    model_config = STRICT


class ExportedSource(_Checked):
    """A file that held a document's bytes; `path` is None for an upload."""

    name: Name
    path: Name | None = None
    part_of: Name | None = None


class ExportedDocument(_Checked):
    """One line of the manifest: a document, and the file that is its original."""

    sha256: Sha256
    file: Name
    size: Number
    name: Name
    added: Moment
    kind: Name
    tags: list[Name] = []
    source: Name | None = None
    part_of: Name | None = None
    sources: list[ExportedSource] = []


class ExportedIndex(_Checked):
    """What texts, passages and embeddings were made with."""

    recipe: dict[str, bool | int | float | str]
    model: Name
    dimension: Annotated[int, Field(ge=1, le=100_000)]
    precision: Annotated[str, Field(max_length=100)]
    fingerprint: Annotated[str, Field(max_length=1000)]

    @model_validator(mode="after")
    def _is_one_of_ours(self) -> ExportedIndex:
        """The library goes on cutting documents by these numbers."""
        chunk, read = self.recipe.get("chunk_tokens"), self.recipe.get("embed_tokens", _LEAST_READ)
        if len(self.recipe) > _MOST_PARTS or not isinstance(chunk, int) or not isinstance(read, int):
            raise ValueError("the recipe does not say how passages were made")
        if not 20 <= chunk <= 2000 or not _LEAST_READ <= read <= 100_000:
            raise ValueError("the recipe makes passages of a length that there is not")
        return self


class ManifestHead(_Checked):
    """What can be read of the manifest of any version."""

    format: Annotated[int, Field(ge=1)]
    program: str


class ExportManifest(ManifestHead):
    """`manifest.json`."""

    exported: datetime
    library: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The name that a person gave the library."""
    index: ExportedIndex | None = None
    settings: dict[str, str | int | float | bool | None] = {}
    documents: list[ExportedDocument]
    models: Annotated[list[ExportedModel], Field(max_length=MODELS)] = []
    trials: Annotated[list[ExportedTrial], Field(max_length=TRIALS)] = []

    @model_validator(mode="after")
    def _names_each_once(self) -> ExportManifest:
        for names in ([one.sha256 for one in self.documents], [one.file for one in self.documents]):
            if len(set(names)) < len(names):
                raise ValueError("it names a document twice")
        files = [file.file for model in self.models for file in model.files]
        if len(set(files)) < len(files) or len({one.name for one in self.models}) < len(self.models):
            raise ValueError("it names a model twice")
        return self


class ExportedPage(_Checked):
    """A page; it starts where the one before it ends."""

    number: Annotated[int, Field(ge=1, le=HUGE)]
    end: Number
    label: Line | None = None
    runs: bytes = b""
    boxes: bytes = b""


class ExportedChunk(_Checked):
    """A passage: a span of the text, its words, and the key of its embedding."""

    start: Number
    end: Number
    page: Number
    end_page: Number
    headings: list[Line]
    words: str
    embedded: Digest


class ExportedHeading(_Checked):
    """A heading: where it starts in the text, its level, its words."""

    start: Number
    level: Annotated[int, Field(ge=1, le=1000)]
    text: Line


class ExportedTable(_Checked):
    """A table: a span of the text, how many rows name its columns, and the cells that no line tells."""

    start: Number
    end: Number
    header_rows: Number | None = None
    apart: list[tuple[Number, list[str]]] = []


class ExportedPicture(_Checked):
    """A picture: where it stands in the text, on its page and in the original; `thumbnail` is a JPEG."""

    page: Number
    start: Number
    end: Number
    where: Annotated[str, Field(max_length=10_000)]
    sha256: Sha256
    media_type: Annotated[str, Field(pattern=r"^(image|application)/[a-z0-9.+-]{1,60}$")]
    width: Number
    height: Number
    box: tuple[Share, Share, Share, Share] | None = None
    caption: Line = ""
    alt: Line = ""
    thumbnail: Annotated[bytes, Field(max_length=200_000)] = b""


class ExportedRows(_Checked):
    """`catalogue/SHA256.json`."""

    title: Line | None = None
    author: Line | None = None
    language: Annotated[str, Field(max_length=100)] | None = None
    day: date | None = None
    warnings: list[Line] = []
    name_words: Line = ""
    text: str
    headings: list[ExportedHeading] = []
    tables: list[ExportedTable] = []
    pages: list[ExportedPage]
    chunks: list[ExportedChunk]
    pictures: list[ExportedPicture] = []

    @model_validator(mode="after")
    def _all_lies_in_the_text(self) -> ExportedRows:
        ends = [page.end for page in self.pages]
        if ends != sorted(ends) or (ends or [0])[-1] != len(self.text):
            raise ValueError("its pages do not add up to its text")
        numbers = {page.number for page in self.pages}
        if len(numbers) < len(self.pages):
            raise ValueError("it has a page twice")
        for chunk in self.chunks:
            if not chunk.start < chunk.end <= len(self.text) or not {chunk.page, chunk.end_page} <= numbers:
                raise ValueError("a passage lies outside its text")
        last = 0
        for table in self.tables:
            if not last <= table.start < table.end <= len(self.text):
                raise ValueError("a table lies outside its text")
            last = table.end
        for picture in self.pictures:
            if not picture.start <= picture.end <= len(self.text) or picture.page not in numbers:
                raise ValueError("a picture stands outside its text")
        return self


class ExportedSpan(_Checked):
    """A span that an answer rests on; `document` is None where it was removed."""

    number: Number
    document: Sha256 | None
    page: Number
    start: Number
    end: Number
    digest: Digest | None = None
    score: float = 0.0


class ExportedScope(_Checked):
    """What a question was limited to; a passage is a document's SHA-256, start and end."""

    documents: list[Sha256] | None = None
    chunks: list[tuple[Sha256, Number, Number]] | None = None
    tags: list[Line] | None = None
    kinds: list[Line] | None = None
    folders: list[Line] | None = None
    dates: tuple[date | None, date | None] | None = None
    years: list[Number] | None = None
    languages: list[Line] | None = None


class ExportedReading(_Checked):
    """How a question was understood."""

    kind: Line | None = None
    documents: list[Sha256] = []
    periods: list[Line] = []
    complete: str = ""
    is_chosen: bool = False


class ExportedMadeFrom(_Checked):
    """What an answer was made from; `left_out` counts passages by their document."""

    passages: Number
    documents: Number
    left_out: dict[Sha256, Number] = {}


class ExportedMessage(_Checked):
    """A question and its answer."""

    question: str
    text: str
    kind: MessageKind
    state: MessageState
    found: bool
    error: str | None = None
    model: Line | None = None
    scope: ExportedScope | None = None
    forgotten: bool = False
    created: Seconds
    updated: Seconds
    citations: list[ExportedSpan] = []
    hits: list[ExportedSpan] = []
    sources: list[Sha256] = []
    reading: ExportedReading | None = None
    material: ExportedMadeFrom | None = None

    @model_validator(mode="after")
    def _numbers_each_once(self) -> ExportedMessage:
        for spans in (self.citations, self.hits):
            if len({one.number for one in spans}) < len(spans):
                raise ValueError("it numbers a source twice")
        return self


class ExportedConversation(_Checked):
    """A conversation."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    title: Line
    created: Seconds
    updated: Seconds
    messages: list[ExportedMessage]


class ExportedConversations(_Checked):
    """`conversations.json`."""

    conversations: list[ExportedConversation]
