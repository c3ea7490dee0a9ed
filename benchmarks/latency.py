"""How long a search takes in a large library, and how much memory the app has after a hundred.

    python benchmarks/latency.py [--chunks 50000 200000] [--keep FOLDER]

Builds libraries of distinct passages from the words of ../shared/data (sentences mixed anew) with a worker
and a vector index as in the app, asks whole questions of the three sets, each once and in the hybrid mode
(100 to warm up, then 300), and prints percentiles of what one search takes, in brackets their bootstrap 95 %
intervals; of it the wait for the vector index, and the processor time of the searching thread, which other
work on the machine lengthens far less. The query's embedding is made before the clock starts. Beside it:
SQLite FTS5 over the same rows with all words of the question. Memory is what the two processes of the app
hold after 100 searches: the one that searches, with Streamlit imported though no page is open, and the worker
with its model and index. Libraries are built in a process that has ended before the clock starts; `--keep`
keeps them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw
import numpy as np
from measuring import Estimate, percentile, resident

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))

from explorer import embedding, settings  # noqa: E402
from explorer.catalog import Catalog, NewChunk, NewDocument  # noqa: E402
from explorer.ingestion import recipe  # noqa: E402
from explorer.search.retriever import Retriever  # noqa: E402
from explorer.words.terms import row  # noqa: E402
from explorer.worker import protocol  # noqa: E402
from explorer.worker.client import WorkerClient  # noqa: E402

CHUNKS_A_DOCUMENT = 500
PAGE_OF = 4
"""Chunks a page."""
SENTENCES = 4
SEARCHES = 100
"""After this many searches the memory is read, and from then on times count."""
TIMED = 300


@dataclass(frozen=True)
class _Page:
    number: int
    text: str
    label: str | None = None
    runs: bytes = b""
    boxes: bytes = b""


class _Known:
    """The worker's part of a search, with the query's embedding known already."""

    def __init__(self, client: WorkerClient, vectors: dict[str, np.ndarray]) -> None:
        self._client = client
        self._vectors = vectors
        self.in_index: list[float] = []
        """Milliseconds that each search waited for the vector index."""

    def encode(self, texts: Sequence[str], kind: str = "passage") -> np.ndarray:
        if kind == "query" and all(text in self._vectors for text in texts):
            return np.stack([self._vectors[text] for text in texts])
        return self._client.encode(texts, kind)

    def nearest(self, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray] | None:
        started = time.perf_counter()
        found = self._client.nearest(vector, k)
        self.in_index.append((time.perf_counter() - started) * 1000)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--keep", type=Path, help="where the libraries are kept for the next run")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="latency-benchmark-") as temporary:
        for number in chosen.chunks:
            folder = (chosen.keep or Path(temporary)) / str(number)
            _apart(prepare, folder, number)
            _apart(measure, folder, number)


def _apart(function: Callable[[Path, int], None], folder: Path, number: int) -> None:
    """In a process of its own, so that what one step leaves in memory is not found in the next."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=(folder, number))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def prepare(folder: Path, number: int) -> None:
    """Builds a library of this many chunks unless it is there."""
    with Catalog(folder) as catalog:
        if catalog.documents.counts().chunks < number:
            started = time.perf_counter()
            build(catalog, number)
            print(f"{number:,} chunks stored in {time.perf_counter() - started:.0f} s", flush=True)


def measure(folder: Path, number: int) -> None:
    """Prints the figures of a library of this many chunks."""
    import streamlit  # noqa: F401

    with Catalog(folder) as catalog:
        client = WorkerClient(folder)
        try:
            _show(catalog, client, number)
        finally:
            client.close()


def _show(catalog: Catalog, client: WorkerClient, number: int) -> None:
    asked = questions()
    vectors = dict(zip(asked, client.encode(asked, "query"), strict=True))
    started = time.perf_counter()
    while client.nearest(vectors[asked[0]], 10) is None:
        time.sleep(1)  # the vector index is being built
    print(f"vector index ready after {time.perf_counter() - started:.0f} s", flush=True)
    known = _Known(client, vectors)
    retriever = Retriever(catalog, known)
    warm = [_time(retriever, question) for question in asked[:SEARCHES]]
    memory = _memory(catalog.folder)
    known.in_index.clear()
    times, working = [], []
    for question in asked[SEARCHES:]:
        began = time.thread_time()
        times.append(_time(retriever, question))
        working.append((time.thread_time() - began) * 1000)
    fts = _fts(catalog.folder, asked[SEARCHES:][:60])
    print(f"{number:,} chunks, {len(times)} questions; the first search of all took {warm[0]:,.0f} ms")
    for label, of in (
        ("hybrid search", times),
        ("  of it, waiting for the vector index", known.in_index),
        ("  of it, this process at work", working),
        ("FTS5, all words", fts),
    ):
        if of:
            half, most = (_shown(percentile(of, percent)) for percent in (50, 95))
            print(f"  {label:40}p50 {half}  p95 {most}  worst {max(of):.1f} ms")
    print(f"  memory after {SEARCHES} searches: {memory}", flush=True)


