"""What a language model is given to answer from, piece by piece, each with the number that it is cited by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from explorer.types import Citation, Document, Hit


@dataclass(frozen=True, slots=True)
class Given:
    """One piece: a passage, rows of a table, or what the program itself knows of the library."""

    text: str
    """What the model reads: the passage as it stands, a table in Markdown, a sentence of the program."""
    hit: Hit | None = None
    """Where it stands; None for what the program knows."""
    document: Document | None = None
    """What a sentence of the program is about; None where it is about all of them."""
    is_table: bool = False

    @property
    def heading(self) -> str:
        """What stands above the text, for counting: document, title, section."""
        if self.hit is None:
            return ""
        one = self.hit.document
        return "\n".join((one.name, one.title or "", *self.hit.chunk.headings))

    @property
    def is_program(self) -> bool:
        """Whether it is the program's own, from the catalogue."""
        return self.hit is None

    @property
    def place(self) -> tuple[str, int, int] | None:
        """(id of the document, start, end); None for what is about no document."""
        if self.hit is not None:
            return self.hit.document.id, self.hit.passage.start, self.hit.passage.end
        return None if self.document is None else (self.document.id, 0, 0)

    def citation(self, number: int) -> Citation | None:
        """As it is cited, by the words of the document; None for what is about no document."""
        if self.hit is not None:
            shown = self.hit.passage
            return Citation(number, self.hit.document.id, shown.page, shown.start, shown.end, shown.text)
        return None if self.document is None else Citation(number, self.document.id, 1, 0, 0, self.text)


def passage(hit: Hit) -> Given:
    """A passage that search found."""
    return Given(hit.passage.text, hit)


def distinct(sources: Iterable[Given]) -> list[Given]:
    """The pieces in their order, without passages whose chunk stands in an earlier one."""
    kept: list[Given] = []
    for one in sources:
        if one.hit is None or one.is_table or not any(_holds(other, one.hit) for other in kept):
            kept.append(one)
    return kept


def _holds(one: Given, hit: Hit) -> bool:
    return (
        one.hit is not None
        and not one.is_table
        and one.hit.document.id == hit.document.id
        and one.hit.passage.start <= hit.chunk.start
        and hit.chunk.end <= one.hit.passage.end
    )


def without_overlap(hits: Iterable[Hit], most: int = 8) -> tuple[Hit, ...]:
    """The first hits in their order, ranked anew: without those whose chunk stands in the passage of an
    earlier one."""
    return hits_of(distinct(map(passage, hits))[:most])


def documents_of(sources: Iterable[Given]) -> tuple[str, ...]:
    """Ids of the documents of which a model is told something, each once."""
    ids = (one.place[0] for one in sources if one.place is not None)
    return tuple(dict.fromkeys(ids))


def hits_of(sources: Sequence[Given]) -> tuple[Hit, ...]:
    """The passages, ranked in their order."""
    hits = [one.hit for one in sources if one.hit is not None]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, 1))
