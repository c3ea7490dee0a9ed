"""Hostile texts through a real child: each ends in time and within its memory, and the next file is read."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from tests.readers.conftest import Write

SECONDS = 20


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("columns.csv", ("a" + "," * 1_000_000 + "\n") * 3),
        ("quote.csv", 'a,b\n"' + "x,\n" * 300_000),
        ("cell.csv", "a,b\n" + "x" * 3_000_000),
        ("deep.json", "[" * 3_000_000),
        ("objects.json", '{"a":' * 100_000 + "1" + "}" * 100_000),
        ("number.json", '{"a": ' + "1" * 3_000_000 + "}"),
        ("deep.jsonl", ("[" * 50_000 + "\n") * 5),
        ("deep.ipynb", '{"cells": [{"cell_type": "code", "source": ' + "[" * 300_000),
        ("deep.xml", "<a>" * 300_000 + "x"),
        ("open.xml", "<?xml version='1.0'?><!DOCTYPE a [" + "<!ENTITY a 'b'>" * 50_000 + "<r>x</r>"),
        ("doctypes.xml", "<?xml version='1.0'?><r>x" + "<!DOCTYPE [" * 50_000 + "</r>"),
        ("amps.xml", "<?xml version='1.0'?><r>x" + "&" * 500_000 + "</r>"),
        ("brackets.html", "<html>" + "<" * 1_000_000),
        ("entities.html", "<html>x" + "&#x1F600;" * 100_000),
        ("rows.html", "<html><table>" + "<tr><td rowspan=9999>x" * 30_000),
        ("tables.html", "<html>" + "<table><tr><td>" * 20_000 + "x"),
        ("menus.html", "<html>" + "<ul><li><a href=x>y</a>" * 20_000),
        ("voices.srt", "1\n00:00:01,000 --> 00:00:02,000\n" + "<v " * 100_000 + "{\\" * 100_000),
        ("cues.vtt", "WEBVTT\n" + "\n00:01.000 --> 00:02.000\nx\n" * 50_000),
        ("rules.md", "|a|\n|-|\n" * 50_000 + "|-" * 200_000 + "\n" + " " * 200_000),
    ],
)
def test_it_ends_in_time_and_the_next_file_is_read(
    pool: ReaderPool, write: Write, name: str, content: str
) -> None:
    started = time.monotonic()
    with suppress(ReadError):
        reading = pool.read(write(name, content), name, limits=Limits(seconds=SECONDS))
        assert reading.text.strip()
    assert time.monotonic() - started < SECONDS
    assert pool.read(write("fine.txt", "Some words"), "fine.txt").text == "Some words"


@pytest.mark.data
def test_formats_of_the_zoo_are_found_by_content(pool: ReaderPool, zoo: Path) -> None:
    for name, kind in {
        "docling/csv/csv-pipe.csv": "csv",
        "markitdown/test.json": "json",
        "markitdown/test_notebook.ipynb": "notebook",
        "markitdown/test_rss.xml": "xml",
        "docling/html/table_01.html": "html",
        "docling/md/duck.md": "markdown",
    }.items():
        for shown in (Path(name).name, "document.txt"):
            if (kind, shown) in (("markdown", "document.txt"), ("csv", "document.txt")):
                continue  # only their names tell: Markdown is text, and so are a few rows
            assert pool.read(zoo / name, shown).kind == kind
