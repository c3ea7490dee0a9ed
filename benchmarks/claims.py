"""How well claims are checked, beside plain baselines, and how fast.

    python benchmarks/claims.py                  all of it; the embeddings' baseline takes minutes
    python benchmarks/claims.py judged           claims judged by people (../shared/data/claims)
    python benchmarks/claims.py filings          sentences of 12 filings with one thing changed
    python benchmarks/claims.py speed            ms a claim with 10 passages of 1,000 characters
    python benchmarks/claims.py judged --fit     the weights for explorer/claims/checking.py

`judged`: macro-F1 and AUC of supported against all else, with bootstrap 95 % intervals, by 10-fold
cross-validation: the weights are fitted on nine tenths, and no question is on both sides. Every baseline's
threshold is fitted the same way. Then each of our own verdicts, with the weights as they are in the code.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from claim_changes import Changed, draw  # noqa: E402

from explorer.claims import checking  # noqa: E402
from explorer.claims.evidence import gather, windows  # noqa: E402
from explorer.claims.parts import parts_of, sentences  # noqa: E402
from explorer.readers.process.pool import ReaderPool  # noqa: E402

DATA = HERE.parent.parent / "shared" / "data"
FOLDS = 10
SAMPLES = 1_000
READ = 20_000
"""Characters of a passage that the baselines look at."""

Claim = dict[str, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def judged(path: Path, with_embeddings: bool, fit: bool) -> None:
    """Claims with people's verdicts."""
    claims = [json.loads(line) for line in path.read_text().splitlines()]
    wanted = np.array([claim["supported"] for claim in claims])
    groups = _numbered([claim["question"] or claim["id"] for claim in claims])
    sources = np.array([claim["source"] for claim in claims])
    print(f"{len(claims)} claims, {int(wanted.sum())} supported; macro-F1, AUC [95 %], by source")
    idf = _idf(claims)
    rows: dict[str, Floats] = {
        "word overlap": np.array([[_overlap(claim, lambda _: 1.0)] for claim in claims]),
        "idf-weighted share": np.array([[_overlap(claim, idf)] for claim in claims]),
    }
    if with_embeddings:
        rows["embedding cosine"] = _cosines(claims)
    for name, values in rows.items():
        _print(name, wanted, _crossed(values, wanted, groups), sources)
    own = np.array([_features(claim) for claim in claims])
    _print("explorer.check, words alone", wanted, _crossed(own, wanted, groups), sources)
    _print("explorer.check, cross-validated", wanted, _checked(claims, own, wanted, groups), sources)
    done = [checking.check(c["claim"], c["passages"], c["question"]) for c in claims]
    _print("explorer.check as it is in the code", wanted, np.array([one.score for one in done]), sources)
    verdicts = Counter(one.verdict for one in done)
    right = Counter(one.verdict for one, ok in zip(done, wanted, strict=True) if ok)
    for verdict, number in verdicts.most_common():
        print(f"  {verdict:13}{number:5}, {right[verdict] / number:.2f} of them supported, as people judge")
    if fit:
        model = LogisticRegression(C=1.0).fit(own, wanted)
        print({name: round(float(w), 2) for name, w in zip(checking.WEIGHTS, model.coef_[0], strict=True)})
        print(f"INTERCEPT = {model.intercept_[0]:.2f}")


def _numbered(names: Sequence[str]) -> Floats:
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([known[name] for name in names], np.float64)


def _crossed(values: Floats, wanted: Floats, groups: Floats) -> Floats:
    """Each claim's probability by a regression that saw no claim of its question."""
    found = np.zeros(len(wanted))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(values, wanted, groups):
        model = LogisticRegression(C=1.0).fit(values[train], wanted[train])
        found[test] = model.predict_proba(values[test])[:, 1]
    return found


def _features(claim: Claim) -> list[float]:
    """What the weights weigh, of a whole claim."""
    texts = [text[:READ] for text in claim["passages"]]
    stated = [sentence for number, text in enumerate(texts) for sentence in sentences(number, text)]
    evidence = gather(parts_of(claim["claim"]), claim["question"] or "", stated, texts)
    values = checking.features(evidence, windows(evidence))
    return [values[name] for name in checking.WEIGHTS]


def _checked(claims: Sequence[Claim], own: Floats, wanted: Floats, groups: Floats) -> Floats:
    """The scores of `check`, each by weights that saw no claim of its question."""
    kept = dict(checking.WEIGHTS), checking.INTERCEPT
    found = np.zeros(len(wanted))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(own, wanted, groups):
        model = LogisticRegression(C=1.0).fit(own[train], wanted[train])
        checking.WEIGHTS.update(zip(checking.WEIGHTS, map(float, model.coef_[0]), strict=True))
        checking.INTERCEPT = float(model.intercept_[0])
        for at in test:
            claim = claims[at]
            found[at] = checking.check(claim["claim"], claim["passages"], claim["question"]).score
    checking.WEIGHTS.update(kept[0])
    checking.INTERCEPT = kept[1]
    return found


