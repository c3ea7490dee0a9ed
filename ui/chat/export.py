"""A conversation as a file to keep or to hand on: Markdown, or a web page that needs nothing from elsewhere.

Both are made from the nodes of `ui.rich`, so what a document or a model wrote stays text in them too: no
markup, no link and no picture of theirs comes along.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from explorer.types import Message
from ui import rich
from ui.component import asset
from ui.wording import exact

MOST_NAME = 60
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!$&])")
_LINK = re.compile(r"(?i)((?:https?|ftp|mailto|xmpp)(?=:)|www(?=\.))")
"""What many programs take for a link, whatever Markdown itself says: the sign behind it is escaped."""
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)
_NO_NAME = re.compile(r"[^\w -]+")
_SIMPLE = {"strong": "**", "em": "*", "s": "~~"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

Described = Sequence[tuple[Message, dict[str, Any]]]
"""Messages, each as `ui.chat.talk.describe` gives it with the words of its sources."""


def file_name(title: str, ending: str) -> str:
    """A name for the file of a conversation."""
    return f"{_NO_NAME.sub('', title).strip()[:MOST_NAME] or 'conversation'}.{ending}"


def as_markdown(title: str, described: Described) -> str:
    """The conversation as Markdown, each answer with its sources below it."""
    parts = [f"# {escaped(title)}"]
    for message, data in described:
        parts.append(f"## {escaped(data['question'])}\n\n*{exact(message.created_at)}*")
        parts += [_quoted(source) for source in data["quotes"]]
        parts.append(_blocks(data["blocks"]))
        parts += [escaped(data[name]) for name in ("note", "error") if data[name]]
        parts.append("\n".join(_source_line(source) for source in _listed(data)))
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def as_page(title: str, described: Described) -> str:
    """The conversation as a web page: one file, without script, that asks for nothing."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for number, (message, data) in enumerate(described, 1):
        parts.append(f"<h2>{html.escape(data['question'])}</h2><p class=said>{exact(message.created_at)}</p>")
        parts += [
            f"<blockquote>{_marked_up(source['nodes'], number)}</blockquote>"
            f"<p class=said>{html.escape(_place(source))}</p>"
            for source in data["quotes"]
        ]
        parts.append(_marked_up(data["blocks"], number))
        parts += [f"<p class=said>{html.escape(data[name])}</p>" for name in ("note", "error") if data[name]]
        sources = [
            f'<li id="s{number}-{source["number"]}" value="{source["number"]}">{html.escape(_place(source))}'
            f"{_cited_words(source)}</li>"
            for source in _listed(data)
        ]
        if sources:
            parts.append(f"<ol class=sources>{''.join(sources)}</ol>")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta http-equiv="content-security-policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{asset("export.css")}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _listed(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The sources to list below an answer; quotes have theirs with them."""
    return [] if data["quotes"] else list(data["sources"])


def _place(source: dict[str, Any]) -> str:
    return ", ".join(part for part in (source["title"], source["place"]) if part) or "document removed"


def _cited_words(source: dict[str, Any]) -> str:
    words = source.get("tip", "")
    return f": <q>{html.escape(words)}</q>" if words else ""


def _source_line(source: dict[str, Any]) -> str:
    words = source.get("tip", "")
    return f"{source['number']}. {escaped(_place(source))}" + (f": “{escaped(words)}”" if words else "")


def _quoted(source: dict[str, Any]) -> str:
    said = "\n".join(f"> {line}" for line in _inline(source["nodes"]).splitlines())
    return f"{said}\n>\n> — {escaped(_place(source))}"


def escaped(text: str) -> str:
    """Text that Markdown makes nothing of."""
    return _LINE_START.sub(r"\1\\\2", _LINK.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text)))


# ---- nodes as Markdown


def _blocks(nodes: Sequence[rich.Node]) -> str:
    return "\n\n".join(part for node in nodes if (part := _block(node)).strip())


