"""Pairs to train on and to judge by: what could be asked, and the passage that answers it.

They come from the structure of the documents, which says much of what belongs together without anybody's
labels: a title and the text under it, a heading and its passages, a passage and the one after it. Or they
come from questions whose places somebody wrote down.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer import evaluation
from explorer.errors import ModelError
from explorer.tuning.results import FEWEST_DOCUMENTS, TuningPlan
from explorer.types import Chunk, Document, Scope

if TYPE_CHECKING:
    from explorer.library import Library

MOST = 2_000
"""Pairs that are made of a library at most, spread over its documents."""
_MOST_DOCUMENTS = 2_000
_HELD_OUT = 4
"""One document of four is held out to judge by, and at least `_FEWEST_HELD_OUT`."""
_FEWEST_HELD_OUT = 5
_MOST_HELD_OUT = 400
_PER_HEADING = 2
_WORDS = re.compile(r"[^\W\d_]{2,}")
_QUERY_WORDS = (2, 40)
"""A heading of one word says too little, and one longer than this is none."""
_PASSAGE_WORDS = 8
_MARKS = " \t\n#=*-_.:"
"""What is left of a heading's line once its words are out."""
_GENERIC = 3
"""What stands over passages of more documents than these ("Introduction") asks for none of them."""
_FEWEST = 3
"""Pairs that a document may give at least."""
_LOOKED_AT = 20
"""Hits among which the passage that answers a question is looked for."""

OnDone = Callable[[int, int], None]
"""Told what is done, and all."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What could be asked, and a passage that answers it."""

    document_id: str
    kind: str
    """"title", "heading", "neighbour" or "question"."""
    query: str
    passage: str


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs to train on, and pairs of other documents to judge by."""

    train: tuple[Pair, ...]
    held_out: tuple[Pair, ...]


def pairs_of(library: Library, plan: TuningPlan, on_done: OnDone = lambda _d, _a: None) -> list[Pair]:
    """The pairs of a library: from the plan's questions, else from the documents. Raises ExplorerError."""
    if plan.questions is not None:
        return list(_from_questions(library, plan, on_done))
    return _from_structure(library, random.Random(plan.seed), on_done)  # noqa: S311


def split(pairs: Sequence[Pair], seed: int) -> Split:
    """The pairs, those of about a quarter of the documents held out.

    No question of the one part is in the other. Raises ModelError: there are too few documents.
    """
    documents = sorted({pair.document_id for pair in pairs})
    if len(documents) < FEWEST_DOCUMENTS:
        raise ModelError(
            f"Pairs could be made from {len(documents)} of the documents, and {FEWEST_DOCUMENTS} are needed: "
            "a model is judged by documents that it was not trained on. Add more documents, or "
            "more questions."
        )
    random.Random(seed).shuffle(documents)  # noqa: S311
    held = min(max(_FEWEST_HELD_OUT, len(documents) // _HELD_OUT), _MOST_HELD_OUT)
    held_ids = set(documents[:held])
    held_out = tuple(pair for pair in pairs if pair.document_id in held_ids)
    asked = {plain(pair.query) for pair in held_out}
    train = tuple(
        pair for pair in pairs if pair.document_id not in held_ids and plain(pair.query) not in asked
    )
    if not train:
        raise ModelError("All questions are of the documents that are held out. Give more questions.")
    return Split(train, held_out)


def plain(text: str) -> str:
    """Text without differences of case and blanks, to see whether two are the same."""
    return " ".join(text.casefold().split())


def _from_structure(library: Library, chance: random.Random, on_done: OnDone) -> list[Pair]:
    documents = sorted(library.documents(), key=lambda document: document.id)
    if len(documents) > _MOST_DOCUMENTS:
        documents = sorted(chance.sample(documents, _MOST_DOCUMENTS), key=lambda document: document.id)
    room = max(_FEWEST, MOST // max(len(documents), 1))
    found: list[Pair] = []
    for number, document in enumerate(documents, 1):
        chunks = library.chunks(document.id)
        pairs = list(_headed(document, chunks)) or list(_neighbours(chunks))
        found += chance.sample(pairs, min(room, len(pairs)))
        on_done(number, len(documents))
    return _without_generic(found)[:MOST]


def _headed(document: Document, chunks: Sequence[Chunk]) -> Iterator[Pair]:
    """The title with the first passage, and each heading with the first ones below it."""
    taken: dict[str, int] = defaultdict(int)
    title = document.title or ""
    for chunk in chunks[:1]:
        yield from _pair(chunk, "title", title)
    for chunk in chunks:
        heading = chunk.headings[-1] if chunk.headings else ""
        key = plain(heading)
        if key and key != plain(title) and taken[key] < _PER_HEADING:
            taken[key] += 1
            yield from _pair(chunk, "heading", heading)


def _neighbours(chunks: Sequence[Chunk]) -> Iterator[Pair]:
    """A passage and the one after it: for documents that have neither title nor headings, since whoever asks
    writes more like a heading than like a passage."""
    for first, second in itertools.pairwise(chunks):
        if first.headings == second.headings and _is_prose(first.text) and _is_prose(second.text):
            yield Pair(first.document_id, "neighbour", first.text, second.text)


def _pair(chunk: Chunk, kind: str, asked: str) -> Iterator[Pair]:
    """The pair, unless the question says too little; without the question in the passage."""
    low, high = _QUERY_WORDS
    if not low <= len(_WORDS.findall(asked)) <= high:
        return
    words = r"\s+".join(map(re.escape, asked.split()))
    passage = re.sub(words, " ", chunk.text, flags=re.IGNORECASE).strip(_MARKS)
    if _is_prose(passage):
        yield Pair(chunk.document_id, kind, " ".join(asked.split()), passage)


def _is_prose(text: str) -> bool:
    return len(_WORDS.findall(text)) >= _PASSAGE_WORDS


def _without_generic(pairs: Iterable[Pair]) -> list[Pair]:
    pairs = list(pairs)
    holding: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        holding[plain(pair.query)].add(pair.document_id)
    return [pair for pair in pairs if len(holding[plain(pair.query)]) <= _GENERIC]


def _from_questions(library: Library, plan: TuningPlan, on_done: OnDone) -> Iterator[Pair]:
    """Each question with the best passage that its places name, as search finds it inside their documents."""
    if plan.questions is None:
        return
    questions = evaluation.read_questions(plan.questions, library)
    for number, question in enumerate(questions, 1):
        wanted = list(dict.fromkeys(one.document_id for one in question.references))
        hits = library.search(question.text, _LOOKED_AT, "keyword", Scope(documents=wanted))
        for hit in hits:
            if any(one.is_met_by(hit) for one in question.references):
                yield Pair(hit.document.id, "question", question.text, hit.chunk.text)
                break
        on_done(number, len(questions))
