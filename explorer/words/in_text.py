"""Finds words in the text of one document, as the find bar of a reader does: in order, wherever they stand.

Letter case counts for nothing, any blanks stand for any others (a line end too), and signs that are printed
differently than they are typed (quotation marks, hyphens) are found by the typed ones.
"""

from __future__ import annotations

import re
from itertools import islice

MOST = 2_000
"""Places that are found at most."""
MOST_CHARACTERS = 200
"""Of what is looked for; the rest counts for nothing."""
_ALIKE = ("'\u2018\u2019\u02bc", '"\u201c\u201d\u201e\u00ab\u00bb', "-\u2010\u2011\u2012\u2013\u2014\u2212")
_CLASS_OF = {sign: f"[{re.escape(signs)}]" for signs in _ALIKE for sign in signs}


def places(text: str, wanted: str, most: int = MOST) -> list[tuple[int, int]]:
    """The spans `text[start:end]` that read as `wanted`, in order, without overlap, `most` at most; none
    where nothing is wanted."""
    words = wanted[:MOST_CHARACTERS].split()
    if not words:
        return []
    pattern = r"\s+".join("".join(_CLASS_OF.get(sign, re.escape(sign)) for sign in word) for word in words)
    return [found.span() for found in islice(re.finditer(pattern, text, re.IGNORECASE), most)]
