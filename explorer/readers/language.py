"""Which language a text is in: what its file declares, where the text does not say otherwise.

CLD2, the detector of Chromium, finds the language of the text: it loads in 4 ms and 2 MB and takes half a
millisecond for a sample. Where it is not sure, or the text has few letters, no language is given.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace

from explorer.readers.reading import Reading

SAMPLES = 4
SAMPLE_CHARACTERS = 2_500
"""Four stretches of 2,500 characters, spread over the text, are looked at."""
FEWEST_LETTERS = 40
"""A text with fewer letters is too short to tell. Letters of scripts without spaces count three times."""
_DENSE = 3
_SURE_PERCENT = 60
"""The share of the sample that its main language must have."""

_CODE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.I)
_NO_LANGUAGE = frozenset(["und", "mul", "zxx", "mis", "xx", "un"])
_SAME = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "nn": "no", "mo": "ro", "sh": "sr", "cmn": "zh"}
"""Codes that mean a language which has another code as well."""
_THREE_LETTERS = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "rus": "ru", "jpn": "ja", "zho": "zh", "chi": "zh", "kor": "ko", "ara": "ar",
    "pol": "pl", "swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "ces": "cs", "cze": "cs", "tur": "tr",
    "ell": "el", "gre": "el", "heb": "he", "ukr": "uk", "hun": "hu", "ron": "ro", "rum": "ro", "lat": "la",
}  # fmt: skip
"""Codes of ISO 639-2, which EPUB and older formats declare, for the languages that are met most often."""
_DENSE_SCRIPT = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_NOT_WORDS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[\w./\\-]*[/\\][\w./\\-]+|[^\W\d_]*[\d_]\w*")
_LETTERS = re.compile(r"[^\W\d_]")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def with_language(reading: Reading) -> Reading:
    """`reading` with its language as a code of ISO 639 in lower case ("en"), or None where it is not known.

    What the file declares counts, unless its text is surely in another language: templates and converters
    declare their own.
    """
    declared = _code(reading.language)
    return replace(reading, language=found(reading) or declared)


def found(reading: Reading) -> str | None:
    """The language that most of the text is in, by the text alone; None where that is not sure."""
    words = _UNFIT.sub(" ", _NOT_WORDS.sub(" ", sample(reading)))
    letters = len(_LETTERS.findall(words)) + (_DENSE - 1) * len(_DENSE_SCRIPT.findall(words))
    if letters < FEWEST_LETTERS:
        return None
    import pycld2

    try:
        is_sure, _, ranked = pycld2.detect(words)
    except pycld2.error as error:  # characters that it does not know
        print(f"no language found: {error}", file=sys.stderr)  # noqa: T201  to the parent's log
        return None
    _, code, percent, _ = ranked[0]
    return _code(code) if is_sure and percent >= _SURE_PERCENT else None


def sample(reading: Reading) -> str:
    """About 10,000 characters from all over the text, its asides only where there is little else."""
    text = reading.text
    start, parts = 0, []
    for first, last in (*reading.asides, *reading.addresses):
        parts.append(text[start:first])
        start = last
    subject = "".join([*parts, text[start:]])
    if len(subject.strip()) >= FEWEST_LETTERS:
        text = subject
    if len(text) <= SAMPLES * SAMPLE_CHARACTERS:
        return text
    step = (len(text) - SAMPLE_CHARACTERS) // (SAMPLES - 1)
    return "\n".join(text[n * step : n * step + SAMPLE_CHARACTERS] for n in range(SAMPLES))


def _code(declared: str | None) -> str | None:
    """The language of a tag like "pt-BR"; None for what is no tag or names no one language."""
    match = _CODE.fullmatch((declared or "").strip())
    if match is None:
        return None
    code = match[1].lower()
    code = _THREE_LETTERS.get(code, _SAME.get(code, code))
    return None if code in _NO_LANGUAGE else code
