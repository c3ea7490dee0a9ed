"""How long and how often a server is asked: a person waits for a question, nobody for a passage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """The limits of one request with all its tries; all times are seconds."""

    tries: int
    patience: float
    """The longest wait between two tries. A server that asks to wait longer is over its limit: that is said
    instead of waiting."""
    stall: float
    """How long the server may say nothing."""
    whole: float
    """How long a try may take in which the answer arrives in drops."""
    is_question: bool


PASSAGES = Manner(tries=7, patience=120.0, stall=60.0, whole=300.0, is_question=False)
"""With the waits between seven tries, which add up to 31.5 seconds, a server may be away for half a minute.
Loading a model takes a server tens of seconds, in which it says nothing."""
QUESTION = Manner(tries=2, patience=3.0, stall=10.0, whole=10.0, is_question=True)
