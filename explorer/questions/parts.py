"""A question for several things → one question for each."""

from __future__ import annotations

import re

from explorer.questions.followups import Known, completed

_ASKING = (
    r"(?:what|which|who|whom|to whom|whose|when|where|why|how (?:many|much|long|large|high|"
    r"big|often|far|old)|how|by how much|in which|at what)"
)
_JOINED = re.compile(rf"\s*(?:[,;]\s*(?:and\s+)?|\s+and\s+)(?={_ASKING}\b)", re.IGNORECASE)
_LISTED = re.compile(
    r"^(?P<lead>(?:what|which|how much|how many)\b[^,]*?\b(?:is|are|was|were|"
    r"did \w+(?: \w+)? (?:spend on|pay for|report for|plan for))\s+)"
    r"(?P<items>(?:the |its |their |on )?[^,?]{2,60}?(?:,\s*(?:the |its |"
    r"on )?[^,?]{2,60}?)*,?\s+and\s+(?:the |its |on )?[^,?]{2,60}?)"
    r"(?P<tail>\s+(?:in|of|for|at|on|under|according to|from|during)\s+(?!and\b)[^?]*)?\??$",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"^(?:which|who|what)(?: of (?:the two|"
    r"them))?\s+(?P<lead>[^,]{3,80}),\s+(?:the\s+)?(?P<a>[^,?]{2,50}?)\s+or\s+(?:the\s+)?(?P<b>[^,?]{2,50}?)"
    r"(?P<tail>\s+(?:of|in|for|at|from)\s+[^?]*)?\??$",
    re.IGNORECASE,
)
_COMPARATIVES = tuple(
    (re.compile(pattern, re.IGNORECASE), asking)
    for pattern, asking in (
        (r"\b(?:more|most|fewer|fewest|less|least)\s+(?P<of_what>(?!expensive|often|than)\w+)", "how many"),
        (r"\b(?:for )?(?:the )?(?:longer|longest|shorter|shortest)\b", "how long"),
        (
            r"\b(?:the )?(?:more|most|less|least) expensive\b|\b(?:the )?(?:cheaper|cheapest)\b",
            "how much costs",
        ),
        (r"\b(?:the )?(?:more|most|less|least) often\b", "how often"),
        (r"\b(?:the )?(?:larger|largest|bigger|biggest|smaller|smallest|greater|greatest)\b", "how large"),
        (r"\b(?:the )?(?:higher|highest|lower|lowest)\b", "how high"),
        (r"\b(?:the )?(?:older|oldest|younger|youngest)\b", "how old"),
        (r"\b(?:the )?(?:faster|fastest|slower|slowest)\b", "how fast"),
        (r"\b(?:the )?(?:heavier|heaviest|lighter|lightest)\b", "how heavy"),
        (r"\b(?:the )?(?:deeper|deepest)\b", "how deep"),
        (r"\b(?:the )?(?:taller|tallest)\b", "how tall"),
        (r"\b(?:earlier|earliest|sooner|first|later|latest)\b", "when"),
    )
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z¿])")
MOST = 6
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|must|should|may)\b", re.IGNORECASE
)


def parts_of(question: str, known: Known) -> tuple[str, ...]:
    """The questions that one question holds, in its order, each whole; the question alone where it is one.
    What one leaves out is taken from the first ("and what was its income that year?")."""
    text = _asking(" ".join(question.split()))
    pieces = [piece for piece in _JOINED.split(text) if piece.strip()] or [text]
    if (found := _EITHER.match(text)) is not None:
        lead = _of_each(found["lead"].strip())
        return tuple(f"{lead} {item.strip()}{found['tail'] or ''}?" for item in (found["a"], found["b"]))
    shared = _VERB.search(pieces[-1])
    whole = [
        piece if _VERB.search(piece) or not shared else f"{piece} {pieces[-1][shared.start() :]}"
        for piece in pieces
    ]
    result = [part for piece in whole for part in _of_list(piece.strip())]
    if len(result) < 2:
        return (text,)
    return tuple(
        completed(part, result[0] if place else None, known) for place, part in enumerate(result[:MOST])
    )


def _of_each(lead: str) -> str:
    """What is compared, as it is asked of one: "employs more people" is "how many people employs"."""
    for comparative, asking in _COMPARATIVES:
        if (found := comparative.search(lead)) is not None:
            rest = f"{lead[: found.start()]} {lead[found.end() :]}".split()
            of_what = found.groupdict().get("of_what") or ""
            return " ".join([asking, *of_what.split(), *rest])
    return lead


def _asking(text: str) -> str:
    """The sentences that ask, without those around them that tell how to answer; all where none asks."""
    asking = [one for one in _SENTENCE.split(text) if one.endswith("?")]
    return " ".join(asking) or text


def _of_list(piece: str) -> list[str]:
    """The items of "what are the A, the B and the C of X?", each as a question."""
    found = _LISTED.match(piece)
    if found is None or re.search(
        r"\b(?:between|difference|both|compare|ratio|sum|total of)\b", piece, re.IGNORECASE
    ):
        return [piece]
    items = [item for item in re.split(r",\s*(?:and\s+)?|\s+and\s+", found["items"]) if item.strip()]
    if len(items) < 2 or (
        len(items) == 2
        and "," not in found["items"]
        and not re.search(r"\band (?:the|its|on)\b", found["items"])
    ):
        return [piece]
    lead = re.sub(r"\bare\s+$", "is ", found["lead"], flags=re.IGNORECASE)
    lead = re.sub(r"\bwere\s+$", "was ", lead, flags=re.IGNORECASE)
    tail = found["tail"] or ""
    return [f"{lead}{re.sub(r'^on ', '', item.strip())}{tail}?" for item in items]
