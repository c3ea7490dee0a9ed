"""The one renderer for text that comes from documents or models.

Here, untrusted text becomes a small tree of allowed nodes; in the browser, each node becomes an element whose
text is set as text. There is no markup in between: nothing in a text can name an address, so nothing in it
can make the browser fetch one, whether the text is finished or half streamed.

A node is a string or `{"t": kind, "c": [nodes]}`; a citation is `{"t": "cite", "n": number}`. The kinds are
those of `KINDS`, and `assets/rich.js` makes nothing of any other. A sentence that was held against the
documents is `{"t": "claim", "n": number, "c": [nodes]}`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.chat import maths_end
from ui.component import asset, sent

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

Node = str | dict[str, Any]
Range = tuple[int, int]

_BLOCKS = ("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr")
_TABLES = ("table", "thead", "tbody", "tr", "th", "td")
_INLINE = ("code", "em", "strong", "s", "br", "mark", "found", "now", "cite", "claim", "maths", "formula")
_LITERAL = ("pre", "code", "maths", "formula")
KINDS = frozenset(_BLOCKS + _TABLES + _INLINE)

_BLOCK_RULES = ("blockquote", "fence", "heading", "hr", "list", "table")
_INLINE_RULES = ("backticks", "emphasis", "entity", "escape", "newline", "strikethrough")
_CITED = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_NUMBER = re.compile(r"\d+")
_FULL_LINE = 45
_LIST_SIGNS = "-*•–#|>"
_OPENS, _CLOSES = "\u2e30", "\u2e31"
"""Signs that stand around a claim while the text is parsed: punctuation that hardly any text has."""
_SIGN = re.compile(f"([{_OPENS}{_CLOSES}])")
_SIGNS_AWAY = str.maketrans({_OPENS: "·", _CLOSES: "·"})
_SIGN_BY_NUMBER = re.compile(r"&#(?:0*1182[45]|[xX]0*2[eE]3[01]);")
"""The same signs as Markdown would make them of a number."""
_UNMARKED = re.compile(r"^\s*\||```|~~~", re.MULTILINE)
"""Of tables and code: a sign there would make something else of them."""
_OPENING = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)\s+)+")
# Control characters have no place in shown text; tab and line feed have.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in a text: a passage, what was looked for in it, and the one of these gone to."""

    passage: Sequence[Range] = ()
    found: Sequence[Range] = ()
    """By rising starts, disjoint."""
    now: Range | None = None
    """One of `found`."""

    def moved(self, by: int) -> Marks:
        """The same marks in a text that begins `-by` characters later."""
        now = (self.now[0] + by, self.now[1] + by) if self.now else None
        return Marks(_moved(self.passage, by), _moved(self.found, by), now)


def _moved(spans: Sequence[Range], by: int) -> list[Range]:
    return [(start + by, end + by) for start, end in spans]


def plain(
    text: str, marks: Iterable[Range] = (), found: Sequence[Range] = (), now: Range | None = None
) -> list[Node]:
    """Text as it is, with `text[start:end]` of each mark as a `mark` node.

    Marks may overlap, touch, stand in any order or reach over the ends. What was `found` becomes nodes of its
    own, the one that is `now` gone to another kind.
    """
    nodes: list[Node] = []
    at = 0
    for start, end in _merged(marks, len(text)):
        nodes += _with_found(text, (at, start), found, now)
        nodes.append({"t": "mark", "c": _with_found(text, (start, end), found, now)})
        at = end
    return [*nodes, *_with_found(text, (at, len(text)), found, now)]


def _with_found(text: str, within: Range, found: Sequence[Range], now: Range | None) -> list[Node]:
    """The nodes of `text[start:end]` of a range."""
    nodes: list[Node] = []
    at, end = within
    for span in found:
        low, high = max(span[0], at), min(span[1], end)
        if low < high:
            kind = "now" if span == now else "found"
            nodes += [clean(text[at:low]), {"t": kind, "c": [clean(text[low:high])]}]
            at = high
    nodes.append(clean(text[at:end]))
    return [node for node in nodes if node != ""]


