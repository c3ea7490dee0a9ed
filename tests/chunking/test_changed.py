"""A changed document keeps the chunks of the version before, wherever their text still stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.chunking import split
from explorer.types import Page

TARGET = 40
MOST = 3
"""New chunks after a paragraph was changed, each at most as long as a chunk."""


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def cut(text: str, before: Collection[str] = ()) -> list[str]:
    page = [Page(1, 0, len(text))]
    spans = split(text, page, [], count=words, target_tokens=TARGET, max_tokens=100, before=before)
    return [text[span.start : span.end] for span in spans]


def paragraph(number: int, length: int, sentence: int) -> str:
    """A paragraph of `length` words that stand nowhere else, in sentences of `sentence` words each."""
    said = [f"w{number}x{i}" for i in range(length)]
    parts = [" ".join(said[i : i + sentence]) + "." for i in range(0, length, sentence)]
    return " ".join(part.capitalize() for part in parts)


PARAGRAPHS = st.lists(st.tuples(st.integers(1, TARGET), st.integers(3, 15)), min_size=20, max_size=80).map(
    lambda shapes: [paragraph(number, *shape) for number, shape in enumerate(shapes)]
)
CHANGED = st.tuples(st.integers(1, TARGET), st.integers(3, 15)).map(lambda shape: paragraph(9999, *shape))


@given(PARAGRAPHS, st.data())
@settings(max_examples=300, deadline=None)
def test_a_changed_paragraph_makes_three_new_chunks_at_most(
    paragraphs: list[str], data: st.DataObject
) -> None:
    before = set(cut("\n\n".join(paragraphs)))
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    put = data.draw(st.one_of(st.just([]), CHANGED.map(lambda one: [one])))
    taken = data.draw(st.integers(0 if put else 1, 1))
    changed = "\n\n".join([*paragraphs[:at], *put, *paragraphs[at + taken :]])
    after = cut(changed, before)
    assert " ".join(after).split() == changed.split()
    assert len(set(after) - before) <= MOST
    assert max(words(after)) <= 1.4 * TARGET


def test_without_the_version_before_breaks_move_on() -> None:
    """What the test above would not show if chunks stayed where they are by themselves."""
    paragraphs = [paragraph(number, 7 + number % 5, 6) for number in range(60)]
    before = set(cut("\n\n".join(paragraphs)))
    changed = "\n\n".join([*paragraphs[:10], paragraph(9999, 20, 6), *paragraphs[10:]])
    assert len(set(cut(changed)) - before) > MOST
    assert len(set(cut(changed, before)) - before) <= MOST


def test_no_scrap_is_left_for_the_sake_of_what_stood_before() -> None:
    paragraphs = [paragraph(number, 20, 10) for number in range(20)]
    before = set(cut("\n\n".join(paragraphs)))
    changed = "\n\n".join([*paragraphs[:10], "Just two.", *paragraphs[10:]])
    assert min(words(cut(changed, before))) > 10


def test_many_changes_make_chunks_no_shorter() -> None:
    """A log that grows line by line ends as few more chunks than the same file added at once."""
    lines = [paragraph(number, 5 + number % 13, 20) for number in range(200)]
    chunks = cut("\n\n".join(lines[:20]))
    for number in range(21, len(lines) + 1):
        chunks = cut("\n\n".join(lines[:number]), set(chunks))
    assert len(chunks) <= 1.2 * len(cut("\n\n".join(lines)))
