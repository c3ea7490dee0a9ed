"""Small documents for the tests of the catalogue: real rows, vectors that need no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from explorer.catalog import Catalog, Generation, NewChunk, NewDocument
from explorer.words.terms import terms

DIMENSION = 4


@dataclass(frozen=True)
class PageOf:
    number: int
    text: str
    label: str | None = None
    runs: bytes = b""
    boxes: bytes = b""


@dataclass(frozen=True)
class HeadingOf:
    start: int
    level: int
    text: str


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def vector(text: str) -> np.ndarray:
    """A unit vector that depends on the text alone."""
    raw = np.frombuffer(sha(text)[: DIMENSION * 2], "<u2").astype(np.float32) - 32768
    return raw / np.linalg.norm(raw)


def generation(catalog: Catalog, **recipe: Any) -> Generation:
    return catalog.generations.ensure_live(recipe or {"reader": 1}, "test-model", DIMENSION, "float32")


def document(
    pages: Sequence[str],
    name: str = "note.txt",
    *,
    step: int = 40,
    when: date | None = None,
    kind: str = "text",
    source: str | None = None,
    **more: Any,
) -> NewDocument:
    """A document cut every `step` characters within its pages."""
    chunks = []
    offset = 0
    for number, text in enumerate(pages, 1):
        for start in range(0, len(text), step):
            piece = text[start : start + step]
            chunks.append(
                NewChunk(
                    offset + start,
                    offset + start + len(piece),
                    number,
                    number,
                    sha(piece),
                    (f"part {number}",),
                    terms(name),
                    terms(piece),
                )
            )
        offset += len(text)
    whole = "".join(pages)
    return NewDocument(
        sha256=sha(whole).hex(),
        name=name,
        size=len(whole.encode("utf-8", "surrogatepass")),
        kind=kind,
        pages=[PageOf(number, text, runs=bytes([number % 256])) for number, text in enumerate(pages, 1)],
        chunks=chunks,
        source=source,
        date=when,
        **more,
    )


def embed(catalog: Catalog, model_id: int, new: NewDocument) -> None:
    text = "".join(page.text for page in new.pages)
    pieces = {chunk.embedded: text[chunk.start : chunk.end] for chunk in new.chunks}
    vectors = np.array([vector(piece) for piece in pieces.values()], np.float32).reshape(-1, DIMENSION)
    catalog.embeddings.put(model_id, list(pieces), vectors)


def add(catalog: Catalog, pages: Sequence[str] | str, name: str = "note.txt", **more: Any) -> str:
    """Store a document, its original too, and return its id."""
    replaces = more.pop("replaces", None)
    job_id = more.pop("job_id", None)
    new = document([pages] if isinstance(pages, str) else pages, name, **more)
    live = catalog.generations.live() or generation(catalog)
    embed(catalog, live.model.id, new)
    original(catalog.folder, new)
    return catalog.arrivals.store(new, live.id, replaces=replaces, job_id=job_id).document_id


def original(folder: Path, new: NewDocument) -> Path:
    path = folder / "files" / new.sha256
    path.write_bytes("".join(page.text for page in new.pages).encode("utf-8", "surrogatepass"))
    return path


def files_with(folder: Path, word: str) -> list[str]:
    """Which files of the folder hold the bytes of a word."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and word.encode() in path.read_bytes()
    ]
