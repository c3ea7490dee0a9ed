"""What an answer has to hold by the word it is asked with: a date for when, an amount for how much."""

from __future__ import annotations

import re
from collections.abc import Callable

from explorer.figures.periods import periods_in
from explorer.questions.kinds import WHY
from explorer.words.folding import fold
from explorer.words.stop_words import STOP_WORDS
from explorer.words.terms import terms

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|dozen|"
    r"once|twice)"
)
_NUMBER = re.compile(rf"\d|\b{_NUMBER_WORD}\b", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:1[5-9]|20)\d\d\b|\b{_MONTH} \d{{1,2}}\b|\b\d{{1,2}} {_MONTH}|\b(?:spring|summer|autumn|"
    rf"fall|winter|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|morning|noon|evening|night|midnight|"
    r"when|before|after|until|once|as soon as|century)\b"
    r"|\b(?:first|second|third|last|\d{1,2}(?:st|nd|rd|th)) (?:working |business )?day\b"
    r"|\b(?:each|every) (?:day|week|month|quarter|year)\b"
    r"|\b(?:daily|weekly|monthly|quarterly|yearly|annually)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"(?:\d[\d.,–-]*|\b{_NUMBER_WORD})(?:[\s-]+(?:to|or|and)?[\s-]*(?:\d[\d.,]*|"
    rf"{_NUMBER_WORD}))*[\s-]+(?:\w+\s+)?(?:second|minute|hour|day|night|week|month|quarter|year|"
    rf"decade)s?\b"
    r"|\b(?:overnight|until|forever|indefinitely|all (?:day|night|winter|summer))\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\d[\d.,]*\s?(?:[$€£¥]|USD|EUR|GBP|CHF|dollars?|euros?|pounds?|cents?|"
    r"crowns?|kron\w+|francs?|rupees?|yen|yuan|pesos?|zloty\w*|roubles?|rubles?|lira|forints?|shillings?|"
    r"thousand|million|billion)\b|\b(?:rent|free of charge|for free|costs? nothing)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"\d\s?%|\bper ?cent\b|\bpercentage\b|\b(?:half|third|quarter|majority|all|none|"
    rf"{_NUMBER_WORD} (?:in|of|out of))\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:^|[^.!?]\s)[A-Z][\w'’-]+|\b(?:he|she|they|who|person|people|man|woman|tenant|landlord|"
    r"owner|company|board|director|president|officer|keeper|user|"
    r"customer|author|team|government|committee|council|patient|helper)s?\b"
)
_PLACE = re.compile(
    r"\b(?:in|at|on|near|under|above|below|behind|between|beside|inside|outside|from|to|through|"
    r"along|across|into|within|north|south|east|west)\b",
    re.IGNORECASE,
)
_SPEED = re.compile(
    r"\d[\d.,]*\s?(?:km/h|kmh|mph|knots?|m/s|kilomet\w+ (?:an|per) hour|miles (?:an|per) hour|mbps|"
    r"gbps)\b|\bspeed\b",
    re.IGNORECASE,
)
_UNIT = r"(?:(?:kilo|centi|milli)?met(?:er|re)s?|k?m|cm|mm|feet|foot|ft|inch(?:es)?|yards?|miles?)"
_MEASURE = re.compile(
    rf"(?:\d|\b{_NUMBER_WORD})[\s-]*(?:\w+ )?{_UNIT}\b|\d.*\bin {_UNIT}\b|\bin {_UNIT}\b.*\d", re.IGNORECASE
)
_LENGTH = re.compile(
    rf"{_MEASURE.pattern}|(?:\d|\b{_NUMBER_WORD})[\s-]*(?:\w+ )?(?:hundred|thousand|million)\b", re.IGNORECASE
)
_COLOUR = re.compile(
    r"\b(?:red|green|blue|white|black|yellow|orange|grey|gray|brown|pink|purple|violet|golden?|"
    r"silver|amber|colou?rs?)\b",
    re.IGNORECASE,
)

_STAFF = re.compile(
    r"\b(?:people|persons?|employ\w+|staff|workforce|workers?|associates|personnel|headcount|"
    r"colleagues|mitarbeiter\w*)\b",
    re.IGNORECASE,
)

_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|so that|in order to|therefore|"
    r"reasons?|caus(?:e|es|ed)|(?:driven|offset|caused|explained|helped|hurt) by|"
    r"(?:is|are|was|were|been|largely|mainly) attribut(?:able|ed) to|"
    r"result(?:s|ed|ing)? from|led to|reflect(?:s|ed|ing)?|primarily|"
    r"impact(?:s|ed)? (?:of|by|from))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CHANGES = frozenset(
    term
    for word in ("change", "develop", "compare", "grow", "differ", "much", "many")
    for term in terms(word, "en")
)
_WHEN_ENDS = re.compile(
    r"^\W*(?:when|wann|quand|cuándo)\b.*\b(?:ends?|ended|expires?|expired|terminates?|runs? out|"
    r"finish(?:es)?|over|endet|endete|expire|termine|termina|vence)\b"
    r"|\b(?:what|which) (?:is|was) the (?:end|expiry|expiration)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"\b(?:runs?|ran|lasts?|lasted|valid|term|period|for)\b[^.;]*?(?:\d[\d.,]*|\b{_NUMBER_WORD})[\s-]+"
    r"(?:\w+\s+)?(?:day|week|month|year)s?\b(?! notice|['’])"
    r"|\b(?:until|till|through|ends?|ended|ending|expires?|expired|expiring|terminates? on|"
    rf"over (?:on|at|by))\b[^.;]*?(?:\d|\b{_MONTH} )",
    re.IGNORECASE,
)

_WHAT_IS = re.compile(
    r"^\W*what (?:is|are) (?:an? |the )?(?P<term>[\w'’-][\w '’-]{1,40}?)\W*$", re.IGNORECASE
)
_MEANS = r"(?:\s*[|:–—=]|\s(?:is|are|was|were|means?|stands? for|refers? to|denotes?)\b)"

_TYPES: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    (
        r"\bhow many (?:people|persons|employees|workers|staff)\b|\bwho employs\b",
        "a number of people",
        lambda text: re.search(r"\d", text) and _STAFF.search(text),
    ),
    (
        r"\bhow long (?:is|are|was|were|may|can|should|must)\b"
        r"(?!.*\b(?:last|take|run|wait|keep|stay|valid|open))",
        "a length",
        lambda text: _MEASURE.search(text) or _DURATION.search(text),
    ),
    (
        r"\bhow long\b|\bfor how (?:long|many (?:years|months|days|hours|minutes))\b|\bwie lange\b|"
        r"\bhow many (?:years|months|weeks|days|hours|minutes)\b|\bcombien de temps\b|"
        r"\bcuántos (?:años|meses|días)\b",
        "a length of time",
        _DURATION.search,
    ),
    (r"\bhow fast\b|\b(?:what|which) speed\b", "a speed", _SPEED.search),
    (r"\b(?:what|which) colou?rs?\b", "a colour", _COLOUR.search),
    (
        r"\bhow (?:much|many) (?:is|does|do|did|was|would) .*\b(?:cost|rent|pay|deposit|price|"
        r"fee)\b|\bwhat (?:does|do|did|is|was) .*\b(?:cost|price|rent|deposit|fee)s?\b",
        "an amount of money",
        _MONEY.search,
    ),
    (
        r"\bhow (?:deep|tall|wide|high|far|long|thick)\b",
        "a length",
        lambda text: _LENGTH.search(text) or re.search(r"%|\$", text),
    ),
    (
        r"\bwhat (?:is|was|are) the (?:\w+ ){0,3}(?:period|duration|lifetime|lifespan|term)\b",
        "a length of time",
        _DURATION.search,
    ),
    (
        r"\bwhat (?:share|portion|percentage|percent|proportion)\b"
        r"|\bhow (?:big|large|high|great|much) (?:an? |of an? |is the |was the |is |was )?"
        r"(?:stake|share|portion|percentage|proportion)\b",
        "a share",
        _PERCENT.search,
    ),
    (
        r"\bhow (?:much|many|large|big|high|tall|wide|deep|heavy|far|old|often|hot|cold|strong)\b|"
        r"\bwhat (?:number|amount|size|weight|height|temperature|length)\b|\bwie (?:viele?|hoch|"
        r"oft|groß|alt)\b|\bcombien\b|\bcuánt",
        "a number",
        _NUMBER.search,
    ),
    (
        _WHEN_ENDS.pattern,
        "a date",
        lambda text: _DATE.search(text) or _ENDS.search(text),
    ),
    (
        r"^\W*(?:when|wann|quand|cuándo)\b|\b(?:what|which) (?:year|date|day|month|time)\b|\bsince when\b",
        "a date",
        _DATE.search,
    ),
    (rf"^\W*{WHY}:", "a reason", _REASON.search),
    (r"^\W*(?:who|whom|whose|to whom|by whom|wer|wem|wen|qui|quién)\b", "a person", _PERSON.search),
    (r"^\W*(?:where|wo|wohin|où|dónde)\b", "a place", _PLACE.search),
)
"""How each is asked for, what it is called, and whether a sentence holds it."""
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), name, holds) for pattern, name, holds in _TYPES)


