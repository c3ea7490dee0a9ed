"""What stands behind the sentences of an answer: whether the documents say so, and where that is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from explorer.types import SentenceCheck, SpanRef

SAYS = {
    "supported": "Supported: the source says so.",
    "partly": "Partly supported: the source holds some of it, but not all.",
    "contradicted": "Contradicted: the source says otherwise.",
    "not found": "Not found: no source says this.",
}


def described(
    checks: Sequence[SentenceCheck], place: Callable[[SpanRef], dict[str, Any]]
) -> list[dict[str, Any]]:
    """For each checked sentence, in order: its verdict, what that means, and the place that decides it, None
    where there is none. `place`: a span as a link needs it."""
    found = []
    for check in checks:
        places = [place(span) for span in check.spans[:1]]
        link = places[0] if places and places[0]["document"] is not None else None
        found.append({"verdict": check.verdict, "says": SAYS[check.verdict], "place": link})
    return found
