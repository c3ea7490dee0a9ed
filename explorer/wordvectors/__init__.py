"""What words mean in a library: vectors trained on its own text, and what can be asked of any word vectors.

`library.words` is where all of it is asked. Importing this package loads neither NumPy nor gensim.
"""

from __future__ import annotations

from explorer.wordvectors.asked import Neighbour, PlacedWord, TrainedVectors, TrainingState, TwoWords, WordUse
from explorer.wordvectors.library_words import LibraryWords

__all__ = [
    "LibraryWords",
    "Neighbour",
    "PlacedWord",
    "TrainedVectors",
    "TrainingState",
    "TwoWords",
    "WordUse",
]
