"""What can be asked of a table's figures."""

from __future__ import annotations

from enum import StrEnum


class Operation(StrEnum):
    """What is done with the cells that a question names."""

    VALUE = "value"
    CHANGE = "change"
    PERCENT_CHANGE = "percentage change"
    SHARE = "share"
    RATIO = "ratio"
    SUM = "sum"
    AVERAGE = "average"
    DIFFERENCE = "difference"
    COUNT = "count"
    HIGHEST = "highest"
    LOWEST = "lowest"
    ABOVE = "above"
    BELOW = "below"
    PERIODS = "periods"
    ITEMS = "items"
    """What stands under a section."""
    WORDS = "words"
    """No figure: a reason, a way, a place, a list of names."""
