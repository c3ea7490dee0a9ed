"""Boxes of words, as they are stored; an export that somebody made up may hold anything."""

from __future__ import annotations

import pytest

from explorer.readers.ocr.word_boxes import WordBox, decode, encode
from explorer.types import Box


def test_they_come_back_as_they_were() -> None:
    words = [WordBox(0, 5, Box(0.0, 0.0, 0.5, 1.0)), WordBox(300, 4, Box(0.25, 0.0, 1.0, 0.5))]
    found = list(decode(encode(words)))
    assert [(one.start, one.length) for one in found] == [(0, 5), (300, 4)]
    assert found[1].box.left == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("stored", [b"\0\xff", b"\0\x01\x05\0\0", b"\0" + b"\xff" * 5_000_000])
def test_what_cannot_be_is_refused_at_once(stored: bytes) -> None:
    with pytest.raises(ValueError, match="the stored boxes"):
        list(decode(stored))
