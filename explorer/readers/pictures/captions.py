"""Captions: the line above or below a picture that begins with what it is and its number."""

from __future__ import annotations

import re

CAPTION_CHARACTERS = 500
_REACH = 2_000
"""Characters of text that are looked at on either side of a picture."""
_WORDS = [
    "figure",
    "fig",
    "figs",
    "exhibit",
    "chart",
    "diagram",
    "graph",
    "illustration",
    "illus",
    "image",
    "picture",
    "photo",
    "photograph",
    "plate",
    "scheme",
    "screenshot",
    "map",
    "drawing",
    "abbildung",
    "abb",
    "bild",
    "grafik",
    "diagramm",
    "schaubild",
    "foto",
    "karte",
    "figura",
    "figūra",
    "ilustración",
    "gráfico",
    "gráfica",
    "imagen",
    "imagem",
    "immagine",
    "illustrazione",
    "grafico",
    "grafica",
    "afbeelding",
    "afb",
    "figuur",
    "grafiek",
    "rysunek",
    "rys",
    "wykres",
    "obrázek",
    "obr",
    "slika",
    "kuva",
    "kuvio",
    "figur",
    "ábra",
    "рисунок",
    "рис",
    "εικόνα",
    "σχήμα",
    "şekil",
]
_NUMBERED = re.compile(
    rf"(?:(?:suppl(?:ementary|\.)?|supporting|extended\s+data|appendix)\s+)?(?:{'|'.join(_WORDS)})\b\.?\s*"
    r"(?:no\.?\s*|nr\.?\s*|n\s*\u00b0\s*)?(?:[A-Z]{0,2}[-.]?\d{1,4}(?:[-.]\d{1,3}){0,3}[A-Za-z]?|[IVXL]{1,7}|[A-Z])(?![\w])"
    r"|[\u56fe\u5716\u56f3]\s*[\d\uff10-\uff19\u4e00-\u5341]{1,3}|\uadf8\ub9bc\s*\d{1,3}",
    re.I,
)


def is_caption(line: str) -> bool:
    """Whether a line begins as a caption does: "Figure 3: Rent", "Abb. 2.1", "\u56fe 4"."""
    return _NUMBERED.match(line.strip()) is not None


def tidy(caption: str) -> str:
    """A caption on one line, no longer than is kept."""
    return " ".join(caption.split())[:CAPTION_CHARACTERS]


def beside(text: str, start: int, end: int) -> str:
    """The caption of a picture at `text[start:end]`: below it, else above; "" where there is none."""
    below = text[end : end + _REACH].lstrip("\n ")
    if is_caption(below):
        return tidy(below.split("\n\n", 1)[0])
    above = text[max(0, start - _REACH) : start].rstrip("\n ").rsplit("\n\n", 1)[-1]
    return tidy(above) if is_caption(above) else ""
