"""The main statements of a company among its tables, and the lines in them that go by several names.

A figure of the whole company ("the revenue of 2022") is that of its income statement, its balance sheet or
its statement of cash flows, whatever notes and segments print beside it. What one calls net sales, another
calls operating revenues.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from explorer.figures.labels import heading, words_of
from explorer.figures.periods import periods_in


class Statement(StrEnum):
    """One of the main statements."""

    INCOME = "income statement"
    BALANCE = "balance sheet"
    CASH = "cash flow statement"


_FEWEST_ROWS = 6
_TITLES = (
    (Statement.CASH, re.compile(r"\bstatements? of (?:consolidated )?cash flows?\b", re.IGNORECASE)),
    (
        Statement.BALANCE,
        re.compile(r"\bbalance sheets?\b|\bstatements? of financial (?:position|condition)\b", re.IGNORECASE),
    ),
    (
        Statement.INCOME,
        re.compile(
            r"\bstatements? of (?:consolidated )?(?:income|operations|earnings|profit (?:or|and) loss)\b"
            r"|\bincome statements?\b|\bprofit and loss\b",
            re.IGNORECASE,
        ),
    ),
)
_ACTIVITIES = re.compile(r"\b(?P<kind>operating|investing|financing) activities\b", re.IGNORECASE)
_TAXES = re.compile(r"\btax(?:es)?\b", re.IGNORECASE)
_RESULT = re.compile(
    r"\bnet (?:income|earnings|loss|profit)\b|\b(?:profit|loss|income) for the\b", re.IGNORECASE
)
_TOP_LINE = re.compile(r"\b(?:revenues?|sales|turnover)\b", re.IGNORECASE)
_OWNED = re.compile(r"\btotal\b.*\b(?:liabilities|equity)\b", re.IGNORECASE)


def statement_of(rows: Sequence[Sequence[str]], title: str | None) -> Statement | None:
    """Which main statement a table is, by the lines that each has, else by its title; None for others."""
    labels = [row[0] for row in rows if row and row[0]]
    if len(labels) < _FEWEST_ROWS:
        return None
    kinds = {found["kind"].lower() for label in labels if (found := _ACTIVITIES.search(label))}
    if len(kinds) > 1:
        return Statement.CASH
    if any(heading(label).words == _ALL_ASSETS for label in labels) and any(map(_OWNED.search, labels)):
        return Statement.BALANCE
    if all(any(map(pattern.search, labels)) for pattern in (_TAXES, _RESULT, _TOP_LINE)):
        return Statement.INCOME
    return next((kind for kind, pattern in _TITLES if title and pattern.search(title)), None)


_ALL_ASSETS = frozenset(words_of("total assets"))
_SAME = (
    (
        "net sales", "net revenue", "net revenues", "revenue", "revenues", "sales", "turnover",
        "operating revenue", "operating revenues", "sales to customers", "sales and revenues",
        "chiffre d'affaires", "Umsatz",
        "Umsatzerlöse", "ventas", "ventas netas", "ingresos", "ricavi",
    ),
    (
        "cost of sales", "cost of revenue", "cost of revenues", "cost of goods sold", "cost of products sold",
        "cost of goods and services sold", "COGS", "coût des ventes", "Umsatzkosten", "costo de ventas",
    ),
    (
        "operating income", "operating profit", "operating earnings", "income from operations",
        "profit from operations", "earnings from operations", "operating loss", "Betriebsergebnis",
        "résultat opérationnel", "resultado de explotación", "resultado operativo",
    ),
    (
        "net income", "net earnings", "net profit", "profit", "net loss", "profit for the year",
        "bénéfice net", "résultat net", "Nettogewinn", "Jahresüberschuss", "beneficio neto", "utilidad neta",
    ),
    ("gross profit", "gross income", "marge brute", "Bruttogewinn", "beneficio bruto"),
    (
        "diluted earnings per share", "diluted EPS", "diluted earnings per common share",
        "diluted net income per share", "diluted net income per common share",
        "diluted net earnings per share",
        "diluted income per share", "diluted net income attributable per share",
    ),
    (
        "basic earnings per share", "basic EPS", "basic earnings per common share",
        "basic net income per share", "basic net income per common share", "basic net earnings per share",
    ),
    (
        "capital expenditures", "capital expenditure", "capital spending", "capex",
        "purchases of property, plant and equipment", "purchases of property and equipment",
        "purchase of property and equipment", "purchase of property, plant and equipment",
        "additions to property and equipment", "additions to property, plant and equipment",
        "payments for property, plant and equipment", "acquisition of property, plant and equipment",
        "Investitionen",
    ),
    (
        "research and development", "research and development expense", "research and development expenses",
        "research and development costs", "R&D", "R&D expense", "R&D expenses", "R&D spending",
        "research, development and related expenses",
    ),
    (
        "selling, general and administrative expenses", "selling, general and administrative expense",
        "SG&A", "SG&A expenses", "SG&A expense", "selling, general and administrative",
        "selling, marketing and administrative expenses", "selling and administrative expenses",
    ),
    (
        "net cash provided by operating activities", "net cash from operating activities",
        "cash provided by operating activities", "operating cash flow", "operating cash flows",
        "cash flow from operations", "cash flow from operating activities", "cash from operations",
        "net cash flows from operating activities", "net cash provided by operations",
    ),
    (
        "total equity", "equity", "shareholders' equity", "stockholders' equity", "shareowners' equity",
        "Eigenkapital", "capitaux propres", "patrimonio neto",
    ),
    ("accounts payable", "trade payables", "trade accounts payable", "payables"),
    (
        "accounts receivable", "trade receivables", "receivables", "accounts receivable, net",
        "receivables, net",
    ),
    (
        "inventories", "inventory", "merchandise inventories", "inventories, net",
        "merchandise inventories, net",
        "Vorräte", "existencias", "inventarios",
    ),
    ("cash and cash equivalents", "cash and equivalents", "cash"),
    (
        "dividends paid", "dividends", "cash dividends paid", "dividends paid to shareholders",
        "payment of dividends",
    ),
    ("long-term debt", "long-term debt, net", "long-term borrowings", "long-term debt less current portion"),
    (
        "property, plant and equipment, net", "property and equipment, net", "property, plant and equipment",
        "property and equipment",
    ),
    (
        "income tax expense", "provision for income taxes", "provision for taxes on income", "income taxes",
        "income tax", "tax expense", "income tax provision",
    ),
    (
        "share repurchases", "repurchases of common stock", "repurchase of common stock", "stock repurchases",
        "repurchase of common shares", "purchases of treasury stock", "share buybacks", "buybacks",
    ),
    ("total assets", "assets", "total de l'actif", "Bilanzsumme", "activo total", "total activos"),
    ("interest expense", "interest expense, net", "net interest expense"),
)  # fmt: skip
"""Names of one line, by the words that companies and people have for it."""
_BEYOND = frozenset(
    words_of("total consolidated expense expenses attributable including company group inc plc")
)
"""What such a name may have besides, with the company's own name."""
_SHARED = frozenset(words_of("noncontrolling non controlling minority interest interests"))
_OF_OTHERS = re.compile(
    r"\battribut\w+ to (?:the )?(?:non-?\s?controlling|minority)|^\W*less\b", re.IGNORECASE
)
_HOLDERS = frozenset(words_of("common ordinary shareholders stockholders shareowners"))
_ENGLISH = re.compile(r"\b(?:what|how|which|was|were|the|did|is|are|by|in)\b", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+)(?:the\s+|its\s+|total\s+)?", re.IGNORECASE)
_WORD = r"[^\W_][\w’'&-]*"
_ASKED = re.compile(
    r"(?:(?<=\s)|^)(?P<name>"
    + "|".join(
        re.escape(name).replace("'", "['’]")
        for name in sorted({name for group in _SAME for name in group}, key=len, reverse=True)
    )
    + r")(?=\W|$)",
    re.IGNORECASE,
)
_PLAIN_WORDS = (
    "was were is are the total net its their of in on company company's consolidated annual overall full "
    "year worldwide group change much did and for how what whole compare average 's le la les el los die der "
    "das den un une les été était war fue fueron sum percentage reported quarterly"
)
_BEFORE = frozenset(_PLAIN_WORDS.split())
"""Words after which a line's name is that of the whole company: no "deferred revenue", no "rooms revenue"."""
_AFTER = re.compile(
    r"\s*(?:$|[?.,;:!()]|(?:in|for|of|at|on|during|from|between|as|did|do|does|was|were|is|are|and|to|"
    r"over|compared?|versus|vs|reported|report|that|total|totale|go|up|down|by|have|had|en|im|"
    r"d['’]|de|del|du|des|since|fiscal|(?:19|20)\d\d|attributable|end|than|or)\b)",
    re.IGNORECASE,
)


