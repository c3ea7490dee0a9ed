"""Of which kind a question is, by the words it is asked with: one table, with examples in its test."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """What sort of answer a question wants."""

    FIGURE = "figure"
    """An amount: how much, how many, what share."""
    FACT = "fact"
    """A thing said in a sentence: who, when, where, why, how, what."""
    YES_NO = "yes or no"
    LIST = "list"
    DEFINITION = "definition"
    SUMMARY = "summary"
    COMPARISON = "comparison"
    LIBRARY = "library"
    """About the documents as such: how many, which, whose, how long, of when."""
    TALK = "talk"
    """No question: a greeting, thanks."""


_DOCUMENT = (
    r"(?:documents?|files?|filings?|reports?|pdfs?|spread ?sheets?|presentations?|slides?|"
    r"e-?mails?|papers?|articles?|"
    r"web ?pages?|archives?|books?|(?:word|text|excel|html|csv) (?:documents?|files?)|10-?ks?|10-?qs?|8-?ks?|"
    r"dokumente?n?|dateien?|fichiers?|documentos?|archivos?)"
)
_HERE = (
    r"(?:in (?:this|the|my|your|our) (?:library|collection|folder)|here|do (?:you|i|we) have|"
    r"have you|are there|you have|i have)"
)

WHY = r"(?:but |and )?(?:why(?: not| so| is that| was that)?|how so|how come)"
"""How somebody asks for a reason. A bare one after a question is completed by a colon and that question."""
_TABLE: tuple[tuple[Kind, str], ...] = (
    (
        Kind.TALK,
        r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks?(?: you)?(?: very much|"
        r" a lot| so much)?|thank you|ok(?:ay)?|"
        r"great|bye|goodbye|hallo|guten (?:tag|morgen|abend)|danke(?: schön)?|merci|bonjour|hola|"
        r"gracias|who are you|what can you do|"
        r"how are you|help)\W*$",
    ),
    (Kind.FACT, rf"^\W*{WHY}:"),  # after a question of any kind
    (
        Kind.LIBRARY,
        rf"\bhow many {_DOCUMENT}\b(?!.*\b(?:filed|sold|received|processed|submitted)\b)"
        rf"|\b(?:which|what)(?: of the| of these| of my| other)? (?!(?:is|was|does|did|has)\b)"
        rf"(?:\w+[- ]){{0,2}}?{_DOCUMENT}\b"
        rf"|\b(?:list|show|name|enumerate)(?: me)?(?: all)?(?: of)?(?: the| my|"
        rf" your)? (?:\w+ ){{0,2}}?{_DOCUMENT}\b"
        rf"|\bwhat is (?:this|the|my) (?:library|collection)\b|\bwhat(?:'s| is) in (?:this|the|"
        rf"my) (?:library|collection|folder)\b"
        rf"|\b(?:overview|summary|summari[sz]e) (?:of )?(?:everything|all|"
        rf"the (?:whole )?(?:library|collection))\b"
        rf"|\b(?:summari[sz]e|sum up|outline|overview of|summary of|describe) (?:this|the|my|our)"
        rf"(?: whole| entire)? (?:library|collection)\b|\bwhat are (?:these|those|the|my) {_DOCUMENT} about\b"
        rf"|\b(?:which|what) languages? (?:are|is|were) (?:the|these|my|all)\b.*{_DOCUMENT}\b"
        rf"|\bwho (?:is|are|was|were) the authors?\W*$"
        rf"|\bwhen was (?:the|this)\b.* (?:added|imported|uploaded)\W*$"
        rf"|\b(?:longest|shortest|newest|oldest|latest|largest|biggest|smallest|"
        rf"most recent) (?:of the |of these )?(?:\w+ )?{_DOCUMENT}\b"
        rf"|\bhow many pages\b|\bhow long is (?:the|this) .*{_DOCUMENT}\b|\b(?:number of|"
        rf"count of) {_DOCUMENT}\b"
        rf"|\bwho (?:is|are|was|were) the authors? of\b|\bwho (?:wrote|"
        rf"authored)\b.*\b{_DOCUMENT}\b|\bwhen was (?:the|this) .*{_DOCUMENT}.* (?:written|added|"
        rf"created|published)\b"
        rf"|\b(?:which|what) (?:languages?|kinds? of {_DOCUMENT}|authors?|folders?|tags?|"
        rf"file types?|formats?)\b.*{_HERE}"
        rf"|\bwie viele {_DOCUMENT}\b|\bwelche {_DOCUMENT}\b|\bcombien de {_DOCUMENT}\b|"
        rf"\bcuántos {_DOCUMENT}\b",
    ),
    (
        Kind.SUMMARY,
        r"^\W*(?:please |can you |could you |give me |write |make )*(?:an? |the )?(?:short |brief |"
        r"quick |concise )?"
        r"(?:summar(?:y|i[sz]e|ies)|sum up|overview|outline|recap|abstract|gist|key (?:points|"
        r"takeaways|findings)|main (?:points|ideas|findings))\b"
        r"|\b(?:main|key|most important) (?:points|ideas|findings|messages|takeaways|statements|contents?)\b"
        r"|\bwhat (?:does|do|did) .{3,80}\b(?:say|cover|contain|tell us|deal with|show|find|reveal|"
        r"conclude)\s*(?:about)?\W*$"
        r"|\bwhat is .{3,80}\babout\W*$"
        r"|\b(?:fasse|fass) .*zusammen\b|\bzusammenfassung\b|\brésum|\bresum(?:e|en|ir)\b",
    ),
    (
        Kind.COMPARISON,
        r"\b(?:compare[ds]?|comparison|versus|vs\.?|differences? between|contrast)\b"
        r"|\bdiffer(?:s|ed)? (?:from|between)\b"
        r"|\bhow (?:is|are|was|were) .*\bdifferent\b|\b(?:has|have|had) in common\b"
        r"|\bwhich (?:is|was|are|were|of .* (?:is|was)|one|company|has|had)\b.*\bor\b|"
        r"\bwho (?:\w+ )?(?:more|less|fewer)\b.*\bor\b"
        r"|\bhow (?:did|does|do|has|have) .*\b(?:change|develop|evolve|compare|differ|grow)\b"
        r"|\b(?:did|does|do|has|have)\b.*\b(?:go up or down|up or down|rise or fall|"
        r"increase or decrease|grow or shrink)\b"
        r"|^\W*(?:is|are|was|were)\b.*\b(?:higher|lower|larger|smaller|greater|more|less|better|worse)\b.*\bor\b"
        r"|\bvergleich",
    ),
    (
        Kind.FIGURE,
        r"\bhow (?:much|many|large|big|high|low|wide|tall|old|far|heavy|fast)\b|\bwhat (?:share|"
        r"percentage|percent|proportion|portion|amount|number|average)\b"
        r"|\bwhat (?:is|are|was|were) .*\b(?:revenues?|sales|income|profits?|loss(?:es)?|margin|"
        r"earnings|eps|expenses?|costs?|assets|liabilities|"
        r"equity|cash|debt|inventor(?:y|ies)|payables?|receivables?|dividends?|capex|expenditures?|"
        r"rate|ratio|percentage|number|price|"
        r"amount|total|volume|occupancy|headcount|balance|turnover|ebitda|fee|rent|deposit|salary|budget)\b"
        r"|\bwhat (?:\w+ ){1,5}(?:did|does|do)\b.*\b(?:report|reach|show|record|have|spend|make|"
        r"earn|generate|post|pay)\b"
        r"|\bwie ?viele?\b|\bwie hoch\b|\bcombien\b|\bcuánt[oa]s?\b|\bquel(?:le)? (?:est|était|"
        r"a été) (?:le|la) (?:montant|chiffre)",
    ),
    (
        Kind.YES_NO,
        r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must|ist|"
        r"sind|hat|haben|est-ce|es)\b",
    ),
    (
        Kind.LIST,
        r"^\W*(?:list|name|enumerate)\b|\bwhich (?:\w+ ){0,2}(?:two|three|four|five|six|seven|"
        r"eight|nine|ten|\d+)\b|\bwhat are the\b|\bwhich are\b",
    ),
    (
        Kind.DEFINITION,
        r"^\W*what (?:is|are) (?:an? |the )?[\w\s'’-]{2,40}\W*$|\bwhat does .* (?:mean|"
        r"stand for)\b|\bdefine\b|\bdefinition of\b|\bmeaning of\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _TABLE)


_ASKS_WHY = re.compile(rf"\W*{WHY}\b", re.IGNORECASE)
_WHY_OF = re.compile(rf"\W*{WHY}:", re.IGNORECASE)


def asks_why(question: str) -> bool:
    """Whether it asks for a reason."""
    return _ASKS_WHY.match(question) is not None


def why_of(question: str) -> str | None:
    """The question before, of a bare "Why?" that is completed: "How did sales change?" of "Why: How did sales
    change?". None of any other."""
    found = _WHY_OF.match(question)
    return question[found.end() :].strip() if found else None


def kind_of(question: str) -> Kind:
    """The first kind whose words the question is asked with; FACT where none is."""
    text = " ".join(question.split())
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), Kind.FACT)
