"""Tests of `explorer.readers.encodings`."""
