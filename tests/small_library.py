"""A catalogue of real documents with real embeddings, without a worker: retrieval below `Library`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from explorer import chunking, embedding
from explorer.catalog import Catalog, NewChunk, NewDocument
from explorer.catalog.records import NewTable
from explorer.types import Page
from explorer.words.terms import row

PAGES: Mapping[str, Sequence[str]] = {
    "harbour-report.pdf": (
        "The harbour handled 48,200 containers in 2021. Storms closed the north quay for nine days in "
        "March.\n\n",
        "The north quay was repaired by a crew of forty divers. Repairs cost 3.2 million crowns and ended in "
        "June.\n\nThe crane on the south quay carries the inventory code ZX-9981-B.\n\n",
        "Ships pay harbour dues by tonnage. Dues rose by four percent when the new tariff began in January.",
    ),
    "bread.md": (
        "# Sourdough\n\nA sourdough starter is flour and water that ferment together. Feed the starter "
        "every "
        "twelve hours with equal weights of flour and water.\n\n## Baking\n\nBake the loaf at 240 degrees "
        "for forty minutes, with steam during the first ten. The crust is ready when it sounds hollow.\n",
    ),
    "lease.txt": (
        "The tenant shall pay rent of 950 crowns on the first day of each month. The landlord may end this "
        "lease with three months' notice. Pets are allowed only with the landlord's written consent.\n",
    ),
    "税务公告.txt": ("国家税务总局发布公告，调整小规模纳税人的增值税政策。纳税人应当按月申报。",),
    "mond.txt": ("Der Mond entfernt sich jedes Jahr um fast vier Zentimeter von der Erde.",),
}

LANGUAGES = {
    "harbour-report.pdf": "en",
    "税务公告.txt": "zh",
    "mond.txt": "de",
    "договор.txt": "ru",
    "عقد.txt": "ar",
}


@dataclass
class RealEncoder:
    """The worker's part: the bundled model, and the index's answer worked out exactly."""

    catalog: Catalog
    asked: int = 0

    def encode(self, texts: Sequence[str], kind: str = "passage") -> np.ndarray:
        if kind == "query":
            return np.stack([_query(text) for text in texts])
        return model().encode(texts)

    def nearest(self, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        self.asked += 1
        ids, vectors = self.catalog.embeddings.matrix()
        cosine = vectors @ vector
        best = np.argsort(-cosine)[:k]
        return ids[best], cosine[best]


@cache
def model() -> embedding.EmbeddingModel:
    return embedding.load(embedding.DEFAULT_MODEL)


@cache
def _query(text: str) -> np.ndarray:
    return model().encode_query(text)


def fill(
    folder: Path,
    documents: Mapping[str, Sequence[str]] = PAGES,
    tokens: int = 40,
    headings: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    tables: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Catalog:
    """A catalogue of these documents (name → texts of its pages), cut into chunks of about `tokens`, with
    the headings of a document (by its name) above each. `tables`: parts of its text that are tables."""
    catalog = Catalog(folder)
    generation = catalog.generations.ensure_live({"test": 1}, model().name, model().dimension, "float32")
    for name, pages in documents.items():
        new, texts = _document(name, pages, tokens, headings.get(name, ()), tables.get(name, ()))
        catalog.embeddings.put(generation.model.id, list(texts), model().encode(list(texts.values())))
        catalog.arrivals.store(new, generation.id)
    return catalog


def id_of(catalog: Catalog, name: str) -> str:
    return next(one.id for one in catalog.documents.list() if one.name == name)


@dataclass(frozen=True)
class _Page:
    number: int
    text: str
    label: str | None = None
    runs: bytes = b""
    boxes: bytes = b""


def _document(
    name: str, pages: Sequence[str], tokens: int, headings: tuple[str, ...], tables: Sequence[str]
) -> tuple[NewDocument, dict[bytes, str]]:
    text, starts = "".join(pages), np.cumsum([0, *map(len, pages)]).tolist()
    places = [Page(n + 1, starts[n], starts[n + 1]) for n in range(len(pages))]
    spans = chunking.split(text, places, [], count=model().count_tokens, target_tokens=tokens, max_tokens=200)
    texts, chunks = {}, []
    language = LANGUAGES.get(name)
    for span in spans:
        body = text[span.start : span.end]
        key = hashlib.sha256(f"{name}: {body}".encode()).digest()
        texts[key] = f"{Path(name).stem}: {body}"
        chunks.append(
            NewChunk(
                span.start, span.end, span.page, span.end_page, key, headings,
                name_terms=row(Path(name).stem, language), body_terms=row(body, language),
            )
        )  # fmt: skip
    new = NewDocument(
        sha256=hashlib.sha256(f"{name}{text}".encode()).hexdigest(),
        name=name,
        size=len(text),
        kind=name.rpartition(".")[2],
        language=language,
        pages=[_Page(n + 1, page) for n, page in enumerate(pages)],
        chunks=chunks,
        tables=[NewTable(at, at + len(one)) for one in tables for at in [text.index(one)]],
    )
    return new, texts