def asked_line(question: str) -> re.Match[str] | None:
    """Where a question names a line of a main statement, by any of its names, as a figure of the whole
    company; None where it names none or a part of one ("rooms revenue")."""
    for found in _ASKED.finditer(question):
        before = re.findall(_WORD, question[: found.start()])
        is_whole = not before or before[-1].lower() in _BEFORE
        if is_whole and _AFTER.match(question, found.end()):
            return found
    return None


def called_otherwise(question: str, line: re.Match[str], label: str) -> str:
    """The question with a label in the place of the line that it names, as `asked_line` found it; a question
    in another language is asked in English."""
    if _ENGLISH.search(question):
        return f"{question[: line.start()]}{label}{question[line.end() :]}"
    named = periods_in(question)
    return f"What was {label}{f' in {question[named[0].start : named[-1].end]}' if named else ''}?"


def lines_asked(question: str) -> list[str]:
    """The questions for each line of a main statement that one question names with "and" or a comma; [] where
    it names fewer than two."""
    found: list[re.Match[str]] = []
    at = 0
    while (one := _ASKED.search(question, at)) is not None:
        between = question[found[-1].end() : one.start()] if found else ""
        if found and not _JOINED.fullmatch(between):
            break
        found.append(one)
        at = one.end()
    if len(found) < 2:
        return []
    before, after = question[: found[0].start()], question[found[-1].end() :]
    return [f"{before}{one['name']}{after}" for one in found]


