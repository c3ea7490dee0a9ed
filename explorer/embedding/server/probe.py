"""The text by whose embedding one model behind a server's name is told from another."""

from __future__ import annotations

PROBE_TEXT = "The ferry leaves the northern harbour at a quarter past six, unless the wind turns."
