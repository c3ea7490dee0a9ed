"""How questions about figures are worded: the patterns that tell one operation from another."""

from __future__ import annotations

import re

EXTREME = re.compile(
    r"\b(?:(?P<top>highest|largest|greatest|biggest|most|maximum|higher|larger|greater|bigger|more)"
    r"|lowest|smallest|least|minimum|fewest|lower|smaller|less|fewer)\b(?!\s+than\s+(?:\d+|one|a|"
    r"two|three|five)\b)",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:US|C|A)?[$€£]?\s?(?P<number>-?\d[\d,.]*)\s?(?P<scale>thousands?|millions?|billions?|%|percent)?"
    r"(?!\d|\s?(?:-|to)?\s?\d*\s?(?:years?|months?|days?))"
)
WHICH = re.compile(
    r"^\s*(?:in |for |during |at )?(?:which|what)\s+(?:(?:one )?of (?:the |these |those )?)?"
    r"(?P<thing>[\w\s/-]{1,60}?)\s+",
    re.IGNORECASE,
)
PERIOD_WORD = re.compile(
    r"\b(?:fiscal |financial )?(?:years?|year\(s\)|periods?|quarters?|months?)\b", re.IGNORECASE
)

LISTS_PERIODS = re.compile(
    r"^\s*(?:in |for |what are the |(?:the )?)?(?:which|what|years?)?\s*(?:are the )?(?:fiscal |financial )?"
    r"(?:years?(?:\(s\))?|periods?)\b"
    r".*\b(?:provided?|show[sn]?|reported|calculated|recorded|presented|included|listed|given|available|"
    r"compared|measured|covered|disclosed|computed|analy[sz]ed|tabulated|considered|"
    r"report)\b(?!.*\b(?:exceed|more than|less than|"
    r"above|below|over|higher|highest|larger|largest|lower|lowest|smaller|smallest|greater|greatest)\b)",
    re.IGNORECASE,
)
COUNTS = re.compile(r"\bhow many\b.*\b(?:years?|periods?|quarters?|months?)\b", re.IGNORECASE)
ABOVE = re.compile(
    rf"\b(?:exceed(?:ed|s|ing)?|more than|greater than|higher than|larger than|above|over|"
    rf"at least)\s+{_NUMBER}",
    re.IGNORECASE,
)
BELOW = re.compile(
    rf"\b(?:less than|lower than|smaller than|below|under|fewer than)\s+{_NUMBER}", re.IGNORECASE
)
PERCENT_CHANGE = re.compile(
    r"(?:\bpercent(?:age)?(?: point)?|%)\s*(?:of\s+)?(?:average\s+)?(?:change|increase|decrease|"
    r"growth|decline|drop|rise|difference|increment)"
    r"|\b(?:change|increase|decrease|growth)\W{0,12}(?:%|\(percent)"
    r"|\bgrowth rate|\b(?:change|increase|decrease|growth|decline)\b[^?]*\b(?:in|as a|"
    r"by) (?:percent(?:age)?|%)"
    r"|\bpercent(?:age)?\b[^?]{0,60}\b(?:grow|grew|increased?|decreased?|declined?|changed?|rose|fell)\b"
    r"|\bby (?:what|how many) (?:percent(?:age)?|%)",
    re.IGNORECASE,
)
SHARE = re.compile(
    r"\b(?:as a |what |the )?(?:percentage|percent|proportion|(?<!per )(?<!common )(?<!ordinary )share|%|"
    r"portion)\b(?:[^?]{0,40})?\b(?:of|over|in|to|among|out of|against|from|constitut\w+|form\w*|"
    r"account\w*|attribut\w*|makes? up)\b",
    re.IGNORECASE,
)
RATIO = re.compile(r"\bratio\b|\bhow many times\b", re.IGNORECASE)
AVERAGE = re.compile(r"(?<!weighted-)(?<!weighted )\b(?:average|mean)\b", re.IGNORECASE)
CHANGE = re.compile(
    r"\b(?:change|changed|increase|increased|decrease|decreased|growth|grow|grew|decline|declined|"
    r"movement|variation|increment|reduction)\b",
    re.IGNORECASE,
)
DIFFERENCE = re.compile(
    r"\b(?:difference|differ|how much (?:more|less|higher|lower|larger|greater)|exceed)\b", re.IGNORECASE
)
SUM = re.compile(r"\b(?:total|sum|combined|altogether|aggregate|together|cumulative)\b", re.IGNORECASE)
SEVERAL = re.compile(r"\brespective(?:ly)?\b|\beach\b", re.IGNORECASE)

