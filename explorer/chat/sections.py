"""The section of a document that a question names by its heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from explorer.figures.labels import words_of
from explorer.questions import Understood
from explorer.types import Chunk, Document
from explorer.words.folding import fold

_ENOUGH = 0.75
"""Which share of a heading's words a question must say."""
_LINE = re.compile(r"(?:\A|\n\n)([^\n]{3,60})(?=\n\n)")
_ASKING = frozenset(
    words_of(
        "summary summarize summarise sum section chapter part main points give overview say about "
        "document report update strategy"
    )
)


_WORDS_OF_ASKING = re.compile(
    r"\b(?:summari[sz]e|summary|sum up|give me|an?|overview|outline|recap|main|key|points?|of|the|"
    r"section|chapter|part|passage|on|about|"
    r"what does|what do|say|please|can you|could you|is|what)\b",
    re.IGNORECASE,
)


def topic(question: str) -> str:
    """What a question wants summed up, without the words that ask for it; itself where nothing is left."""
    return " ".join(_WORDS_OF_ASKING.sub(" ", question).replace("?", " ").split()) or question


def named_section(question: Understood, document: Document, chunks: Sequence[Chunk]) -> list[Chunk]:
    """The passages below the heading that the question names; [] where it names none, or one that holds
    most of the document."""
    asked = frozenset(words_of(_unnamed(question, document.id)))
    best: tuple[float, str] | None = None
    for heading in dict.fromkeys(name for chunk in chunks for name in chunk.headings):
        words = frozenset(words_of(heading))
        telling = frozenset(word for word in words - _ASKING or words if not word.isdigit())
        if not telling or not telling & asked:
            continue
        share = len(words & asked) / len(words)
        if share >= _ENOUGH and (best is None or (share, len(words)) > (best[0], len(words_of(best[1])))):
            best = (share, heading)
    if best is None:
        return []
    found = [chunk for chunk in chunks if best[1] in chunk.headings]
    return found if len(found) < 0.8 * len(chunks) else []


def printed_section(question: Understood, chunks: Sequence[Chunk], text: str) -> list[Chunk]:
    """The section below a short line of the text that the question names, where a document's headings are
    no more than such lines; [] where there is none. It has the place of the passage that it begins in. A line
    that is a heading is none of them: the title of a document is no section of it."""
    known = {heading for one in chunks for heading in one.headings}
    asked = frozenset(words_of(_unnamed(question, chunks[0].document_id if chunks else "")))
    lines = [(found.start(1), found.group(1)) for found in _LINE.finditer(text)]
    heads = [(start, line) for start, line in lines if not line.endswith((".", ":", ",", ";", "!", "?"))]
    for place, (start, line) in enumerate(heads):
        words = frozenset(words_of(line)) - _ASKING
        if line.strip("# ") in known or not words or len(words & asked) < _ENOUGH * len(words):
            continue
        end = heads[place + 1][0] if place + 1 < len(heads) else len(text)
        first = max((one for one in chunks if one.start <= start), key=lambda one: one.start, default=None)
        if first is not None and text[start + len(line) : end].strip():
            return [replace(first, start=start, end=end, text=text[start:end], headings=(line,))]
    return []


def _unnamed(question: Understood, document_id: str) -> str:
    """The question without the words that name a document."""
    said = {word for one in question.named if one.document.id == document_id for word in one.words}
    return " ".join(word for word in question.complete.split() if fold(word.strip("?.,’'s")) not in said)
