"""Subtitles (WebVTT, SubRip): what is said, in paragraphs that begin with their time and speaker."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.errors import ReadError
from explorer.readers.assembly import one_page
from explorer.readers.reading import Reading, Source
from explorer.readers.text import plain

_TIMES = re.compile(
    r"\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
)
_VOICE = re.compile(r"<v(?:\.[\w.-]*)?\s+([^>]{1,200})>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>|<\d[\d:.]*>|\{\\[^{}]{0,100}\}", re.I)
_PAUSE_SECONDS = 4.0
_PARAGRAPH_SECONDS = 60.0
_FLASH_SECONDS = 0.1
"""A cue shorter than this cannot be read: it only holds a line while captions roll."""


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    speaker: str
    text: str


def read(source: Source) -> Reading:
    """Reads subtitles. Raises ReadError where nobody says anything."""
    text, warnings = plain.load(source)
    title = re.match(r"WEBVTT[ \t]+(?:-[ \t]+)?([^\n]+)", text)
    paragraphs = list(_paragraphs(_cues(text)))
    if not paragraphs:
        raise ReadError(f"{source.shown} has no text: none of its subtitles says anything.")
    named = re.search(r"^Language:[ \t]*([\w-]+)[ \t]*$", text[:1_000], re.M)
    return one_page(source, "\n\n".join(paragraphs), warnings).reading(
        "subtitles",
        title=title[1].strip()[:500] if title else None,
        language=named[1] if named else None,
    )


def _cues(text: str) -> Iterator[_Cue]:
    """Every cue with words; notes, styles and numbers are left out."""
    for block in re.split(r"\n(?:[ \t]*\n)+", text):
        lines = block.split("\n")
        at = next((number for number, line in enumerate(lines[:3]) if _TIMES.match(line)), None)
        if at is None or lines[0].startswith(("NOTE", "STYLE", "REGION")):
            continue
        numbers = _TIMES.match(lines[at])
        if numbers is None:
            continue
        said = "\n".join(lines[at + 1 :])
        voice = _VOICE.search(said)
        words = " ".join(html.unescape(_TAG.sub("", said)).split())
        if words:
            yield _Cue(_seconds(numbers, 1), _seconds(numbers, 5), voice[1].strip() if voice else "", words)


def _seconds(numbers: re.Match[str], first: int) -> float:
    hours, minutes, seconds, part = (numbers[first + n] or "0" for n in range(4))
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(part.ljust(3, "0")) / 1000


def _paragraphs(cues: Iterator[_Cue]) -> Iterator[str]:
    """Cues joined until somebody else speaks, nobody does for a while, or a minute is over."""
    said: list[str] = []
    first = last = _Cue(0, 0, "", "")
    for cue in cues:
        goes_on = (
            said
            and cue.speaker == first.speaker
            and cue.start - last.end < _PAUSE_SECONDS
            and cue.start - first.start < _PARAGRAPH_SECONDS
        )
        if not goes_on:
            if said:
                yield _paragraph(first, said)
            said, first = [], cue
        said.append(_new(cue, last.text) if goes_on else cue.text)
        last = cue
    if said:
        yield _paragraph(first, said)


def _new(cue: _Cue, before: str) -> str:
    """What a cue says that the one before it did not: captions that roll show each line twice.

    Only whole words are left out, and nothing that somebody says twice: "Yes.", "Yes." stays.
    """
    if cue.text.startswith(f"{before} "):
        return cue.text[len(before) + 1 :]
    is_held = cue.end - cue.start < _FLASH_SECONDS and f" {before}".endswith(f" {cue.text}")
    return "" if is_held else cue.text


def _paragraph(first: _Cue, said: list[str]) -> str:
    seconds = int(first.start)
    time = f"[{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}]"
    speaker = f"{first.speaker}: " if first.speaker else ""
    return f"{time} {speaker}{' '.join(filter(None, said))}"