def markdown(text: str, citations: Collection[int] = (), claims: Sequence[Range] = ()) -> list[Node]:
    """A model's answer: paragraphs, lists, tables, emphasis, code and headings; the rest stays as typed.

    `[n]` and `[n, m]` become citations where the number is one of `citations`; in code and mathematics
    nothing is one. Formulas keep every sign: `maths` within a line, `formula` for itself. A cell of a table
    says in "a" on which side it stands, where that is said. Links, pictures, reference definitions and HTML
    are not parsed at all. Each `text[start:end]` of `claims`, by rising starts and disjoint, becomes a node
    `{"t": "claim", "n": its place, "c": …}`, one without children where it stands in several blocks; those in
    tables and code become none.
    """
    marked = [n for n, (start, end) in enumerate(claims) if not _UNMARKED.search(text[start:end])]
    signed = _with_signs(text, [claims[n] for n in marked])
    tree = _tree(iter(_parser().parse(clean(signed))), frozenset(citations))
    return _with_claims(tree, iter(marked)) if marked else tree


def _with_signs(text: str, claims: Sequence[Range]) -> str:
    """The text with a sign before and behind each claim. Both are punctuation, which leaves emphasis as it
    is; the text's own ones give way."""
    if not claims:
        return text
    text = _SIGN_BY_NUMBER.sub(lambda found: "·" * len(found[0]), text.translate(_SIGNS_AWAY))
    pieces, at = [], 0
    for start, end in claims:
        opening = _OPENING.match(text, start, end)  # what makes a list or a heading stays first
        first = opening.end() if opening else start
        pieces += [text[at:first], _OPENS, text[first:end], _CLOSES]
        at = end
    return "".join([*pieces, text[at:]])


def _with_claims(nodes: list[Node], numbers: Iterator[int]) -> list[Node]:
    """The tree with the signs gone and what stands between two of them in a node of its own. `numbers`: of
    the claims, one for each sign that closes."""
    done: list[Node] = []
    opened: int | None = None
    for node in nodes:
        if isinstance(node, str):
            for piece in _SIGN.split(node):
                if piece == _OPENS:
                    opened = len(done)
                elif piece == _CLOSES:
                    inside = [] if opened is None else done[opened:]
                    del done[len(done) - len(inside) :]
                    done.append({"t": "claim", "n": next(numbers), "c": inside})
                    opened = None
                elif piece:
                    done.append(piece)
        elif node["t"] == "table" or node["t"] in _LITERAL:
            done.append(_without_signs(node, numbers))
        elif "c" in node:
            done.append({**node, "c": _with_claims(node["c"], numbers)})
        else:
            done.append(node)
    return done


def _without_signs(node: dict[str, Any], numbers: Iterator[int]) -> dict[str, Any]:
    """A node as it is, but for the signs in it."""
    children: list[Node] = []
    for child in node.get("c", []):
        if isinstance(child, str):
            for _ in range(child.count(_CLOSES)):
                next(numbers)
            children.append(_SIGN.sub("", child))
        else:
            children.append(_without_signs(child, numbers))
    return {**node, "c": children} if "c" in node else node


def flow(text: str, tables: Iterable[Range] = ()) -> str:
    """Text of a page as running text: a line end inside a paragraph becomes a space, so offsets stay.

    A line that ends early (a heading, an entry of a list) keeps its line end, and so does each row of the
    `tables`, which are `text[start:end]`. The first line may begin in the middle of one, so it is short
    without ending early: what goes on in a small letter belongs to it.
    """
    lines = text.split("\n")
    around = [(start - 1, end) for start, end in tables]
    joined, at = list[str](), 0
    for line, following in pairwise(lines):
        at += len(line)
        goes_on = following[:1].strip() and following[0] not in _LIST_SIGNS
        is_row = any(start <= at <= end for start, end in around)
        is_middle = not joined and following[:1].islower() and line[-1:].isalnum()
        is_wrapped = (len(line) >= _FULL_LINE or is_middle) and goes_on and not is_row
        joined += [line, " " if is_wrapped else "\n"]
        at += 1
    return "".join([*joined, lines[-1]])


def clean(text: str) -> str:
    """Text without control characters; line ends stay."""
    return _CONTROL.sub("", text)


