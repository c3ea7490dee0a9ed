"""What is a picture by its size alone. Of explorer.readers.pictures.sizes."""

from __future__ import annotations

from explorer.readers.pictures.sizes import fitted, is_picture, may_hold_words


def test_icons_rules_and_spacers_are_no_pictures() -> None:
    assert [is_picture(*size) for size in ((32, 32), (1, 1), (900, 20), (900, 50))] == [False] * 4
    assert is_picture(64, 40)
    assert not may_hold_words(100, 100)


def test_a_picture_is_fitted_in_its_proportions_and_never_made_larger() -> None:
    assert fitted(1000, 500, 240, 240) == (240, 120)
    assert fitted(500, 1000, 240, 240) == (120, 240)
    assert fitted(100, 50, 240, 240) == (100, 50)
    assert fitted(5000, 1, 240, 240) == (240, 1)