def _block(node: rich.Node) -> str:
    if isinstance(node, str):
        return escaped(node)
    kind, inside = node["t"], node.get("c", [])
    if kind in _BLOCK_MAKERS:
        return _BLOCK_MAKERS[kind](inside)
    if kind[0] == "h" and kind[1:].isdigit():
        return f"{'#' * int(kind[1:])} {_inline(inside)}"
    return _inline([node] if kind not in ("p", "li") else inside)


def _list(items: Sequence[rich.Node], sign: str) -> str:
    lines = []
    for item in items:
        inside = item["c"] if isinstance(item, dict) else [item]
        has_blocks = any(isinstance(each, dict) and each["t"] in ("p", "ul", "ol", "pre") for each in inside)
        text = _blocks(inside) if has_blocks else _inline(inside)
        lines.append(sign + text.replace("\n", "\n" + " " * len(sign)))
    return "\n".join(lines)


def _code(inside: Sequence[rich.Node]) -> str:
    text = "".join(_letters(inside)).rstrip("\n")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
    return f"{fence}\n{text}\n{fence}"


def _table(inside: Sequence[rich.Node]) -> str:
    rows = [
        [cell for cell in row["c"] if isinstance(cell, dict)]
        for part in inside
        if isinstance(part, dict)
        for row in part["c"]
        if isinstance(row, dict)
    ]
    lines = ["| " + " | ".join(_inline(cell["c"]) for cell in row) + " |" for row in rows]
    sides = {"right": "--:", "center": ":-:"}
    under = (
        "| " + " | ".join(sides.get(cell.get("a", ""), "---") for cell in (rows[0] if rows else [])) + " |"
    )
    return "\n".join([*lines[:1], under, *lines[1:]])


_BLOCK_MAKERS: dict[str, Callable[[Sequence[rich.Node]], str]] = {
    "ul": lambda inside: _list(inside, "- "),
    "ol": lambda inside: _list(inside, "1. "),
    "pre": _code,
    "table": _table,
    "hr": lambda _: "---",
    "formula": lambda inside: f"$${''.join(_letters(inside))}$$",
    "blockquote": lambda inside: "\n".join(f"> {line}" for line in _blocks(inside).splitlines()),
}


def _inline(nodes: Sequence[rich.Node]) -> str:
    made = []
    for node in nodes:
        if isinstance(node, str):
            made.append(escaped(node))
            continue
        kind, inside = node["t"], node.get("c", [])
        if kind == "cite":
            made.append(f"[{node['n']}]")
        elif kind == "code":
            made.append(f"`` {''.join(_letters(inside))} ``")
        elif kind == "maths":
            made.append(f"${''.join(_letters(inside))}$")
        elif kind == "br":
            made.append("  \n")
        else:
            sign = _SIMPLE.get(kind, "")
            made.append(f"{sign}{_inline(inside)}{sign}")
    return "".join(made)


def _letters(nodes: Sequence[rich.Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield from _letters(node.get("c", []))


# ---- nodes as a page


def _marked_up(nodes: Sequence[rich.Node], number: int) -> str:
    """Nodes as HTML; citations lead to the sources of the answer with this number."""
    made = []
    for node in nodes:
        if isinstance(node, str):
            made.append(html.escape(node))
            continue
        kind, inside = node["t"], _marked_up(node.get("c", []), number)
        if kind == "cite":
            made.append(f'<sup><a href="#s{number}-{node["n"]}">[{node["n"]}]</a></sup>')
        elif kind in ("br", "hr"):
            made.append(f"<{kind}>")
        elif kind in ("maths", "formula"):
            made.append(f"<code>{inside}</code>" if kind == "maths" else f"<pre><code>{inside}</code></pre>")
        elif kind in ("claim", "found", "now"):
            made.append(inside)
        else:
            side = f" class={node['a']}" if node.get("a") in ("right", "center") else ""
            made.append(f"<{kind}{side}>{inside}</{kind}>")
    return "".join(made)
