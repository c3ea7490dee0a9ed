"""What training the embedding model further on a library brings: before and after, on held-out documents.

    python benchmarks/finetune.py [--sets cranfield filings] [--steps 30] [--keep FOLDER] [--shuffled 0]

Each set is a library of its own, trained through `explorer.tuning.Tuning` as people do it (headings →
passages, hard negatives found by search). Cranfield's documents are its abstracts, each under its title.
Printed are the mean reciprocal rank of the right passage before and after on documents that were not
trained on, with the interval that decides, minutes, and the memory of the training process. For Cranfield
also nDCG@10 of its own 225 questions, which no training saw, over whole abstracts, with an interval.

`--shuffled N` trains N times on pairs of the first set whose passages were shuffled, by seeds 1 to N, a few
steps each at a rate that is meant to do harm, and prints whether any was better: none may be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from explorer import Library, embedding  # noqa: E402
from explorer.embedding.options import ModelOptions  # noqa: E402
from explorer.embedding.registry import folder_of  # noqa: E402
from explorer.embedding.sentence_transformers import opened  # noqa: E402
from explorer.tuning import Trial, Tuning, TuningPlan, TuningProgress, judging, pairs, training  # noqa: E402

SHUFFLED_STEPS = 4
SHUFFLED_DOCUMENTS = 80
SHUFFLED_RATE = 3e-4
"""Fifteen times the usual one."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=["cranfield", "filings"])
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--shuffled", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        for name in options.sets:
            with Library(place / name) as library:
                if not library.documents():
                    library.add(FILES[name](place))
                print(f"{name}: {library.counts()}", flush=True)
                if options.shuffled:
                    shuffled(library, options.shuffled)
                else:
                    tuned(library, name, TuningPlan(steps=options.steps, seed=options.seed))


def tuned(library: Library, name: str, plan: TuningPlan) -> None:
    base = library.settings.embedder
    trial = Tuning(library).run(plan, Telling())
    print("\n".join(trial.lines()), flush=True)
    if name == "cranfield":
        asked(library, base, trial)


class Telling:
    """Prints each step once."""

    def __init__(self) -> None:
        self._step = ""

    def __call__(self, progress: TuningProgress) -> None:
        if progress.step != self._step:
            self._step = progress.step
            print(f"  {progress.share:4.0%} {progress.step}", file=sys.stderr, flush=True)


def asked(library: Library, base: str, trial: Trial) -> None:
    """nDCG@10 over whole abstracts of the questions that came with the set, by meaning alone."""
    if trial.name is None:
        print("The model was not kept, so it was not asked the set's own questions.")
        return
    values = [ndcg(name, library.folder) for name in (base, trial.name)]
    before, after = (float(np.mean(one)) for one in values)
    low, high = judging.interval([b - a for a, b in zip(*values, strict=True)], 0.95)
    print(f"nDCG@10 of 225 questions: {before:.3f} to {after:.3f}, difference [{low:+.3f}, {high:+.3f}]")


def ndcg(name: str, folder: Path) -> list[float]:
    place = DATA / "retrieval" / "cranfield"
    model = embedding.load(name, "bfloat16", library=folder)
    documents = rows(place / "corpus.jsonl")
    matrix = np.concatenate(
        [
            model.encode([one["text"] for one in documents[at : at + 32]])
            for at in range(0, len(documents), 32)
        ]
    )
    ids = [one["id"] for one in documents]
    right: dict[str, dict[str, float]] = {}
    for line in (place / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, score = line.split("\t")
        right.setdefault(query, {})[document] = float(score)
    discount = 1 / np.log2(np.arange(2, 12))
    found = []
    for query in rows(place / "queries.jsonl"):
        wanted = {one for one, score in right.get(query["id"], {}).items() if score > 0}
        best = np.argsort(-(matrix @ model.encode_query(query["text"])), kind="stable")[:10]
        gained = sum(discount[rank] for rank, row in enumerate(best) if ids[row] in wanted)
        found.append(float(gained / discount[: len(wanted)].sum()) if wanted else 0.0)
    return found


def shuffled(library: Library, count: int) -> None:
    """Pairs that don't belong together must not pass for better."""
    base = library.settings.embedder
    plan = TuningPlan()
    adopted = 0
    everything = pairs.pairs_of(library, plan)
    for seed in range(1, count + 1):
        chance = random.Random(seed)
        ids = sorted({pair.document_id for pair in everything})
        chosen = set(chance.sample(ids, min(SHUFFLED_DOCUMENTS, len(ids))))
        parts = pairs.split([pair for pair in everything if pair.document_id in chosen], seed)
        texts = [pair.passage for pair in parts.train]
        chance.shuffle(texts)
        wrong = [replace(pair, passage=text) for pair, text in zip(parts.train, texts, strict=True)]
        model = opened(folder_of(base, library.folder), ModelOptions(), "float32", "cpu")
        training.train(
            model,
            [training.Example(pair) for pair in wrong],
            SHUFFLED_STEPS,
            seed,
            rate=SHUFFLED_RATE,
            in_bfloat16=True,
        )
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder, create_model_card=False)
            ranks = [
                judging.reciprocal_ranks(embedding.load(name, "bfloat16"), parts.held_out)
                for name in (base, folder)
            ]
        whole = judging.compare(parts.held_out, *ranks, judging.confidence(1))[0]
        adopted += whole.low > 0
        print(f"seed {seed}: {whole.before:.3f} to {whole.after:.3f} [{whole.low:+.3f}, {whole.high:+.3f}]")
    print(f"Better: {adopted} of {count}.")


def cranfield(place: Path) -> list[Path]:
    """A Markdown file for each abstract, under its title."""
    folder = place / "cranfield-files"
    folder.mkdir(parents=True, exist_ok=True)
    for one in rows(DATA / "retrieval" / "cranfield" / "corpus.jsonl"):
        if one["text"].strip():
            (folder / f"{one['id']}.md").write_text(f"# {one['title']}\n\n{one['text']}\n")
    return [folder]


def filings(_: Path) -> list[Path]:
    return sorted((DATA / "financebench").glob("*.pdf"))


def rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().splitlines() if line.strip()]


FILES = {"cranfield": cranfield, "filings": filings}


if __name__ == "__main__":
    main()