def _memory(folder: Path) -> str:
    """What the two processes of the app hold now, in words."""
    address = protocol.read_address(folder)
    if address is None:
        raise SystemExit(f"No worker has written its address into {folder}.")
    app, worker = resident(os.getpid()), resident(address.pid, with_children=True)
    return (
        f"app {app / 1e6:,.0f} MB + worker {worker / 1e6:,.0f} MB = {(app + worker) / 1e6:,.0f} MB resident"
    )


def _shown(found: Estimate) -> str:
    return f"{found.value:6.1f} [{found.low:.1f} {found.high:.1f}] ms"


def questions() -> list[str]:
    """Whole questions of the three kinds of sets, in a fixed order."""
    files = [DATA / "retrieval/cranfield/queries.jsonl", DATA / "financebench/questions.jsonl"]
    files += sorted((DATA / "chunking").glob("*.questions.jsonl"))
    found = []
    for file in files:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        found += [str(line.get("question") or line["text"]) for line in lines]
    found = list(dict.fromkeys(found))
    random.Random(0).shuffle(found)
    return found[: SEARCHES + TIMED]


def build(catalog: Catalog, number: int) -> None:
    """Stores this many distinct chunks. Their embeddings are real ones, moved at random."""
    model = embedding.load(embedding.DEFAULT_MODEL)
    source = _sentences()
    chance, noise = random.Random(number), np.random.default_rng(number)
    seeds = model.encode([" ".join(chance.sample(source, SENTENCES)) for _ in range(500)])
    asked = recipe.wanted(settings.resolve())
    generation = catalog.generations.ensure_live(asked, model.name, model.dimension, model.precision)
    for first in range(0, number, CHUNKS_A_DOCUMENT):
        texts = [
            " ".join(chance.sample(source, SENTENCES)) + f" {first + i}.\n" for i in range(CHUNKS_A_DOCUMENT)
        ]
        vectors = seeds[noise.integers(0, len(seeds), len(texts))]
        vectors = vectors + noise.normal(0, 0.03, vectors.shape).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        shas = [hashlib.sha256(text.encode()).digest() for text in texts]
        catalog.embeddings.put(generation.model.id, shas, vectors)
        catalog.arrivals.store(_document(first, texts, shas), generation.id)


def _document(number: int, texts: Sequence[str], shas: Sequence[bytes]) -> NewDocument:
    pages = ["".join(texts[i : i + PAGE_OF]) for i in range(0, len(texts), PAGE_OF)]
    name = f"volume-{number}"
    chunks, start = [], 0
    for i, text in enumerate(texts):
        page = i // PAGE_OF + 1
        end = start + len(text) - 1
        chunks.append(NewChunk(start, end, page, page, shas[i], (), row(name), row(text, "en")))
        start += len(text)
    return NewDocument(
        sha256=hashlib.sha256("".join(texts).encode()).hexdigest(),
        name=f"{name}.txt",
        size=start,
        kind="text",
        pages=[_Page(i, page) for i, page in enumerate(pages, 1)],
        chunks=chunks,
        language="en",
    )


def _sentences() -> list[str]:
    found: dict[str, None] = {}
    for text in _texts():
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            if 60 <= len(sentence) <= 300:
                found[" ".join(sentence.split())] = None
    return list(found)


def _texts() -> Iterator[str]:
    for file in ("retrieval/cranfield/corpus.jsonl", "topics/ag_news.jsonl"):
        for line in (DATA / file).read_text(encoding="utf-8").splitlines():
            yield str(json.loads(line)["text"])
    for file in sorted((DATA / "chunking").glob("*.md")):
        yield file.read_text(encoding="utf-8")


def _time(retriever: Retriever, question: str) -> float:
    started = time.perf_counter()
    hits = retriever.search(question, 10)
    took = (time.perf_counter() - started) * 1000
    if len(hits) != 10:
        raise SystemExit(f"{len(hits)} hits for {question!r}")
    return took


def _fts(folder: Path, asked: Sequence[str]) -> list[float]:
    """The same questions, all their words joined by OR, the ten best by SQLite's bm25."""
    con = apsw.Connection(str(folder / "catalog.sqlite3"), flags=apsw.SQLITE_OPEN_READONLY)
    sql = "SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH ? ORDER BY bm25(chunk_terms) LIMIT 10"
    times = []
    for question in asked:
        words = " OR ".join(f'"{term}"' for term in dict.fromkeys(row(question, "en")))
        started = time.perf_counter()
        list(con.execute(sql, (words,)))
        times.append((time.perf_counter() - started) * 1000)
    con.close()
    return times


if __name__ == "__main__":
    main()
