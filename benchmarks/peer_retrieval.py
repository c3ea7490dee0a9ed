"""The other side of `retrieval.py`, run in an environment of its own: LangChain as tutorials paste it, and
with BM25 beside it, joined by reciprocal rank fusion.

RRF: Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
methods" (SIGIR 2009), with its k of 60.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

AT = 5
DOCUMENTS = 10
RRF = 60
MEANING = "LangChain 1000/200"
FUSED = "the same + BM25, RRF"


def main(model: str, listing: str, questions: str) -> None:
    import numpy as np
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from rank_bm25 import BM25Okapi

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    chunks = splitter.split_documents(
        [page for file in json.loads(Path(listing).read_text()) for page in load(file)]
    )
    embeddings = HuggingFaceEmbeddings(model_name=model, encode_kwargs={"normalize_embeddings": True})
    matrix = np.array(embeddings.embed_documents([chunk.page_content for chunk in chunks]))
    passages = [chunk.metadata | {"length": len(chunk.page_content)} for chunk in chunks]
    words = BM25Okapi([tokens(chunk.page_content) for chunk in chunks])
    values: dict[str, dict[str, list[float]]] = {MEANING: {}, FUSED: {}}
    for line in Path(questions).read_text().splitlines():
        question = json.loads(line)
        references = question["references"]
        wanted = {one["document"] for one in references}
        cosine = matrix @ np.array(embeddings.embed_query(question["question"]))
        by_words = words.get_scores(tokens(question["question"]))
        fused = sum(1 / (RRF + 1 + np.argsort(np.argsort(-scores))) for scores in (cosine, by_words))
        for side, scores in ((MEANING, cosine), (FUSED, fused)):
            order = [passages[i] for i in np.argsort(-scores)]
            found = figures(order, references)
            inside = figures([one for one in order if one["document"] in wanted], references)
            for key, value in [*found.items(), ("hit@5 within", inside["hit@5"])]:
                values[side].setdefault(key, []).append(value)
    print(json.dumps(values))


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def load(file: str) -> list[Any]:
    from langchain_community.document_loaders import PyPDFLoader
    from langchain_core.documents import Document

    name = Path(file).name
    if name.endswith(".pdf"):
        pages = PyPDFLoader(file).load()
        return [
            Document(page.page_content, metadata={"document": name, "page": page.metadata["page"] + 1})
            for page in pages
        ]
    return [Document(Path(file).read_text(encoding="utf-8"), metadata={"document": name, "page": 1})]


def figures(order: list[dict[str, Any]], references: list[dict[str, Any]]) -> dict[str, float]:
    """The figures as `explorer.evaluation` counts them; `order` holds all chunks, best first."""
    from math import log2

    first = order[:AT]
    wanted = {one["document"] for one in references}
    documents = list(dict.fromkeys(one["document"] for one in order))[:DOCUMENTS]
    gained = sum(1 / log2(rank + 2) for rank, one in enumerate(documents) if one in wanted)
    ideal = sum(1 / log2(rank + 2) for rank in range(min(DOCUMENTS, len(wanted))))
    values = {
        "nDCG@10, documents": gained / ideal,
        "hit@5": float(any(meets(one, reference) for one in first for reference in references)),
    }
    if "start" in references[0]:
        shown = [(one["start_index"], one["start_index"] + one["length"]) for one in first]
        needed = merged((one["start"], one["end"]) for one in references)
        both = sum(max(0, min(b, d) - max(a, c)) for a, b in merged(shown) for c, d in needed)
        given, whole = sum(b - a for a, b in shown), sum(b - a for a, b in needed)
        values |= {
            "character recall@5": both / whole,
            "character IoU@5": both / (given + whole - both),
        }
    return values


def meets(chunk: dict[str, Any], reference: dict[str, Any]) -> bool:
    if chunk["document"] != reference["document"]:
        return False
    return "page" not in reference or chunk["page"] == reference["page"]


def merged(spans: Any) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


if __name__ == "__main__":
    main(*sys.argv[1:])