def lines_called(name: str, rows: Sequence[Sequence[str]], company: frozenset[str]) -> list[str]:
    """The labels of rows that are called by a name or another one of the same line, the plainest first. The
    heading above belongs to a label that says too little by itself. `company`: the words of its names."""
    group = next((group for group in _SAME if any(name.lower() == one.lower() for one in group)), ())
    wanted = {frozenset(words_of(one)) - _BEYOND for one in group} - {frozenset()}
    found: dict[str, int] = {}
    section = ""
    for row in rows:
        label = row[0] if row else ""
        if label and not any(row[1:]):
            section = label
            continue
        for text in (label, f"{section.rstrip(':')} {label}"):
            more = _words_more(text, wanted, company)
            if label and more is not None:
                found.setdefault(text, more)
                break
    return sorted(found, key=lambda text: found[text])


def _words_more(label: str, wanted: set[frozenset[str]], company: frozenset[str]) -> int | None:
    """How many words a label has beyond a wanted name; None where it has others than may stand there."""
    if _OF_OTHERS.search(label):
        return None
    words = heading(label).words
    may = _BEYOND | company | _HOLDERS
    if "includ" in words or re.search(r"\bbefore\b.*\binterest", label, re.IGNORECASE):
        may |= _SHARED
    more = [len(words - one) for one in wanted if one <= words and words - one <= may]
    return min(more, default=None)
