"""Whose words the first person of a document is: what "I" says answers what somebody said only where it is
theirs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from explorer.questions.speakers import is_first_person
from explorer.types import Document
from explorer.words.folding import fold

SpanOf = Callable[[str, int, int], str]
"""`[start, end)` of a document's text by its id."""
MOST_READ = 1_000_000
"""Characters of a document that are looked through for who speaks in it."""
_OPENING = 1_500
"""Characters of a document's beginning in which its sender, author or speaker may be named."""
_LONGEST_NAME = 6
"""Words of a last line that may be a signature."""
_SHORT = 3
"""Letters of "the" and "Mrs", which many are called."""
_PERSON = r"(?:[A-Z][\w’'.-]*\s+){0,3}[A-Z][\w’'-]+"
_LABEL = re.compile(rf"^[ \t*_>#-]*(?P<who>{_PERSON})(?: \([^()\n]*\))?[*_]*:(?=[ \t*_]+\S)", re.MULTILINE)
_SPEECH = r"(?:remarks|speech|address|letter|statement|diary|memoirs?|testimony)"
_BYLINE = re.compile(
    r"^[ \t*_>#]*(?:(?:from|author|sender|speaker|written by|spoken by)\s*:|by(?=[^\n]{3,60}$)|"
    rf"{_SPEECH} (?:by|of|from))\s*(?P<who>(?-i:{_PERSON}))",
    re.MULTILINE | re.IGNORECASE,
)
_ADDRESSED = re.compile(
    rf"^[ \t*_>#]*(?:dear|hello|hi|to:|cc:)\s+(?P<who>(?-i:{_PERSON}))", re.MULTILINE | re.IGNORECASE
)
_PRESENTED = re.compile(rf"(?:\b[Mm]y name is|\bI am|\bI['’]m|\bI,)\s+(?P<who>{_PERSON})")
_WORD = re.compile(r"[\w’'-]+")


class Voice(Enum):
    """Whose words a sentence in the first person is."""

    THEIRS = "theirs"
    OTHERS = "others"
    UNKNOWN = "unknown"
    """The document names nobody who speaks, nor whoever is asked for."""


@dataclass
class Speaker:
    """Somebody whose words are asked for, by their last name, and where they say "I"."""

    name: str
    span_of: SpanOf
    _voices: dict[str, tuple[Voice, list[tuple[int, str]]]] = field(default_factory=dict)

    def may_say(self, document: Document, start: int, end: int) -> bool:
        """Whether a sentence may be what they said: it is not in the first person, or has their name ("I will
        run," Moss said), or nobody else is known to speak there."""
        text = self.span_of(document.id, start, end)
        if not is_first_person(text) or self._is_in(text):
            return True
        return self.voice(document, start) is not Voice.OTHERS

    def voice(self, document: Document, start: int) -> Voice:
        """Who says "I" at a place of a document.

        By the last label before it ("Moss: …", "THE PRESIDENT: …"), and before the first one by the most
        frequent, where they have one or one comes again; else by the document's author, title, byline,
        sender or signature. Who is only spoken of, or spoken to, is not who speaks.
        """
        if document.id not in self._voices:
            whole = self.span_of(document.id, 0, MOST_READ)
            labels = [(found.start(), fold(found["who"])) for found in _LABEL.finditer(whole)]
            self._voices[document.id] = (self._of(document, whole), labels)
        whose, labels = self._voices[document.id]
        often = Counter(who for _, who in labels).most_common(1)
        if not often or (often[0][1] == 1 and not any(self._is_label_of(who) for _, who in labels)):
            return whose
        before = [who for place, who in labels if place < start]
        return Voice.THEIRS if self._is_label_of(before[-1] if before else often[0][0]) else Voice.OTHERS

    def _of(self, document: Document, whole: str) -> Voice:
        opening, last = whole[:_OPENING], whole.strip().rpartition("\n")[2]
        presented = [found["who"] for found in _PRESENTED.finditer(whole)]
        signed = [last] if len(last.split()) <= _LONGEST_NAME else []
        own = [document.author or "", document.title or "", document.name.replace("_", " "), *presented]
        bylines = [found["who"] for found in _BYLINE.finditer(opening)]
        if any(map(self._is_in, [*own, *bylines, *signed])):
            is_spoken_to = any(self._is_in(found["who"]) for found in _ADDRESSED.finditer(opening))
            return (
                Voice.OTHERS if is_spoken_to and not any(map(self._is_in, bylines + signed)) else Voice.THEIRS
            )
        is_by_other = bool(bylines) or re.fullmatch(_PERSON, document.author or "") is not None
        return Voice.OTHERS if is_by_other or self._is_in(whole) else Voice.UNKNOWN

    def _is_label_of(self, label: str) -> bool:
        """Whether a label has their last name, or a word of what they are called: "THE PRESIDENT"."""
        called = {word for word in _WORD.findall(fold(self.name)) if len(word) > _SHORT}
        return self._is_in(label) or bool(called & set(_WORD.findall(fold(label))))

    def _is_in(self, text: str) -> bool:
        """Whether a text has their last name."""
        words = _WORD.findall(re.sub(r"['’]s\b", "", fold(self.name)))
        return bool(words) and re.search(rf"(?<!\w){re.escape(words[-1])}(?!\w)", fold(text)) is not None
