"""Small words that turn a statement round: negations, directions, quantifiers, hedges, in a few languages."""

from __future__ import annotations

from functools import cache

from explorer.words.stemming import stem

NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "none",
        "neither",
        "nor",
        "cannot",
        "without",
        "nobody",
        "nothing",
        "nowhere",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "keinem",
        "keiner",
        "keines",
        "nie",
        "niemals",
        "ohne",
        "weder",
        "pas",
        "jamais",
        "aucun",
        "aucune",
        "sans",
        "ni",
        "nunca",
        "sin",
        "ningún",
        "ninguna",
        "jamás",
        "non",
        "niet",
        "geen",
        "não",
        "sem",
        "nie",
        "bez",
        "inte",
        "ikke",
        "utan",
        "не",
        "нет",
        "без",
        "ни",
        "ليس",
        "لا",
        "لم",
        "لن",
        "δεν",
        "لیس",
    ]
)
NEGATING_SIGNS = frozenset("不没未無无非")
"""Chinese and Japanese characters that turn round what follows them."""
_PAIRS = (
    (
        "rise rises rose risen rising increase increased increases increasing grow grew grown "
        "growing growth gain "
        "gained climb climbed higher up improve improved improvement upward steigen stieg gestiegen zunahm "
        "Zunahme Anstieg erhöht höher hausse augmenté augmentation augmente aumentó",
        "fall falls fell fallen falling decrease decreased decreases decreasing decline declined "
        "declines declining "
        "drop dropped lower down reduce reduced reduction shrink shrank worsen worsened downward sinken sank "
        "gesunken fiel Rückgang Abnahme niedriger baisse diminué diminution diminue disminuyó",
    ),
    (
        "more greater exceed exceeded exceeds above over mehr über plus",
        "less fewer below under weniger unter moins",
    ),
    ("maximum most highest largest biggest best longest", "minimum least lowest smallest worst shortest"),
    ("before prior vor avant earlier", "after following nach après later"),
    ("profit profits Gewinn bénéfice", "loss losses Verlust perte"),
    ("income", "expense expenses"),
    ("asset assets", "liability liabilities"),
    (
        "favorable positive favourable positively favorably",
        "unfavorable negative adverse unfavourable negatively",
    ),
    ("include includes including included", "exclude excludes excluding excluded"),
    ("true correct", "false incorrect"),
    (
        "allow allows allowed permit permits permitted",
        "forbid forbids forbidden prohibit prohibits prohibited",
    ),
    ("buy bought purchase purchased acquire acquired", "sell sold divest divested"),
)
_QUANTIFIERS = (
    "all every each always alle jede jeder immer tous toutes toujours",
    "some several many few sometimes often partly einige manche quelques certains parfois",
)
HEDGES = frozenset(
    [
        "may",
        "might",
        "could",
        "possibly",
        "perhaps",
        "probably",
        "potentially",
        "könnte",
        "vielleicht",
        "pourrait",
    ]
)
GERMAN = frozenset(
    "der die das den dem des und ein eine einen einem ist im wurde wurden auf sich mit".split()  # noqa: SIM905
)
"""German's commonest words that are none in English, French or Spanish."""
YES = frozenset(["yes", "ja", "oui", "sí", "si"])
NO = frozenset(["no", "nein", "non"])
_GENERIC = """
company corporation corp inc group board committee note notes table item part section title chapter mr
mrs ms dr the we our us i he she it they his her their its this that these those in on at for
additionally furthermore moreover however meanwhile similarly finally also while when although
"""
GENERIC_NAMES = frozenset(stem(word) for word in _GENERIC.split())
"""Words with a capital that name nobody by themselves."""


_IRREGULAR = (
    "pay paid|make made|take took taken|give gave given|say said|sell sold|buy bought|begin "
    "began begun|hold held"
    "|lead led|leave left|lose lost|win won|write wrote written|know knew known|find found|build "
    "built|send sent"
    "|spend spent|become became|come came|see saw seen|get got gotten|go went gone|run ran|sing "
    "sang sung|speak spoke"
    "|think thought|bring brought|teach taught|choose chose chosen|drive drove driven|break "
    "broke broken|keep kept"
    "|mean meant|meet met|show shown|sit sat|stand stood|understand understood|draw drew drawn|fly flew flown"
    "|wear wore worn|child children|man men|woman women|person people|foot feet|be been|have had|do done did"
)


@cache
def base_forms() -> dict[str, str]:
    """The stem of an irregular word's base form, by the word's own stem."""
    found = {}
    for forms in _IRREGULAR.split("|"):
        base, *others = forms.split()
        found.update({stem(other): stem(base) for other in others})
    return found


@cache
def poles() -> dict[str, tuple[int, int]]:
    """Which of two opposite sides a term stands on: (number of the pair, side 0 or 1), by stem."""
    return {
        stem(word): (number, side)
        for number, pair in enumerate(_PAIRS)
        for side, words in enumerate(pair)
        for word in words.split()
    }


@cache
def quantifiers() -> dict[str, int]:
    """0 for a word that means all, 1 for one that means some, by stem."""
    return {stem(word): side for side, words in enumerate(_QUANTIFIERS) for word in words.split()}
