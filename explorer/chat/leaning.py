"""Whether a short question that follows another is about the same documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.chat.weighing.signs import share_unknown
from explorer.questions import DocumentNames, Kind, Understood, understand
from explorer.types import Scope

if TYPE_CHECKING:
    from explorer.search.retriever import Retriever

PASSAGES = 12
"""Of the documents that were spoken of, that are looked through for the question's words."""


def understood_after(
    before: Sequence[str], question: str, names: DocumentNames, retriever: Retriever
) -> Understood:
    """What a question asks after those `before` it, the oldest first: completed from the one before where it
    leans on that, else as it stands."""
    found = understand(before[0] if before else question, None, names)
    for one in [*before[1:], question] if before else []:
        leaning = understand(one, found.complete, names)
        alone = understand(one, None, names) if leaning.may_stand_alone else None
        found = leaning if alone is None or leans(leaning, alone, retriever) else alone
    return found


def leans(completed: Understood, alone: Understood, retriever: Retriever) -> bool:
    """Whether a question that may stand alone is better understood as `completed` from the one before it than
    as it is `alone`.

    "Who is the CFO?" leans on talk of a company, "How long does fermentation take?" does not: the best
    passages of that company's documents lack a word of it. One that names documents itself, or asks about the
    library, stands alone too.
    """
    if alone.named or alone.kind is Kind.LIBRARY:
        return False
    if not completed.is_sure_of_documents:
        return True
    scope = Scope(documents=[one.document.id for one in completed.named if one.is_sure])
    hits = retriever.search(alone.text, PASSAGES, "hybrid", scope)
    return bool(hits) and share_unknown(alone.text, hits) == 0.0
