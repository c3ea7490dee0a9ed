"""How large a picture has to be, and how large it is shown. No image library is loaded here."""

from __future__ import annotations

THUMBNAIL = 240
"""Pixels of the longer side of a thumbnail: sharp at half of that on a fine screen, and about 6 kB."""
WIDEST = 2_400
"""Pixels; a picture is shown no wider."""
LEAST_SIDE, LEAST_LONG_SIDE = 40, 64
"""Pixels of the shorter and the longer side of a picture; what is smaller is an icon or a bullet."""
MOST_SLENDER = 12
"""A picture is at most this many times longer than wide; what is more slender is a rule or a spacer."""
LEAST_READ = 120
"""Pixels of the longer side from which a picture may hold words worth reading."""


def is_picture(width: int, height: int) -> bool:
    """Whether an image of this size is no icon, bullet, rule or spacer."""
    short, long = sorted((width, height))
    return short >= LEAST_SIDE and long >= LEAST_LONG_SIDE and long <= MOST_SLENDER * short


def may_hold_words(width: int, height: int) -> bool:
    """Whether a picture of this size is worth a look by OCR."""
    return max(width, height) >= LEAST_READ


def fitted(width: int, height: int, most_wide: int, most_high: int) -> tuple[int, int]:
    """The size of a picture of `width` by `height` within these bounds, in its proportions, never larger."""
    share = min(1.0, most_wide / max(width, 1), most_high / max(height, 1))
    return max(round(width * share), 1), max(round(height * share), 1)
