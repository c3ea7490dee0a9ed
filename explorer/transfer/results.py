"""What came of an export or an import, and the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_NAMED = 20
"""Names that are listed; of more, how many."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: one file, or a folder of plain files."""

    path: Path
    documents: int
    bytes: int
    missing: tuple[str, ...] = ()
    """Names of documents whose original the library itself has lost: they are not in it."""
    damaged: tuple[str, ...] = ()
    """Names of documents whose original has changed on the disk: an import leaves these out."""
    models: tuple[str, ...] = ()
    """Names of the library's own models that are in it."""

    def lines(self) -> tuple[str, ...]:
        """The same in words, a line each."""
        said = [f"Exported {_counted(self.documents, 'document')} to {self.path}."]
        if self.missing:
            said.append(f"Without these, whose originals the library has lost: {_listed(self.missing)}.")
        if self.damaged:
            said.append(
                f"The bytes of these have changed on the disk, so an import leaves them out: "
                f"{_listed(self.damaged)}. Add these files again, then export once more."
            )
        if self.models:
            said.append(f"With the library's own models: {_listed(self.models)}.")
        if any(name.startswith("tuned-") for name in self.models):
            said.append(
                "Models that were trained on the documents may hold traces of them in their weights, also of "
                "documents that were removed since."
            )
        return tuple(said)


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What an import did."""

    added: int = 0
    """Documents that came as they were, with their text and embeddings."""
    known: int = 0
    """Documents that were there already."""
    back: int = 0
    """Documents that were in the bin and are back."""
    read_anew: tuple[str, ...] = ()
    """Names of documents that were read and embedded from their originals."""
    damaged: tuple[str, ...] = ()
    """Those of `read_anew` whose text or embeddings are damaged or missing in the export."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Names of what did not come in, and why."""
    conversations: int = 0
    settings: tuple[str, ...] = ()
    """The settings that were taken over."""
    settings_left: tuple[str, ...] = field(default=())
    """Settings that lead out of the library and were not taken over, "chat_url: http://…"."""
    models: tuple[str, ...] = ()
    """Names of the exported library's own models that this one has now."""
    models_left: tuple[tuple[str, str], ...] = ()
    """Names of those that it has not, and why."""

    def lines(self) -> tuple[str, ...]:
        """The same in words, a line each."""
        said = [f"Added {_counted(self.added + len(self.read_anew), 'document')}."]
        if self.known:
            said.append(
                f"{_counted(self.known, 'document')} were there already."
                if self.known > 1
                else "1 document was there already."
            )
        if self.back:
            said.append(f"{_counted(self.back, 'document')} came back from the bin.")
        said += self._of_read_anew()
        said += [f"Left out {name}: {why}" for name, why in self.left_out[:_NAMED]]
        if len(self.left_out) > _NAMED:
            said.append(f"Left out {len(self.left_out) - _NAMED} more.")
        if self.conversations:
            said.append(f"{_counted(self.conversations, 'conversation')} came with them.")
        if self.models:
            said.append(f"The library's own models came with them: {_listed(self.models)}.")
        said += [f"Left out the model {name}: {why}" for name, why in self.models_left[:_NAMED]]
        if self.settings:
            said.append(f"Settings taken over: {', '.join(self.settings)}.")
        if self.settings_left:
            said.append(
                "Not taken over without asking, because they lead out of this library or widen its limits: "
                f"{'; '.join(self.settings_left)}."
            )
        return tuple(said)

    def _of_read_anew(self) -> list[str]:
        others = list((Counter(self.read_anew) - Counter(self.damaged)).elements())
        reasons = {
            "what the export has of them is damaged or missing": self.damaged,
            "what the export has of them does not fit the index of this library": others,
        }
        return [
            f"Read and embedded anew, because {why}: {_listed(names)}."
            for why, names in reasons.items()
            if names
        ]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
