"""A question → hits: by meaning, by words and by both, with the passage that is shown for each."""

from explorer.search.highlights import marks
from explorer.search.near_duplicates import near_duplicates
from explorer.search.query import without_filters, without_quotes

__all__ = ["marks", "near_duplicates", "without_filters", "without_quotes"]
