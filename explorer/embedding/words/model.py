"""Word vectors as an embedder: the vector of a text is made of those of its words."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import extras
from explorer.embedding.base import PrecisionChoice, WantedModel, go_on
from explorer.embedding.folder import sha256
from explorer.embedding.words import files
from explorer.embedding.words.names import PACKAGE, VectorsPlace, place_of
from explorer.embedding.words.texts import count_pieces, cut
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.words.table import WordTable

_SCHEME = "1"
"""Counts up when our code makes other vectors of the same files."""


def load_table(name: str) -> WordTable:
    """The word vectors of that name. Raises ModelError: there are none, or their file is damaged.

    The last two are kept in memory.
    """
    place = _found(name)
    return _loaded(place.name, *_state(place))


class WordsEmbedder:
    """Loads word vectors, by the names of `names.place_of`."""

    is_remote = False

    def takes(self, name: str) -> bool:
        """Whether the name is one of word vectors."""
        return place_of(name) is not None

    def examine(self, name: str) -> None:
        """Raises ModelError where there are no such vectors, or they are damaged."""
        load_table(name)

    def choose(self, name: str) -> PrecisionChoice:  # noqa: ARG002
        """Always float32."""
        return PrecisionChoice("float32", "cpu", "its vectors are added up, which is quick anyway")

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:  # noqa: ARG002
        """("float32", fingerprint of the file). Raises ModelError."""
        return "float32", _fingerprint(_found(name))

    def load(self, wanted: WantedModel) -> WordsModel:
        """The model (seconds for a large file). Raises ModelError."""
        return WordsModel(wanted.name)


class WordsModel:
    """An `EmbeddingModel` of word vectors: `WordTable.text_vector` says how a text's is made."""

    precision = "float32"
    max_tokens = 1_000
    texts_at_once = 128
    is_remote = False

    def __init__(self, name: str) -> None:
        """Raises ModelError."""
        self._place = _found(name)
        self.name = self._place.name
        self.fingerprint = _fingerprint(self._place)
        self._table = load_table(name)
        self.dimension = self._table.dimension

    def has_changed(self) -> bool:
        """Whether the file holds other vectors now, or is gone."""
        try:
            return _fingerprint(self._place) != self.fingerprint
        except ModelError:
            return True

    def prepare(self) -> None:
        """Nothing: it is loaded when it is made."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return [count_pieces(text) for text in texts]

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            check()
            vectors[row] = self.encode_query(text)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1: a question is a text like any other."""
        return self._table.text_vector(cut(text, self.max_tokens))


def _found(name: str) -> VectorsPlace:
    """Where the vectors are. Raises ModelError where there are none."""
    place = place_of(name)
    if place is None:
        raise ModelError(f"{name} is no name of word vectors, such as word2vec:library or glove:FILE.")
    if place.name == PACKAGE:
        extras.require("glove")
        return VectorsPlace(PACKAGE, _package())
    if place.path is None:
        raise ModelError(f"{name} are the vectors of a library, and none is open here.")
    if not place.path.is_file():
        mend = f"Train them first: python -m explorer words train --kind {place.name.partition(':')[0]}"
        raise ModelError(
            f"This library has no word vectors of its own yet. {mend}"
            if place.is_own
            else f"There is no file {place.path}. Give the path of a file of word vectors."
        )
    return place


def _package() -> Path:
    spec = importlib.util.find_spec(extras.EXTRAS["glove"].package)
    if spec is None or spec.origin is None:
        raise ModelError(f"The package {PACKAGE} is damaged. Run: {extras.command('glove')}")
    return Path(spec.origin).parent / "data"


def _contents(place: VectorsPlace) -> list[Path]:
    """The files that decide the vectors."""
    path = place.path or _package()
    return [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())


def _fingerprint(place: VectorsPlace) -> str:
    """40 hex digits for what its files hold. Raises ModelError."""
    try:
        parts = [sha256(file) for file in _contents(place)]
    except OSError as error:
        raise ModelError(f"The word vectors {place.name} cannot be read: {error}") from error
    return hashlib.sha256(" ".join([_SCHEME, *parts]).encode()).hexdigest()[:40]


def _state(place: VectorsPlace) -> tuple[Path, int, int]:
    path = place.path or _package()
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@functools.lru_cache(maxsize=2)
def _loaded(name: str, path: Path, _changed: int, _size: int) -> WordTable:
    return files.read_package(path) if name == PACKAGE else files.read(path)
