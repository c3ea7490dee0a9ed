"""How sentences begin and what they hold that say what a text is about, and that don't."""

from __future__ import annotations

import re

COMMON = frozenset(
    {"the", "and", "for", "with", "from", "report", "annual", "dated", "letter", "filed", "form", "inc"}
    | {"pdf", "docx", "txt", "html", "pptx", "xlsx", "json"}
)
"""Words of names that tell nothing of what is named."""
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SAYS = re.compile(
    r"\b(?:this|the|our|these|present) (?:paper|article|report|study|document|book|guide|manual|survey|"
    r"thesis|agreement|policy|work|chapter|note|letter|talk)s? (?:\w+ ){0,2}(?:describes?|presents?|"
    r"explains?|shows?|introduces?|investigates?|examines?|covers?|provides?|discusses?|proposes?|reports?|"
    r"is about|sets out|summari[sz]es?|deals with|reviews?|gives?|contains?)\b|"
    r"\b(?:we|here we) (?:\w+ )?(?:describe|present|propose|introduce|investigate|study|examine)\b|"
    r"\b(?:dieser?|der|die|das|dieses) (?:Bericht|Artikel|Aufsatz|Arbeit|Buch|Studie|Dokument|Leitfaden) "
    r"(?:\w+ ){0,2}(?:beschreibt|zeigt|erklärt|untersucht|behandelt|stellt|gibt)\b|"
    r"\b(?:cet|ce|cette) (?:article|rapport|étude|livre|document|guide) (?:\w+ ){0,2}(?:décrit|présente|"
    r"explique|montre|propose|examine|traite)\b|"
    r"\b(?:este|esta) (?:artículo|informe|estudio|libro|documento|guía|trabajo) (?:\w+ ){0,2}(?:describe|"
    r"presenta|explica|muestra|propone|examina|trata)\b",
    re.IGNORECASE,
)
"""How texts say what they are about."""
IS = re.compile(
    r"^(?:The |This |Our )?\w[\w&.,’'()“” -]{0,130}? (?:is|are) (?:an?|one of|among|the (?:world|largest|"
    r"leading|(?:common )?name|study|process|art|second|third|only|science))\b (?!(?!leading)\w+ing\b)|"
    r"^\w[\w.,’' -]{0,60}? (?:ist|sind|war) (?:ein|eine|der|die|das)\b|"
    r"^\w[\w.,’' -]{0,60}? (?:est|sont) (?:une?|la|le|les|des)\b|"
    r"^\w[\w.,’' -]{0,60}? (?:es|son) (?:una?|el|la)\b|"
    r"^\w[\w.,’' -]{0,60}? è (?:una?|un’|il|la)\b"
)
"""How texts say what somebody or something is."""
OFFERS = re.compile(
    r"\bengaged in the\b|"
    r"^(?:We|The Company|Our company) (?:operates?|offers?|provides?|manufactures?|makes?|sells?)\b"
)
"""How texts say what somebody does."""
WE = re.compile(r"^(?:We|Our company|Our firm|The Company|The organi[sz]ation)\b")
"""How those begin who speak of themselves."""
LEANS = re.compile(
    r"^(?:And|But|Or|So|Then|Here|There|Hello|Although|While|Because|See|Note|Other|Certain|Includes?|"
    r"Also|The (?:following|above|subsections|foregoing)|Und|Aber|Oder|Doch|Denn|Dabei|Dies\w*|Außerdem|Et|"
    r"Mais|Ou|Cela|Cette|Ces|Il|Elle|Pero|Esto|Estos|Esta|Ello|Questo|Questa|Ma|Maar|Deze|Dit)\b|"
    r"^[^\w“\"«„¿¡]"
)
"""How sentences begin that lean on what stands before them."""
WEB = re.compile(r"https?:|www\.|\S@\S|\bcookies?\b|[{}<>\\|=`#]|\]\(|&\w+;|(?:\S+/){2}", re.IGNORECASE)
"""Signs of addresses, of markup and of code."""
UNTIDY = re.compile(r"[a-z]- [a-z]|\[\d+\]|\s\d{1,2}\s?\.$| ,")
"""A word that a line end cut, or the mark of a note."""
ASIDE = re.compile(
    r"^[“\"«„]|\b(?:capitalized terms|uncertaint\w+|under no obligation|non-GAAP|key metrics?|hereby|"
    r"in all respects|unless (?:otherwise|the context))\b",
    re.IGNORECASE,
)
"""Signs of speech, of terms and of provisos."""
TERM = re.compile(
    r"\s*\((?:[^()]{0,40}?[“\"][^()]{1,80}|(?:NYSE|NASDAQ|Nasdaq|the|together|collectively)\b[^()]{1,60})\)"
)
"""What a sentence defines for the text that follows: (the “Company”)."""
NUMBER = re.compile(r"^(?:\d{1,2}|[a-z])[.)]\s+(?=\w)")
"""The number of an item of a list."""
