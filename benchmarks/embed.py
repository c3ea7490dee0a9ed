"""How fast texts become vectors: ours beside SentenceTransformer.encode in float32, and how close they are.

    python benchmarks/embed.py [--texts 400] [--rounds 3]

Both embed the same chunks of ../shared/data/chunking, in turns in one process; the best round counts.
Processor time is printed too: unlike texts/s, it says something on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from explorer import chunking, embedding  # noqa: E402
from explorer.embedding import EmbeddingModel, registry  # noqa: E402
from explorer.types import Page  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "chunking"
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    model = embedding.load()
    texts = _chunks(model)[: chosen.texts]
    model.prepare()
    from sentence_transformers import SentenceTransformer

    peer = SentenceTransformer(str(registry.find(embedding.DEFAULT_MODEL)), local_files_only=True)
    sides: dict[str, Callable[[Sequence[str]], np.ndarray]] = {
        f"ours, {model.precision}": model.encode,
        "SentenceTransformer, float32": lambda some: np.asarray(
            peer.encode(list(some), normalize_embeddings=True)
        ),
    }
    tokens = sum(model.count_tokens(texts)) / len(texts)
    print(f"{len(texts)} texts of {tokens:.0f} tokens; {os.cpu_count()} processors: {_flags()}")
    best, vectors = _measure(sides, texts, chosen.rounds)
    for name, (seconds, processor) in best.items():
        print(
            f"{name:32}{len(texts) / seconds:8.1f} texts/s{len(texts) / processor:8.1f} per processor second"
        )
    (ours, our_processor), (theirs, their_processor) = best.values()
    print(f"{theirs / ours:.2f} times as fast, {their_processor / our_processor:.2f} by processor time")
    similar = np.sum(np.prod(np.stack(list(vectors.values())), axis=0), axis=1)
    print(f"cosine to the peer: mean {similar.mean():.5f}, worst {similar.min():.5f}")


def _measure(
    sides: dict[str, Callable[[Sequence[str]], np.ndarray]], texts: Sequence[str], rounds: int
) -> tuple[dict[str, tuple[float, float]], dict[str, np.ndarray]]:
    """Best (seconds, processor seconds) and vectors of each side, after a warm-up."""
    best = dict.fromkeys(sides, (float("inf"), float("inf")))
    vectors: dict[str, np.ndarray] = {}
    for encode in sides.values():
        encode(texts[:32])
    for _ in range(rounds):
        for name, encode in sides.items():
            started, busy = time.perf_counter(), time.process_time()
            vectors[name] = encode(texts)
            took = (time.perf_counter() - started, time.process_time() - busy)
            best[name] = (min(best[name][0], took[0]), min(best[name][1], took[1]))
    return best, vectors


def _chunks(model: EmbeddingModel) -> list[str]:
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in sorted(DATA.glob("*.md")))
    spans = chunking.split(
        text,
        [Page(1, 0, len(text))],
        [],
        count=model.count_tokens,
        target_tokens=chunking.TARGET_TOKENS,
        max_tokens=embedding.chunk_room(model),
    )
    return [text[span.start : span.end] for span in spans]


def _flags() -> str:
    try:
        found = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return "flags not known"
    return " ".join(flag for flag in FLAGS if flag in found)


if __name__ == "__main__":
    main()
