"""Formulas of Word files (OMML) as LaTeX, the notation that people type, search and paste.

Written with its plain characters only, a formula would lose its meaning: signs such as Σ, and brackets, are
attributes in OMML.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from explorer.readers.office.ooxml import child, local, value

_MAX_DEPTH = 60
_NARY = {
    "∑": r"\sum", "∏": r"\prod", "∐": r"\coprod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint",
    "∮": r"\oint", "∯": r"\oiint", "∰": r"\oiiint", "⋃": r"\bigcup", "⋂": r"\bigcap",
    "⋁": r"\bigvee", "⋀": r"\bigwedge",
}  # fmt: skip
_SYMBOLS = {
    "×": "times", "÷": "div", "±": "pm", "∓": "mp", "·": "cdot", "⋅": "cdot", "∞": "infty", "≤": "leq",
    "≥": "geq", "≠": "neq", "≈": "approx", "≡": "equiv", "∼": "sim", "∝": "propto", "∈": "in",
    "∉": "notin", "⊂": "subset", "⊆": "subseteq", "⊃": "supset", "∩": "cap", "∪": "cup", "∅": "emptyset",
    "∧": "wedge", "∨": "vee", "¬": "neg", "∀": "forall", "∃": "exists", "→": "to", "←": "leftarrow",
    "⇒": "Rightarrow", "⇔": "Leftrightarrow", "↔": "leftrightarrow", "∂": "partial", "∇": "nabla",
    "…": "ldots", "⋯": "cdots", "ℏ": "hbar", "∘": "circ", "⊕": "oplus", "⊗": "otimes", "∥": "parallel",
    "⊥": "perp", "∠": "angle", "√": "surd", "ℝ": "mathbb{R}", "ℕ": "mathbb{N}", "ℤ": "mathbb{Z}",
    "ℚ": "mathbb{Q}", "ℂ": "mathbb{C}", "′": "prime",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline", "\u0307": "dot",
    "\u0308": "ddot", "\u030c": "check", "\u20d7": "vec", "^": "hat", "~": "tilde", "¯": "bar",
    "→": "vec",
}  # fmt: skip
_FUNCTIONS = frozenset([
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth",
    "log", "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "gcd", "deg", "dim", "arg", "ker",
])  # fmt: skip
_BRACES = {"{": r"\{", "}": r"\}", "": ".", "‖": r"\|", "⟨": r"\langle ", "⟩": r"\rangle "}


def latex(element: Any, run_text: Callable[[Any], str], depth: int = 0) -> str:
    """An OMML element as LaTeX. `run_text` gives the characters of a run."""
    if depth > _MAX_DEPTH:
        return ""
    name = local(element)
    if name == "r":
        return "".join(_sign(mark) for mark in run_text(element))
    if name.endswith("Pr"):
        return ""
    make = _MAKERS.get(name)
    if make is None:
        return "".join(latex(each, run_text, depth + 1) for each in element)
    parts: dict[str, list[str]] = {}
    for each in element:
        parts.setdefault(local(each), []).append(latex(each, run_text, depth + 1).strip())
    return make(element, parts)


def _sign(mark: str) -> str:
    if mark in _SYMBOLS:
        return f" \\{_SYMBOLS[mark]} "
    if mark.isascii():
        return mark
    plain = unicodedata.normalize("NFKC", mark)  # letters in italics are letters of their own
    words = unicodedata.name(plain, "").split() if len(plain) == 1 else []
    if words[:1] == ["GREEK"] and words[2:3] == ["LETTER"] and len(words) == 4 and words[3] != "OMICRON":
        letter = words[3].replace("LAMDA", "LAMBDA").lower()
        return f" \\{letter.capitalize() if words[1] == 'CAPITAL' else letter} "
    return plain


def _one(parts: dict[str, list[str]], name: str) -> str:
    return "".join(parts.get(name, ()))


def _setting(element: Any, name: str, default: str) -> str:
    properties = child(element, f"{local(element)}Pr", name)
    return default if properties is None else value(properties) or ""


def _fraction(element: Any, parts: dict[str, list[str]]) -> str:
    above, below = _one(parts, "num"), _one(parts, "den")
    kind = _setting(element, "type", "bar")
    if kind == "noBar":
        return rf"\genfrac{{}}{{}}{{0pt}}{{}}{{{above}}}{{{below}}}"
    return f"{above}/{below}" if kind == "lin" else rf"\frac{{{above}}}{{{below}}}"


def _root(_: Any, parts: dict[str, list[str]]) -> str:
    degree = _one(parts, "deg")
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_one(parts, 'e')}}}"


def _scripts(_: Any, parts: dict[str, list[str]]) -> str:
    sub = f"_{{{_one(parts, 'sub')}}}" if "sub" in parts else ""
    sup = f"^{{{_one(parts, 'sup')}}}" if "sup" in parts else ""
    return f"{_one(parts, 'e')}{sub}{sup}"


def _before(element: Any, parts: dict[str, list[str]]) -> str:
    return "{}" + _scripts(element, {**parts, "e": []}) + _one(parts, "e")


def _nary(element: Any, parts: dict[str, list[str]]) -> str:
    sign = _setting(element, "chr", "∫")
    sub, sup = _one(parts, "sub"), _one(parts, "sup")
    below = f"_{{{sub}}}" if sub else ""
    above = f"^{{{sup}}}" if sup else ""
    return f"{_NARY.get(sign, sign)}{below}{above} {_one(parts, 'e')}"


def _delimited(element: Any, parts: dict[str, list[str]]) -> str:
    left, right = _setting(element, "begChr", "("), _setting(element, "endChr", ")")
    inner = _setting(element, "sepChr", "|").join(parts.get("e", ()))
    return rf"\left{_BRACES.get(left, left)}{inner}\right{_BRACES.get(right, right)}"


def _function(_: Any, parts: dict[str, list[str]]) -> str:
    name = _one(parts, "fName")
    base = name.split("_")[0].split("^")[0].strip("\\{} ")
    shown = f"\\{name}" if base in _FUNCTIONS and not name.startswith("\\") else name
    return f"{shown}({_one(parts, 'e')})" if shown != name else f"{shown} {_one(parts, 'e')}"


def _accent(element: Any, parts: dict[str, list[str]]) -> str:
    return rf"\{_ACCENTS.get(_setting(element, 'chr', chr(0x302)), 'hat')}{{{_one(parts, 'e')}}}"


def _bar(element: Any, parts: dict[str, list[str]]) -> str:
    where = "overline" if _setting(element, "pos", "bot") == "top" else "underline"
    return rf"\{where}{{{_one(parts, 'e')}}}"


def _limit(element: Any, parts: dict[str, list[str]]) -> str:
    base, limit = _one(parts, "e"), _one(parts, "lim")
    shown = f"\\{base}" if base in _FUNCTIONS else base
    return f"{shown}{'_' if local(element) == 'limLow' else '^'}{{{limit}}}"


def _lines(_: Any, parts: dict[str, list[str]]) -> str:
    return r" \\ ".join(parts.get("e", ()))


def _matrix(_: Any, parts: dict[str, list[str]]) -> str:
    rows = r" \\ ".join(parts.get("mr", ()))
    return rf"\begin{{matrix}}{rows}\end{{matrix}}"


def _matrix_row(_: Any, parts: dict[str, list[str]]) -> str:
    return " & ".join(parts.get("e", ()))


_MAKERS: dict[str, Callable[[Any, dict[str, list[str]]], str]] = {
    "f": _fraction,
    "rad": _root,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "nary": _nary,
    "d": _delimited,
    "func": _function,
    "acc": _accent,
    "bar": _bar,
    "limLow": _limit,
    "limUpp": _limit,
    "eqArr": _lines,
    "m": _matrix,
    "mr": _matrix_row,
}