ITEMS = re.compile(
    r"^\s*(?:what|which)\s+(?:are|were)\s+(?:all\s+)?the\s+(?:\w+\s+){0,2}?(?:components?|items|"
    r"categories|elements|"
    r"line items|types|parts|segments|countries|regions)\s+(?:\w+\s+)?(?:under|of|in|within|for|that make up|"
    r"included in|factored in|considered when calculating|in the calculation of)\s+(?:the\s+)?(?P<of>.+?)"
    r"(?:\s+(?:in|of|from|by|shown in|as per|listed in) (?:the|this) table)?\s*\??$"
    r"|^\s*how many\s+(?:\w+\s+){0,2}?(?:components?|items|categories|elements|types|parts|segments|"
    r"countries|regions)\s+(?:are\s+)?(?:there\s+)?(?:under|of|in|within|that make up|included in)\s+"
    r"(?:the\s+)?"
    r"(?P<of2>.+?)(?:\s+are there|\s+(?:in|of|from) (?:the|this) table)*\s*\??$",
    re.IGNORECASE,
)
RANKED = re.compile(r"\b(?:second|third|fourth|fifth|2nd|3rd|next)[\s-]+(?:most\b|\w+est\b)", re.IGNORECASE)
WORDS = re.compile(
    r"^\s*(?:why|where|who|whom|whose|when)\b|^\s*how (?:is|are|was|were|does|do|did|will|often|"
    r"long|can|could|would)\b(?! (?:much|many))"
    r"|^\s*what (?:could|can|led|caused|does|do|did|would|may|drove|explains?|happen\w*|kinds?|types?)\b"
    r"|\b(?:reasons?|due to|because of|caused? by|attributed to|attributable to\W*$|"
    r"relate[ds]? to|consists? of|"
    r"comprised? of|compris\w+|included? in|"
    r"defin\w+|refers? to|driven by|result of|basis|method|purpose|represents?)\b[^?]*\??$"
    r"|^\s*(?:what|which)(?: are| were)? the (?:\w+ ){0,3}(?:countries|segments|regions|components|"
    r"categories|items|types|currencies|"
    r"factors|elements|names|assumptions|methods|sources|reasons|places|areas|markets|products|"
    r"activities|parts)\b",
    re.IGNORECASE,
)
AT_END = re.compile(r"\b(?:end|close|ended) (?:of|with) (?:the |its )?", re.IGNORECASE)
FISCAL = re.compile(r"\bfiscal\b|\bFY\s?['’]?\d", re.IGNORECASE)

PERCENT = re.compile(r"%|\bpercent|\bper cent|\bmargin|\brate\b|\byield", re.IGNORECASE)
PERCENT_SAID = re.compile(r"%|\bper ?cent", re.IGNORECASE)
BEFORE = re.compile(
    r"^\s*(?:between|from|for|in|during|of|as of|at)\W*(?:fiscal |financial |years? )*(?:and|"
    r"to)?[^\w?]*,\s*(?:the\s+)?",
    re.IGNORECASE,
)
SUPERLATIVE = re.compile(
    r"\b(?:highest|largest|greatest|biggest|most|maximum|lowest|smallest|least|minimum|fewest)\b",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"^\s*(?:what(?:'s|’s)?|how much|how many|which|by how much|calculate|compute|find|tell me|"
    r"give me|state)?\s*"
    r"(?:is|are|was|were|does|do|did|has|have|had|will|would|the|of)?\s*(?:the\s+)?",
    re.IGNORECASE,
)