def fits_best(question: str, sentence: str) -> bool:
    """Whether a sentence says the very thing where others of its sort may be meant: of when something ends,
    how long it runs or until when, and not with how much notice; of what something is, that it is that."""
    is_end = _WHEN_ENDS.search(question) is not None and _ENDS.search(sentence) is not None
    return is_end or _defines(question, sentence)


def _defines(question: str, sentence: str) -> bool:
    """Whether a sentence begins with what a question asks the meaning of, and says what it is: "A chunk is a
    span of text", "chunk | a span of text"."""
    found = _WHAT_IS.match(question)
    if found is None:
        return False
    begins = rf"[\W_]*(?:(?:an?|the)\s+)?[\W_]*{re.escape(found['term'])}[\W_]*?{_MEANS}"
    return re.match(begins, sentence, re.IGNORECASE) is not None


def fits(question: str, sentence: str) -> bool | None:
    """Whether a sentence holds the sort of thing that a question asks for; None where any will do."""
    for pattern, _, holds in _PATTERNS:
        if pattern.search(question):
            return bool(holds(sentence))
    return None


def gives_reason(asked: str, sentence: str) -> bool:
    """Whether a sentence gives a reason and has half of the words of what it is `asked` for, names and
    numbers aside: a report gives many reasons, each for something else."""
    words = [word for word in _WORD.findall(asked)[1:] if word.islower()]
    wanted = {term for word in words if fold(word) not in STOP_WORDS for term in terms(word, "en")} - _CHANGES
    said = wanted & set(terms(sentence, "en"))
    return _REASON.search(sentence) is not None and 2 * len(said) >= len(wanted)


def asked_for(question: str) -> str | None:
    """What sort of thing a question asks for, such as "a date"; None where any sentence may do."""
    return next((name for pattern, name, _ in _PATTERNS if pattern.search(question)), None)


def holds_amount(sentence: str) -> bool:
    """Whether a sentence holds a number that is no year, day or quarter."""
    for one in reversed(periods_in(sentence)):
        sentence = f"{sentence[: one.start]} {sentence[one.end :]}"
    return _NUMBER.search(sentence) is not None