@cache
def _parser() -> MarkdownIt:
    """A parser with the rules named here and no others, whatever a later version of it adds."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False})
    parser.enable([*_BLOCK_RULES, *_INLINE_RULES])
    parser.inline.ruler.before("escape", "maths", _maths)
    parser.block.ruler.before("table", "formula", _formula, {"alt": ["paragraph", "list"]})
    return parser


def _maths(state: StateInline, silent: bool) -> bool:
    """A rule of the parser: a formula within a line, before anything makes something of its signs."""
    end = maths_end(state.src, state.pos)
    if end == state.pos:
        return False
    if not silent:
        token = state.push("maths", "", 0)
        token.content = state.src[state.pos : end]
    state.pos = end
    return True


def _formula(state: StateBlock, start: int, end_line: int, silent: bool) -> bool:
    """A rule of the parser: a formula that has its lines for itself."""
    at = state.bMarks[start] + state.tShift[start]
    end = maths_end(state.src, at)
    if end == at or not state.src.startswith(("$$", "\\["), at):
        return False
    last = next((line for line in range(start, end_line) if state.eMarks[line] >= end), None)
    if last is None or state.src[end : state.eMarks[last]].strip():
        return False
    if not silent:
        state.line = last + 1
        token = state.push("formula", "", 0)
        token.content = state.src[at:end]
    return True


def _merged(marks: Iterable[Range], length: int) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in marks):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _tree(tokens: Iterator[Token], citations: frozenset[int]) -> list[Node]:
    """The nodes up to the closing token of the current level."""
    nodes: list[Node] = []
    for token in tokens:
        if token.nesting < 0:
            break
        if token.nesting > 0:
            children = _tree(tokens, citations)
            if token.hidden:  # the paragraph of a tight list item
                nodes += children
            else:
                nodes.append({"t": _kind(token.tag), "c": children} | _side(token))
        elif token.type == "inline":
            nodes += _tree(iter(token.children or ()), citations)
        else:
            nodes += _leaf(token, citations)
    return nodes


def _leaf(token: Token, citations: frozenset[int]) -> list[Node]:
    match token.type:
        case "softbreak":
            return [" "]
        case "hardbreak" | "hr":
            return [{"t": "br" if token.type == "hardbreak" else "hr", "c": []}]
        case "maths" | "formula":
            sign = 1 if token.content.startswith("$") and not token.content.startswith("$$") else 2
            kind = "formula" if token.content.startswith(("$$", "\\[")) else "maths"
            return [{"t": kind, "c": [token.content[sign:-sign]]}]
        case "code_inline":
            return [{"t": "code", "c": [token.content]}]
        case "fence" | "code_block":
            return [{"t": "pre", "c": [{"t": "code", "c": [token.content]}]}]
        case _:
            return _cited(token.content, citations)


def _side(token: Token) -> dict[str, str]:
    """The side of its column on which a cell stands, where a table says so."""
    side = str(token.attrGet("style") or "").removeprefix("text-align:")
    return {"a": side} if side in ("right", "center") else {}


def _kind(tag: str) -> str:
    """The node for a tag. An answer stands inside a page, so its headings start at the third level."""
    if tag in ("h1", "h2"):
        return "h3"
    return tag if tag in KINDS else "p"


def _cited(text: str, citations: frozenset[int]) -> list[Node]:
    nodes: list[Node] = []
    at = 0
    for match in _CITED.finditer(text):
        numbers = [int(number) for number in _NUMBER.findall(match.group())]
        if not all(number in citations for number in numbers):
            continue
        nodes.append(text[at : match.start()])
        nodes += [{"t": "cite", "n": number} for number in numbers]
        at = match.end()
    nodes.append(text[at:])
    return [node for node in nodes if node != ""]


_component = st.components.v2.component(
    "explorer_rich",
    js=asset("rich.js", "maths.js", "passage.js"),
    css=asset("rich.css"),
    isolate_styles=False,
)


def show(nodes: Sequence[Node], *, key: str | None = None, muted: bool = False) -> None:
    """Shows nodes of `plain` or `markdown` (which may hold no citations) on the page."""
    _component(data=sent({"nodes": list(nodes), "muted": muted}), key=key)
