"""Whether a short question that follows another is about the same documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.chat.weighing.signs import share_unknown
from explorer.questions import DocumentNames, Kind, Understood, understand, understood_as
from explorer.questions.listed import with_entry
from explorer.types import Scope

if TYPE_CHECKING:
    from explorer.search.retriever import Retriever

PASSAGES = 12
"""Of the documents that were spoken of, that are looked through for the question's words."""


def understood_after(
    history: Sequence[tuple[str, str]], question: str, names: DocumentNames, retriever: Retriever
) -> Understood:
    """What a question asks after the earlier questions and answers of `history`, the oldest first: completed
    from the question before where it leans on that, with the entry of the answer before that it points at;
    else as it stands."""
    first = history[0][0] if history else question
    found = understand(first, None, names)
    asked = [*(one for one, _ in history[1:]), question] if history else []
    for (_, answer), one in zip(history, asked, strict=False):
        pointed = with_entry(one, answer)
        if pointed != one:
            found = understood_as(one, pointed, names)
            continue
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