def _print(name: str, wanted: Floats, scores: Floats, sources: Floats) -> None:
    both = (_f1, roc_auc_score)
    chance = np.random.default_rng(0)
    drawn = [chance.integers(0, len(wanted), len(wanted)) for _ in range(SAMPLES)]
    parts = []
    for measure in both:
        spread = np.percentile([measure(wanted[at], scores[at]) for at in drawn], [2.5, 97.5])
        parts.append(f"{measure(wanted, scores):.3f} [{spread[0]:.3f}, {spread[1]:.3f}]")
    for source in sorted(set(sources)):
        at = sources == source
        parts.append(
            f"{source} {_f1(wanted[at], scores[at]):.2f}/{roc_auc_score(wanted[at], scores[at]):.2f}"
        )
    print(f"  {name:36}{'  '.join(parts)}")


def _f1(wanted: Floats, scores: Floats) -> float:
    return float(f1_score(wanted, scores >= checking.SUPPORTED, average="macro"))


def _overlap(claim: Claim, weigh: Callable[[str], float]) -> float:
    """The share of the claim's words that its passages hold, by weight."""
    own = {part.term for part in parts_of(claim["claim"])}
    theirs = {part.term for text in claim["passages"] for part in parts_of(text[:READ])}
    return sum(weigh(t) for t in own & theirs) / max(1e-9, sum(weigh(t) for t in own))


def _idf(claims: Sequence[Claim]) -> Callable[[str], float]:
    texts = [text[:READ] for claim in claims for text in claim["passages"]]
    counts = Counter(term for text in texts for term in {part.term for part in parts_of(text)})
    return lambda term: float(np.log(1 + len(texts) / (1 + counts[term])))


def _cosines(claims: Sequence[Claim]) -> Floats:
    """The cosine of a claim to the nearest 1,000 characters of its passages, by the model that is bundled."""
    from sentence_transformers import SentenceTransformer

    from explorer.embedding.places import DEFAULT_MODEL, find

    model = SentenceTransformer(str(find(DEFAULT_MODEL)))
    found = []
    for claim in claims:
        pieces = [
            text[at : at + 1000] for text in claim["passages"] for at in range(0, min(len(text), READ), 1000)
        ]
        vectors = model.encode([claim["claim"], *pieces], normalize_embeddings=True)
        found.append([float(max(vectors[1:] @ vectors[0]))])
    return np.array(found)


def filings(folder: Path, number: int, seed: int) -> None:
    """Sentences with one thing changed, as they are, and in other words."""
    pages: list[str] = []
    with ReaderPool(size=2) as pool:
        for file in sorted(folder.glob("*.pdf")):
            pages += [page.text for page in pool.read(file, file.name).text_pages]
    wrong, right = draw(pages, number, seed)
    print(f"{len(wrong)} changed sentences of {folder.name} (seed {seed}): not supported")
    _shares(wrong, "found wrong")
    print(f"{len(right)} right ones, as they are and in other words: not supported")
    _shares(right, "marked wrong")
    words = sum(_overlap({"claim": w.claim, "passages": w.passages}, lambda _: 1.0) < 1.0 for w in wrong)
    print(f"  baseline, all words in the passages: {words / len(wrong):.3f} of the changed ones found wrong")


def _shares(cases: Sequence[Changed], said: str) -> None:
    verdicts: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        verdicts[case.kind].append(checking.check(case.claim, case.passages).verdict)
    for kind, found in [*verdicts.items(), ("together", [v for f in verdicts.values() for v in f])]:
        missed = sum(v != "supported" for v in found) / len(found)
        against = sum(v == "contradicted" for v in found) / len(found)
        print(f"  {kind:16}{missed:.3f} {said} ({against:.3f} contradicted) of {len(found)}")


def speed(path: Path) -> None:
    """Milliseconds a claim, each with ten passages that were not seen before."""
    claims = [json.loads(line) for line in path.read_text().splitlines()]
    text = " ".join(passage for claim in claims for passage in claim["passages"])
    chance = random.Random(0)
    times, work = [], []
    for claim in claims[:200]:
        starts = [chance.randrange(len(text) - 1000) for _ in range(10)]
        passages = [text[at : at + 1000] for at in starts]
        started, worked = time.perf_counter(), time.process_time()
        checking.check(claim["claim"], passages, claim["question"])
        times.append((time.perf_counter() - started) * 1000)
        work.append((time.process_time() - worked) * 1000)
    for said, found in (("by the clock", times), ("of a processor", work)):
        middle, high = np.percentile(found, [50, 95])
        print(f"ms a claim {said}: median {middle:.1f}, 95th percentile {high:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", default=["judged", "filings", "speed"])
    parser.add_argument("--claims", type=Path, default=DATA / "claims" / "dev.jsonl")
    parser.add_argument("--filings", type=Path, default=DATA / "financebench")
    parser.add_argument("--number", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-embeddings", action="store_true")
    parser.add_argument("--fit", action="store_true")
    given = parser.parse_args()
    if "judged" in given.parts:
        judged(given.claims, not given.no_embeddings, given.fit)
    if "filings" in given.parts:
        filings(given.filings, given.number, given.seed)
    if "speed" in given.parts:
        speed(given.claims)


if __name__ == "__main__":
    main()
