"""Pictures as plain pixels: decoded in the reading child only, within bounds.

Of explorer.readers.pictures.pixels and explorer.readers.process.frames.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.process import frames
from explorer.readers.process.pool import ReaderPool
from tests.readers import bombs


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def test_what_can_be_opened_is_given_small_and_the_rest_passed_over() -> None:
    red = encoded(Image.new("RGB", (600, 300), (200, 10, 10)))
    grey = encoded(Image.new("L", (50, 70), 90), "JPEG")
    fits = b"SIMPLE  =                    T" + b" " * 2850  # a decoder that no picture of a document needs
    with ReaderPool(size=1) as pool:
        found = pool.pixels([red, b"", fits, b"<svg/>", bombs.png(60_000, 60_000, whole=False), grey])
        assert [None if each is None else each.shape for each in found] == [
            (120, 240, 3),
            None,
            None,
            None,
            None,
            (70, 50, 3),
        ]
        assert found[0] is not None
        assert found[0][0, 0].tolist() == [200, 10, 10], "red, green, blue"
        assert pool.pixels([red], Limits(image_pixels=1000)) == [None], "the limit of the settings holds"


@pytest.mark.parametrize("sizes", [[[2, 2]], [[3, 1], [1, 1]], [["a", 1]], [[1]]])
def test_a_child_that_says_other_sizes_is_not_believed(sizes: list[object]) -> None:
    with pytest.raises(ReadError, match="no picture"):
        frames.unpack_pixels({"sizes": sizes}, [np.zeros(9, np.uint8).tobytes()])
