"""What a library of 200,000 passages takes on the disk, and what it finds, by the form of its vectors.

    python benchmarks/vectors.py --library FOLDER [--number 200000] [--stores none faiss chroma]
                                 [--sets cranfield lisa] [--model NAME]

**Vectors**: those of the library in FOLDER, with the texts that they are of (it is copied, not changed). The
rest up to `--number` is made of them: each is a mixture of a real one and another one among its 20 nearest
(30 to 70 %), with noise of a length of .15, so that they stand as close together as passages of a larger
library. Texts are those of the first of the two, so that the catalogue holds as much text as it would.

**Disk**: one catalogue is filled in float32, then narrowed to float16 and to int8 as a worker does; beside it
the folder of each store. **hit@10**: 500 questions, each a passage's vector with noise to a cosine of .7; how
often the passage is among the first 10 of all, compared exactly, and how many of float32's first 10 stay.
**Judged**: hit@10 of the questions on those filings that the library holds, by its own vectors; and of the
sets' own questions, by the vectors of `--model`.
"""

from __future__ import annotations

import argparse
import functools
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from embedders import DATA, Collection, _abstracts  # noqa: E402

from explorer import embedding  # noqa: E402
from explorer.catalog import Catalog, NewChunk, NewDocument  # noqa: E402
from explorer.catalog.vector_forms import WIDTHS, column, packed, unpacked  # noqa: E402
from explorer.errors import SettingError  # noqa: E402
from explorer.stores import NONE, make  # noqa: E402
from explorer.words.terms import terms  # noqa: E402
from tests.catalog.making import PageOf, sha  # noqa: E402

QUESTIONS, FIRST = 500, 10
OF_A_DOCUMENT = 500
BATCH = 250


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--number", type=int, default=200_000)
    parser.add_argument("--stores", nargs="+", default=[NONE, "faiss"])
    parser.add_argument("--parts", nargs="*", default=["found", "disk"], help="to run it in pieces")
    parser.add_argument("--sets", nargs="*", default=["cranfield", "lisa"])
    parser.add_argument("--model", default=embedding.DEFAULT_MODEL, help="for the sets")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vectors-benchmark-") as temporary:
        place = Path(temporary)
        for name in chosen.sets:
            print(f"{name}, {chosen.model}: {of_set(name, chosen.model)}", flush=True)
        collection, real = of_library(chosen.library, place)
        print(f"filings: {of_filings(collection, real)}", flush=True)
        vectors, sources = many(real, chosen.number)
        print(f"{len(real):,} real vectors; {len(vectors):,} in all", flush=True)
        if "found" in chosen.parts:
            print(found(vectors), flush=True)
        if "disk" in chosen.parts:
            print(disk(place, vectors, [collection.texts[source] for source in sources]), flush=True)
        for store in chosen.stores:
            if store != NONE:
                print(index(store, place / store, vectors), flush=True)


