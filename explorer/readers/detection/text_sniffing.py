"""Which kind of text some first characters begin: JSON, XML, rows of values, subtitles."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter

HTML = (".html", ".htm", ".xhtml")
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
NOTEBOOKS = (".ipynb",)
JSON = (".json", ".geojson", ".webmanifest", ".har")
JSON_LINES = (".jsonl", ".ndjson")
XML = (".xml", ".rss", ".atom", ".opml", ".svg", ".xsd", ".xsl", ".xslt", ".kml", ".gpx", ".tei", ".dbk")
DELIMITED = (".csv", ".tsv", ".tab", ".psv")
SUBTITLES = (".vtt", ".srt")

CODE = (
    ".py", ".pyi", ".js", ".mjs", ".ts", ".tsx", ".jsx", ".java", ".kt", ".kts", ".scala", ".c", ".h",
    ".cc", ".cpp", ".hpp", ".cs", ".go", ".rs", ".rb", ".php", ".pl", ".pm", ".lua", ".r", ".jl",
    ".swift", ".m", ".dart", ".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd", ".sql", ".css",
    ".scss", ".less", ".vue", ".svelte", ".ex", ".exs", ".erl", ".hs", ".ml", ".fs", ".clj", ".lisp",
    ".el", ".asm", ".f", ".f90", ".pas", ".vb", ".bas", ".groovy", ".gradle", ".cmake", ".proto",
    ".graphql", ".tf", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".properties", ".diff",
    ".patch",
)  # fmt: skip
UNNAMED = ("", ".txt", ".text", ".log", ".dat", ".data", ".asc", ".pdf", ".doc", ".docx", ".xls", ".xlsx")
"""Names that say nothing about which kind of text it is, or something wrong."""
SHEETS = (".xls", ".xlsx")
"""What programs call the rows of values that they export, so that Excel opens them."""
DELIMITERS = "\t;|,"
"""The surest first: a comma stands in ordinary text most often."""
_HEAD_CHARACTERS = 10_000
_SAMPLE_LINES = 200
_SURE_ROWS = 4
_SURE_SHARE = 0.98
_EVEN_SHARE = 0.8
"""Of the rows have the same number of cells, where the name says that it is a table."""
_LONGEST_CELL = 100

_XML_START = re.compile(r"\s*(?:<\?xml\b|<!--.*?-->\s*<\?xml\b|<!DOCTYPE\s+(?!html\b)[\w:.-]+)", re.S | re.I)
_XML_ROOT = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(rss|feed|RDF|rdf:RDF|svg|opml|kml|gpx|TEI|[\w.-]+:[\w.-]+)[\s>]", re.S
)
_OFFICE_XML = re.compile(
    r"<\?mso-application\s+progid=\"(?:Word\.Document|Excel\.Sheet)\"|<(?:\w+:)?wordDocument[\s>]|<pkg:package[\s>]"
    r"|<(?:\w+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet"
)
_JSON_START = re.compile(r'\s*(?:\{\s*(?:"|\})|\[\s*(?:[\[{"\]]|-?\d|true\b|false\b|null\b))')
_NOTEBOOK = re.compile(r'"(?:cell_type|nbformat|cells)"\s*:')
_CUE = re.compile(r"\s*(?:\d+\s*\n)?\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->\s*\d{1,3}:\d\d")
_LINE_END = re.compile(r"\r\n?|\n")
_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,' ]*%?\)?")


def is_notebook(text: str, extension: str) -> bool:
    """Whether this is a Jupyter notebook: JSON whose first keys say so."""
    return _JSON_START.match(text) is not None and (
        '"cell_type"' in text or (extension in NOTEBOOKS and _NOTEBOOK.search(text) is not None)
    )


def is_json(text: str, extension: str) -> bool:
    """Whether this is JSON: by its name and first mark, under another name only if all of it is JSON."""
    if not _JSON_START.match(text):
        return False
    if extension in JSON:
        return True
    if extension not in UNNAMED:
        return False
    try:
        return isinstance(json.loads(text), dict | list)
    except RecursionError:
        return True
    except ValueError as error:
        is_cut = isinstance(error, json.JSONDecodeError) and error.pos > len(text) - 1_000
        return is_cut and len(text) > _HEAD_CHARACTERS


def is_json_lines(text: str, extension: str) -> bool:
    """Whether each line is a JSON value; under another name only if the first lines are objects."""
    lines = [line for line in text.split("\n")[:_SURE_ROWS] if line.strip()]
    if extension in JSON_LINES:
        return bool(lines) and lines[0].lstrip()[:1] in '{["'
    if len(lines) < 2 or extension not in UNNAMED or not all(line.startswith("{") for line in lines):
        return False
    try:
        return all(isinstance(json.loads(line), dict) for line in lines[: max(1, len(lines) - 1)])
    except (ValueError, RecursionError):
        return False


def is_xml(text: str, extension: str) -> bool:
    """Whether this is XML, not HTML: by its declaration, a well-known root, or its name and first mark."""
    if _XML_START.match(text) or _XML_ROOT.match(text):
        return True
    return extension in XML and text.lstrip().startswith("<")


def is_office_xml(text: str, extension: str) -> bool:  # noqa: ARG001  as all of them are called
    """Whether this is a document that Word or Excel saved as one XML file: the note or the root says so."""
    return _OFFICE_XML.search(text[:_HEAD_CHARACTERS]) is not None and text.lstrip().startswith("<")


def is_calendar(text: str, extension: str) -> bool:  # noqa: ARG001
    """Whether this is a calendar: iCalendar by its first line."""
    return re.match(r"\s*BEGIN:VCALENDAR\b", text, re.I) is not None


def is_contacts(text: str, extension: str) -> bool:  # noqa: ARG001
    """Whether these are contacts: vCard by its first line."""
    return re.match(r"\s*BEGIN:VCARD\b", text, re.I) is not None


def is_subtitles(text: str, extension: str) -> bool:  # noqa: ARG001  as all of them are called
    """Whether these are subtitles: WebVTT by its first word, SubRip by its first cue."""
    return re.match(r"WEBVTT(?:[ \t\r\n]|$)", text) is not None or _CUE.match(text) is not None


def is_delimited(text: str, extension: str) -> bool:
    """Whether these are rows of values: by name; under another name only where a table is beyond doubt.

    Even rows are enough in what is called a spreadsheet.
    """
    if extension in DELIMITED:
        return True
    if extension not in UNNAMED:
        return False
    rows = _rows(text, delimiter(text))
    if extension in SHEETS:
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        return width > 1 and len(rows) > 1 and count >= _EVEN_SHARE * len(rows)
    if len(rows) < _SURE_ROWS or any(len(cell) > _LONGEST_CELL for row in rows for cell in row):
        return False
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0]
    numbers = sum(_NUMBER.fullmatch(cell.strip()) is not None for row in rows[1:] for cell in row)
    return width > 2 and count >= _SURE_SHARE * len(rows) and numbers >= 0.2 * width * (len(rows) - 1)


def is_code(text: str, extension: str) -> bool:
    """Whether this is a program or its settings: by name, or by the line that says what runs it."""
    return extension in CODE or text.startswith("#!")


def delimiter(text: str) -> str:
    """The mark between cells of a table: the one that gives most rows the same number of whole cells."""
    named = re.match(r"sep=([^\w\s\"]|\t)\r?\n", text)
    if named:
        return named[1]
    best, best_score = ",", 0.0
    for mark in DELIMITERS:
        rows = _rows(text, mark)
        if not rows:
            continue
        width, count = max(
            Counter(map(len, rows)).items(), key=lambda each: (each[1] * (each[0] > 1), each[0])
        )
        if width < 2:
            continue
        cells = [cell for row in rows for cell in row]
        whole = sum(not any(other in cell for other in DELIMITERS[:3] if other != mark) for cell in cells)
        score = count / len(rows) * whole / len(cells) * (1 - 0.5 / width)
        if score > best_score + 0.02:
            best, best_score = mark, score
    return best


def _rows(text: str, mark: str) -> list[list[str]]:
    lines = _LINE_END.split(text, _SAMPLE_LINES)
    lines = lines[: min(_SAMPLE_LINES, max(1, len(lines) - 1))]
    csv.field_size_limit(2**31 - 1)
    try:
        return [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
    except csv.Error:  # control characters within a row: no table
        return []
