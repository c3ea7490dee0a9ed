"""What counts as a caption, and whose it is. Of explorer.readers.pictures.captions."""

from __future__ import annotations

import pytest

from explorer.readers.pictures.captions import beside, is_caption


@pytest.mark.parametrize(
    "line",
    ["Figure 3: Rent", "Fig. 2.1 Rent", "FIGURE 4", "Abb. 7 – Miete", "Figura 1. Renta", "Exhibit A",
     "图 4 租金", "Chart 12", "Supplementary Figure S2", "Рис. 5"],
)  # fmt: skip
def test_these_are_captions(line: str) -> None:
    assert is_caption(line)


@pytest.mark.parametrize(
    "line", ["Figures show that", "The figure 3 shows", "Map of the town", "Table 3: Rent", ""]
)
def test_these_are_none(line: str) -> None:
    assert not is_caption(line)


def test_the_caption_below_goes_before_the_one_above() -> None:
    text = "Figure 1: Above\n\n\n\nFigure 2: Below\non two lines\n\nMore."
    assert beside(text, 17, 17) == "Figure 2: Below on two lines"
    assert beside(text[:18], 17, 17) == "Figure 1: Above"
    assert beside("Nothing here.\n\nNor here.", 15, 15) == ""