def of_library(folder: Path, place: Path) -> tuple[Collection, np.ndarray]:
    """The passages of a library with their places, the questions on its filings, and all vectors."""
    con = sqlite3.connect(f"file:{folder / 'catalog.sqlite3'}?mode=ro", uri=True)
    (place / "copy").mkdir()
    with closing(con), closing(sqlite3.connect(place / "copy" / "catalog.sqlite3")) as copy:
        con.backup(copy)
    (place / "copy" / "files").mkdir()
    with Catalog(place / "copy") as catalog:
        ids, vectors = catalog.embeddings.matrix()
        rows = {int(number): row for row, number in enumerate(ids)}
        texts, places = [""] * len(ids), [""] * len(ids)
        names = set()
        for document in catalog.documents.list():
            names.add(document.name)
            for chunk in catalog.chunks.of_document(document.id):
                texts[rows[chunk.id]] = chunk.text
                pages = map(str, range(chunk.page, chunk.end_page + 1))
                places[rows[chunk.id]] = " ".join([document.name, *pages])
    questions = []
    for line in (DATA / "financebench" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        evidence = {f"{part['doc']}.pdf {part['page_index'] + 1}" for part in one["evidence"]}
        if {place.rpartition(" ")[0] for place in evidence} <= names:
            questions.append((str(one["question"]), evidence))
    return Collection(texts, places, [], questions), vectors


def of_filings(collection: Collection, vectors: np.ndarray) -> str:
    """hit@10 of the questions on filings in each form."""
    if not collection.questions:
        return "the library holds none"
    model = embedding.load()
    asked = np.stack([model.encode_query(question) for question, _ in collection.questions])
    return judged(collection, vectors, asked)


def of_set(name: str, model_name: str) -> str:
    """hit@10 of a set's questions in each form."""
    collection, model = _abstracts(DATA / "retrieval" / name), embedding.load(model_name)
    asked = np.stack([model.encode_query(question) for question, _ in collection.questions])
    return judged(collection, model.encode(collection.texts), asked)


def in_form(vectors: np.ndarray, form: str) -> np.ndarray:
    """What is read again of vectors that are kept in a form."""
    width = WIDTHS[form]
    parts = [vectors[start : start + 5_000] for start in range(0, len(vectors), 5_000)]
    return np.concatenate(
        [unpacked([(blob, column(width)) for blob in packed(part, width)]) for part in parts]
    )


def judged(collection: Collection, vectors: np.ndarray, questions: np.ndarray) -> str:
    """hit@10 of the set's own questions in each form."""
    said = []
    for form in WIDTHS:
        cosines = questions @ in_form(vectors, form).T
        hits = [
            any(_answers(collection.places[at], wanted) for at in np.argsort(-row, kind="stable")[:FIRST])
            for row, (_, wanted) in zip(cosines, collection.questions, strict=True)
        ]
        said.append(f"{form} {np.mean(hits):.4f}")
    return f"hit@{FIRST} of {len(questions)} questions: {', '.join(said)}"


def _answers(place: str, wanted: set[str]) -> bool:
    document, *pages = place.split(" ")
    return place in wanted or any(f"{document} {page}" in wanted for page in pages)


def many(real: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """`number` vectors, the real ones first, and the real one that each is of."""
    draw = np.random.default_rng(1)
    made, sources = [real[:number]], [np.arange(min(number, len(real)))]
    while sum(map(len, made)) < number:
        chosen = draw.integers(0, len(real), min(2_000, number - sum(map(len, made))))
        near = np.argpartition(-(real[chosen] @ real.T), 21, axis=1)[:, :21]
        other = near[np.arange(len(chosen)), draw.integers(0, 21, len(chosen))]
        share = draw.uniform(0.3, 0.7, (len(chosen), 1)).astype(np.float32)
        noise = draw.normal(size=(len(chosen), real.shape[1])).astype(np.float32)
        mixed = share * real[chosen] + (1 - share) * real[other] + 0.15 * _of_length_one(noise)
        made.append(_of_length_one(mixed))
        sources.append(chosen)
    return np.concatenate(made), np.concatenate(sources)


def _of_length_one(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def found(vectors: np.ndarray) -> str:
    """hit@10, and what stays of float32's first ten, in each form."""
    draw = np.random.default_rng(2)
    meant = draw.choice(len(vectors), min(QUESTIONS, len(vectors)), replace=False)
    noise = _of_length_one(draw.normal(size=(len(meant), vectors.shape[1])).astype(np.float32))
    questions = _of_length_one(0.7 * vectors[meant] + 0.714 * noise)
    said, exact = [], np.empty((0, FIRST), int)
    for form in WIDTHS:
        kept = in_form(vectors, form)
        first = np.concatenate([_first(kept, questions[at : at + 50]) for at in range(0, len(questions), 50)])
        exact = first if not len(exact) else exact
        hit = np.mean([one in row for one, row in zip(meant, first, strict=True)])
        stays = np.mean([len(np.intersect1d(a, b)) / FIRST for a, b in zip(first, exact, strict=True)])
        said.append(f"{form} {hit:.4f} (recall of float32's {stays:.4f})")
    return f"hit@{FIRST} of {len(meant)} among {len(vectors):,}: {', '.join(said)}"


def _first(kept: np.ndarray, questions: np.ndarray) -> np.ndarray:
    return np.argpartition(-(questions @ kept.T), FIRST, axis=1)[:, :FIRST]


def disk(place: Path, vectors: np.ndarray, texts: list[str]) -> str:
    """MB of a catalogue with these passages in each form, and how long the worker's part took."""
    said = []
    with Catalog(place / "library") as catalog:
        live = catalog.generations.ensure_live({}, "all-MiniLM-L6-v2", vectors.shape[1], "int8")
        for start in range(0, len(vectors), OF_A_DOCUMENT):
            new = _document(start, texts[start : start + OF_A_DOCUMENT])
            keys = [chunk.embedded for chunk in new.chunks]
            catalog.embeddings.put(live.model.id, keys, vectors[start : start + OF_A_DOCUMENT])
            catalog.arrivals.store(new, live.id)
        catalog.database.forget()
        for form, width in WIDTHS.items():
            begun = time.perf_counter()
            while catalog.narrowing.some(width):
                pass
            took = time.perf_counter() - begun
            with catalog.read() as con:
                alone = con.execute("SELECT sum(length(vector)) FROM embedding").get
            size = catalog.path.stat().st_size
            said.append(f"{form} {size / 1e6:.0f} MB (vectors {alone / 1e6:.0f}), narrowed in {took:.0f} s")
    return f"catalogue: {'; '.join(said)}"


_terms = functools.cache(terms)


def _document(start: int, texts: list[str]) -> NewDocument:
    whole, chunks, offset = "".join(texts), [], 0
    for at, text in enumerate(texts):
        key = sha(f"{start + at}")
        chunks.append(NewChunk(offset, offset + len(text), 1, 1, key, (), "name", _terms(text)))
        offset += len(text)
    more: dict[str, Any] = {"sha256": sha(f"document {start}").hex(), "name": f"{start}.txt", "kind": "text"}
    return NewDocument(size=len(whole), pages=[PageOf(1, whole)], chunks=chunks, **more)


def index(store: str, folder: Path, vectors: np.ndarray) -> str:
    """MB that a store's folder takes."""
    folder.mkdir()
    try:
        made = make(store)
    except SettingError as error:
        return f"{store}: {error}"
    made.open(folder)
    for start in range(0, len(vectors), BATCH):
        some = vectors[start : start + BATCH]
        made.add(1, np.arange(start, start + len(some), dtype=np.int64), some)
    made.close()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return f"{store}: {size / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
