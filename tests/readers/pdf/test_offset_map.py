from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.readers.pdf.offset_map import Run, char_ranges, decode, encode


@st.composite
def runs(draw: st.DrawFn) -> list[Run]:
    """Runs by rising start that do not overlap in the text; on the page they may go anywhere."""
    found = []
    start = 0
    for _ in range(draw(st.integers(0, 20))):
        start += draw(st.integers(0, 300))
        length = draw(st.integers(1, 200))
        chars = draw(st.one_of(st.just(length), st.integers(1, 300)))
        found.append(Run(start, length, draw(st.integers(0, 100_000)), chars))
        start += length
    return found


@settings(deadline=None)
@given(runs())
def test_what_is_stored_comes_back(held: list[Run]) -> None:
    assert list(decode(encode(held))) == held


@settings(deadline=None)
@given(runs(), st.integers(0, 5000), st.integers(0, 5000))
def test_a_span_maps_to_characters_of_its_runs_only(held: list[Run], one: int, other: int) -> None:
    start, end = sorted((one, other))
    allowed = {char for run in held for char in range(run.char, run.char + run.chars)}
    found = char_ranges(encode(held), start, end)
    assert all(first < last for first, last in found)
    assert {char for first, last in found for char in range(first, last)} <= allowed


def test_runs_in_step_are_cut_to_the_span_and_neighbours_are_merged() -> None:
    stored = encode([Run(0, 5, 10, 5), Run(6, 4, 15, 4)])
    assert char_ranges(stored, 2, 8) == [(12, 17)]
    assert char_ranges(stored, 5, 6) == []


def test_a_ligature_stands_for_its_one_character() -> None:
    stored = encode([Run(0, 2, 7, 1)])
    assert char_ranges(stored, 1, 2) == [(7, 8)]


def test_a_line_of_text_takes_a_few_bytes() -> None:
    lines = [Run(number * 81, 80, number * 82, 80) for number in range(50)]
    assert len(encode(lines)) <= 5 * 50


@pytest.mark.parametrize("held", [[Run(5, 2, 0, 2), Run(6, 2, 2, 2)], [Run(0, 0, 0, 1)], [Run(0, 1, 0, 0)]])
def test_runs_out_of_order_or_empty_are_refused(held: list[Run]) -> None:
    with pytest.raises(ValueError, match="sorted"):
        encode(held)


@pytest.mark.parametrize("stored", [b"\x80", b"\x00\x01", b"\x00"])
def test_cut_bytes_are_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        list(decode(stored))


def test_a_number_without_end_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="none of ours"):
        list(decode(b"\xff" * 5_000_000))
