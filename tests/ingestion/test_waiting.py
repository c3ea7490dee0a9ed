"""Which documents wait for their embeddings together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from explorer.ingestion.waiting import TOGETHER, Prepared, Waiting


def test_a_large_document_goes_alone_and_keeps_others_from_being_begun() -> None:
    def document(texts: int, generation: int = 1) -> Prepared:
        found: Any = SimpleNamespace(size=texts, generation=SimpleNamespace(id=generation))
        return cast("Prepared", found)

    waiting = Waiting()
    small, large, other = document(2), document(500), document(2, generation=2)
    assert waiting.take() == []
    assert waiting.put(small, 0)
    assert waiting.put(small, 0)
    assert not waiting.put(large, 0)
    assert not waiting.put(other, 0), "two indexes are not embedded together"
    assert waiting.take() == [small, small]
    assert waiting.put(large, 0)
    assert not waiting.put(small, 0)
    assert waiting.take() == [large]
    assert waiting.put(small, 0)
    assert not waiting.put(small, 0), "one waits while a large one is embedded"
    assert waiting.take() == [small]
    assert waiting.is_empty()
    added = 0
    while waiting.put(document(20), 0):
        added += 20
    assert TOGETHER - 20 < added <= TOGETHER
