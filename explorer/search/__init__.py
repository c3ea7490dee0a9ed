"""A question → hits: by meaning, by words and by both, with the passage that is shown for each."""

from explorer.search.query import without_filters, without_quotes
from explorer.search.retrieved import Retrieved

__all__ = ["Retrieved", "without_filters", "without_quotes"]
