"""A question → an answer with citations, in quotes or in a language model's words, and what is kept of it.

Names are imported when they are first used: whoever needs only a module of this wing loads no search with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.chat.answers import UNCITED, is_uncited
    from explorer.chat.sentences import in_one_line
    from explorer.chat.told.literal import maths_end

__all__ = ["UNCITED", "in_one_line", "is_uncited", "maths_end"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "in_one_line":
        from explorer.chat.sentences import in_one_line

        return in_one_line
    from explorer.chat import answers
    from explorer.chat.told import literal

    return getattr(literal if name == "maths_end" else answers, name)
