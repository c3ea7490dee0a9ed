"""A question → hits: by meaning, by words and by both, with the passage that is shown for each."""

from explorer.search.highlights import marks
from explorer.search.near_duplicates import near_duplicates
from explorer.search.query import without_filters, without_quotes
from explorer.search.reranked import RERANKED, RerankingRetriever
from explorer.search.retrieved import Retrieved
from explorer.search.retriever import Retriever

__all__ = [
    "RERANKED",
    "RerankingRetriever",
    "Retrieved",
    "Retriever",
    "marks",
    "near_duplicates",
    "without_filters",
    "without_quotes",
]
