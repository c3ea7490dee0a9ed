"""A question → hits: by meaning, by words and by both, with the passage that is shown for each."""

from explorer.search.chunk_view import Amount
from explorer.search.facets import Shelved, counted, fitting, folder_of, shelved
from explorer.search.query import without_filters, without_quotes
from explorer.search.retrieved import Extent, Retrieved
from explorer.search.standing import Standing
from explorer.words.folding import fold

__all__ = [
    "Amount",
    "Extent",
    "Retrieved",
    "Shelved",
    "Standing",
    "counted",
    "fitting",
    "fold",
    "folder_of",
    "shelved",
    "without_filters",
    "without_quotes",
]
