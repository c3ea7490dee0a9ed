"""Questions that ask what a document says of a thing: which document, and of what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explorer.questions.names import DocumentNames, Named, words_besides

_SAY = (
    r"(?:say|says|said|have to say|tell|tells|state|states|write|writes|advise|advises|recommend|recommends|"
    r"explain|explains|report|reports|teach|teaches)(?: (?:us|me|you))?(?: (?:anything|something|a word))?"
)
_ABOUT = r"(?:about|regarding|concerning|with regard to|on the (?:topic|subject) of|on)"
_COVER = (
    r"(?:mention|cover|discuss|address|deal with|speak of|talk about|contain|describe|treat)"
    r"(?: (?:anything|something) (?:about|on))?"
)
_DOES = r"(?:does|do|did|has|have|is|are)"
_SOURCE = r"(?P<source>\S[^?]{1,80}?)"
_TOPIC = r"(?P<topic>[^?]+)\W*$"
_TELLING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\W*(?:what )?{_DOES} {_SOURCE} {_SAY} {_ABOUT} {_TOPIC}",
        rf"^\W*{_DOES} {_SOURCE} {_COVER} {_TOPIC}",
        rf"^\W*what is (?:said|written|stated|told) {_ABOUT} (?P<topic>[^?]+?) in (?P<source>[^?]+?)\W*$",
        r"^(?P<topic>[^?]+?),?\s+according to (?P<source>[^?,]+?)\W*$",
        r"^\W*(?:according to|as per) (?P<source>[^?,]+), (?P<topic>[^?]+\??)\W*$",
    )
)
_SORT = re.compile(
    r"\b(?:texts?|documents?|files?|papers?|reports?|manual|handbook|guide|notes?|pages?|articles?|book|"
    r"library|collection)\b",
    re.IGNORECASE,
)
_ANY = re.compile(
    r"^(?:the|this|these|that|those|my|our|your|any|all|of)?(?:\s+(?:the|these|of))*\s*$", re.IGNORECASE
)
_COMPARING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\W*(?:please )?(?:compare|contrast|(?:what (?:is|are) )?the (?:main )?differences? between|"
        r"differences? between|(?:what|how) (?:differs|is different) between|how (?:do|does)) "
        r"(?P<first>[^?,]+?) (?:and|with|to|versus|vs\.?|differ from) (?P<second>[^?,]+?)(?: differ)?\W*$",
        r"^\W*(?P<first>[^?,]{2,60}?) (?:versus|vs\.?) (?P<second>[^?,]{2,60}?)\W*$",
        r"^\W*how (?:is|are) (?P<first>[^?,]+?) different from (?P<second>[^?,]+?)\W*$",
    )
)
_NEARLY = 0.8
"""Documents that are named nearly as well as the best are meant too: "Acme's 8-K of May" is no 10-K of it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A question for what documents say of a topic."""

    topic: str
    """What they are asked about: "parking"; a question where it is one ("How is mead made")."""
    named: tuple[Named, ...]
    """The documents that are to say it, all surely named; () where any may."""


def told_of(question: str, names: DocumentNames) -> Telling | None:
    """What a question asks documents about; None where it is put in another way, or asks what somebody says
    who is no document's name: "What does the lease say about parking?" is about parking."""
    for pattern in _TELLING:
        found = pattern.match(question)
        if found is None:
            continue
        source, topic = found["source"].strip(), found["topic"].strip(" ?.,")
        if _ANY.match(_SORT.sub("", source)):
            return Telling(topic, ())
        if named := _documents(source, names):
            return Telling(topic, named)
    return None


def compared(question: str, names: DocumentNames) -> tuple[tuple[Named, ...], ...]:
    """The documents of each side that a question compares as a whole: "Compare the lease and the manual"; ()
    where it compares something in them, or other things."""
    sides = sides_of(question)
    if sides is None:
        return ()
    first, second = (_documents(side, names) for side in sides)
    return (first, second) if first and second and first[0].words != second[0].words else ()


def sides_of(question: str) -> tuple[str, str] | None:
    """What a question compares, as it says it: "Compare FAISS and Chroma"; None where it compares no two
    things."""
    found = next((found for pattern in _COMPARING if (found := pattern.match(question))), None)
    return (found["first"].strip(), found["second"].strip()) if found else None


def _documents(source: str, names: DocumentNames) -> tuple[Named, ...]:
    """The documents of one name that a phrase is the name of, and nothing besides."""
    bare = _SORT.sub("", source)
    named = names.named(f"In {bare}")  # a first word's capital tells nothing
    named = [one for one in named if one.score >= _NEARLY * named[0].score]
    if len({one.words for one in named}) != 1 or words_besides(bare, named[0]):
        return ()
    return tuple(replace(one, is_sure=True) for one in named)
