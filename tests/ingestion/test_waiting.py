"""Which documents wait for their embeddings, which of them together, and whose turn it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from explorer.ingestion.waiting import TOGETHER, Prepared, Waiting


def document(texts: int, generation: int = 1, *, is_part: bool = False) -> Prepared:
    found: Any = SimpleNamespace(size=texts, generation=SimpleNamespace(id=generation), is_part=is_part)
    return cast("Prepared", found)


def test_small_documents_go_together() -> None:
    waiting = Waiting()
    small, other = document(2), document(2, generation=2)
    assert waiting.take() == []
    assert waiting.put(small, 0)
    assert waiting.put(small, 0)
    assert not waiting.put(other, 0), "two indexes are not embedded together"
    assert waiting.take() == [small, small]
    assert waiting.is_empty()
    added = 0
    while waiting.put(document(20), 0):
        added += 20
    assert TOGETHER - 20 < added <= TOGETHER


def test_none_is_kept_out_by_a_larger_one() -> None:
    waiting = Waiting()
    huge, middle, part, small = document(9_000), document(500), document(5, is_part=True), document(5)
    for each in (huge, middle, part, small):
        assert waiting.put(each, 0)
    assert not waiting.put(document(3_000), 0), "one that is large waits"
    assert waiting.put(document(1_500), 0)
    assert waiting.has_room(2_000)
    assert not waiting.has_room(2_001)
    assert waiting.take() == [small]
    assert waiting.take() == [part]
    assert waiting.take() == [middle]


def test_what_is_much_smaller_passes() -> None:
    waiting = Waiting()
    waiting.put(document(9_000), 0)
    middle = document(500)
    waiting.put(middle, 0)
    assert waiting.take(largest=499) == []
    assert waiting.take(largest=500) == [middle]
    assert waiting.take(largest=500) == []


def test_a_large_one_has_its_turn_however_many_small_ones_come() -> None:
    waiting = Waiting()
    huge, middle = document(9_000), document(500)
    waiting.put(huge, 0)
    waiting.put(middle, 0)
    sizes = []
    for _ in range(12):
        waiting.put(document(5), 0)
        sizes += [each.size for each in waiting.take()]
    assert 9_000 in sizes and 500 in sizes
    assert sizes.index(9_000) <= 4


def test_what_people_are_told_is_the_number_of_passages_that_the_document_has() -> None:
    found: Any = Prepared(
        cast("Any", None),
        cast("Any", None),
        cast("Any", SimpleNamespace(chunks=[None] * 10, part_of=None)),
        {bytes([number]): ("text",) for number in range(4)},
    )
    assert [found.passages(left) for left in (4, 3, 1, 0)] == [(0, 10), (2, 10), (7, 10), (10, 10)]
