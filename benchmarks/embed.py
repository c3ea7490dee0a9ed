"""How fast texts become vectors: ours beside SentenceTransformer.encode in float32, and how close they are.

    python benchmarks/embed.py [--texts 400] [--rounds 5] [--int8]

All embed the same chunks of ../shared/data/chunking, in turns in one process. Times are means of the rounds;
ratios are means over rounds with a bootstrap 95 % interval. Processor time is printed too: unlike texts/s, it
says something on a busy machine. `--int8` adds what else OpenVINO can do (pip install nncf).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from explorer import chunking, embedding  # noqa: E402
from explorer.embedding import EmbeddingModel, places  # noqa: E402
from explorer.embedding.bert import engine  # noqa: E402
from explorer.embedding.bert.model import FastModel  # noqa: E402
from explorer.embedding.tokens import Tokens  # noqa: E402
from explorer.evaluation import bootstrap  # noqa: E402
from explorer.types import Page  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "chunking"
PEER = "SentenceTransformer, float32"
Encode = Callable[[Sequence[str]], np.ndarray]
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--int8", action="store_true")
    chosen = parser.parse_args()
    model = embedding.load()
    chunks = _chunks(model)
    texts = chunks[: chosen.texts]
    tokens = sum(model.count_tokens(texts)) / len(texts)
    print(f"{len(texts)} texts of {tokens:.0f} tokens; {os.cpu_count()} processors: {_flags()}")
    choice = embedding.choose_for(embedding.DEFAULT_MODEL)
    print(f"chosen: {choice.precision} on {choice.device}, because {choice.reason}")
    runs, vectors = _measure(_sides(model, chunks[chosen.texts :], int8=chosen.int8), texts, chosen.rounds)
    exact = vectors[PEER]
    print(f"{'':30}texts/s{'/ proc. s':>11}{'x peer, by processor time':>34}   cosine: mean / worst")
    for name, taken in runs.items():
        seconds, processor = taken.mean(0)
        ratios = runs[PEER][:, 1] / taken[:, 1]
        low, high = bootstrap(ratios.tolist())
        similar = np.sum(vectors[name] * exact, axis=1)
        print(
            f"{name:30}{len(texts) / seconds:7.1f}{len(texts) / processor:11.1f}"
            f"{runs[PEER][:, 0].mean() / seconds:11.2f}, {ratios.mean():5.2f} [{low:5.2f}, {high:5.2f}]"
            f"   {similar.mean():.5f} / {similar.min():.5f}"
        )


def _sides(model: EmbeddingModel, others: Sequence[str], *, int8: bool) -> dict[str, Encode]:
    """Ours in each precision, the peer, and on request other ways to int8, calibrated on `others`."""
    from sentence_transformers import SentenceTransformer

    folder = places.find(embedding.DEFAULT_MODEL)
    peer = SentenceTransformer(str(folder), local_files_only=True)
    sides: dict[str, Encode] = {f"ours, {model.precision}": model.encode}
    for other in ("int8", "bfloat16", "float32"):
        sides[f"ours, {other}"] = embedding.load(precision=other).encode
    sides["ours, bfloat16 by torch"] = _by_torch(folder)
    sides[PEER] = lambda some: np.asarray(peer.encode(list(some), normalize_embeddings=True))
    if int8:
        import openvino_embed
        import torch

        tokenise = Tokens.from_folder(folder, model.max_tokens + 2).ids
        sides |= openvino_embed.sides(folder, tokenise, others, torch.get_num_threads())
    return sides


def _by_torch(folder: Path) -> Encode:
    """What ours is in bfloat16 where OpenVINO cannot be used."""
    model = FastModel.from_folder(embedding.DEFAULT_MODEL, folder, "bfloat16")
    assert model
    with patch.object(engine, "is_openvinos", lambda _: False):
        model.prepare()
    return model.encode


def _measure(
    sides: dict[str, Encode], texts: Sequence[str], rounds: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """(rounds, 2) seconds and processor seconds of each side, after a warm-up; and its vectors."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    vectors: dict[str, np.ndarray] = {}
    for encode in sides.values():
        encode(texts[:32])
    for _ in range(rounds):
        for name, encode in sides.items():
            started, busy = time.perf_counter(), time.process_time()
            vectors[name] = encode(texts)
            runs[name].append((time.perf_counter() - started, time.process_time() - busy))
    return {name: np.array(taken) for name, taken in runs.items()}, vectors


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
