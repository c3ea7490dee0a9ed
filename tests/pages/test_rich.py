"""Text of documents and models becomes a tree of allowed nodes, whatever it holds.

The script and style that it hands on go through ui.component.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import rich

ROOT = Path(__file__).parents[2]

PAYLOADS = [
    "![x](http://evil.test/inline.png)",
    "![x][r]\n\n[r]: http://evil.test/reference.png",
    "[![x](http://evil.test/a.png)](http://evil.test/b)",
    "<img src=http://evil.test/html.png onerror=alert(1)>",
    "<script>fetch('http://evil.test')</script>",
    "<http://evil.test/auto>",
    "https://evil.test/bare www.evil.test",
    "[click](javascript:alert(1))",
    "<svg onload=alert(1)><style>@import 'http://evil.test/s.css'</style>",
    "| ![x](http://evil.test/t.png) | b |\n|---|---|\n| <img src=x> | [l](http://evil.test) |",
    "- > # ![x](data:text/html,x)",
    "`![x](http://evil.test/code.png)`",
]


def walk(nodes: list[rich.Node]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if isinstance(node, dict):
            yield node
            yield from walk(node.get("c", []))


def text_of(nodes: list[rich.Node]) -> str:
    return "".join(node if isinstance(node, str) else text_of(node.get("c", [])) for node in nodes)


def is_allowed(nodes: list[rich.Node]) -> bool:
    """Only known kinds, and nothing in a node but its kind, its children and a citation's number."""
    return all(
        node["t"] in rich.KINDS
        and set(node) <= {"t", "c", "n", "a"}
        and node.get("a", "right") in ("right", "center")
        and ("n" not in node or (node["t"] == "cite" and isinstance(node["n"], int)))
        for node in walk(nodes)
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_links_pictures_and_markup_stay_letters(payload: str) -> None:
    nodes = rich.markdown(payload, {1})
    assert is_allowed(nodes)
    if "evil.test" in payload:
        assert "evil.test" in text_of(nodes)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_moment_of_a_stream_is_safe(payload: str) -> None:
    for length in range(len(payload) + 1):
        assert is_allowed(rich.markdown(payload[:length], {1}))


@given(st.text(alphabet="[]()!<>#*`|-_~\\\n :1&;ahttp./\x00\u202e"))
def test_any_answer_gives_allowed_nodes(answer: str) -> None:
    assert is_allowed(rich.markdown(answer, {1}))


def test_structure_of_an_answer_is_kept() -> None:
    nodes = rich.markdown(
        "# Title\n\nSome *soft* **hard** `code`.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    kinds = [node["t"] for node in walk(nodes)]
    assert kinds[:5] == ["h3", "p", "em", "strong", "code"]
    assert kinds.count("li") == 2
    assert kinds.count("td") == 2
    assert "p" not in kinds[kinds.index("ul") : kinds.index("table")], "a tight list has no paragraphs"


def test_citations_are_nodes_where_the_number_exists() -> None:
    nodes = rich.markdown("A [1] b [2, 3] c [4] `[1]` [1](http://evil.test)", {1, 2, 3})
    numbers = [node["n"] for node in walk(nodes) if node["t"] == "cite"]
    assert numbers == [1, 2, 3, 1]
    assert "[4]" in text_of(nodes)
    assert "[1]" in text_of(nodes), "inside code it is code"


def test_plain_text_is_itself() -> None:
    text = "a <b>c</b>\n![x](http://evil.test)\t*d*"
    assert rich.plain(text) == [text]


def test_control_characters_go_and_line_ends_stay() -> None:
    assert rich.plain("a\x00b\x1b[31m\r\nc\td") == ["ab[31m\nc\td"]


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=6),
)
def test_marks_cover_exactly_their_ranges(text: str, marks: list[tuple[int, int]]) -> None:
    nodes = rich.plain(text, marks)
    assert text_of(nodes) == rich.clean(text)
    marked = {i for start, end in marks for i in range(max(start, 0), min(end, len(text)))}
    shown = "".join(text_of([node]) for node in nodes if isinstance(node, dict))
    assert shown == rich.clean("".join(text[i] for i in sorted(marked)))


def test_running_text_joins_full_lines_and_keeps_offsets() -> None:
    full = "Operating income rose to 16.1% of net sales, compared to"
    text = f"Results\n{full}\n$1.3 billion\n\n{full}\n- an entry"
    flowing = rich.flow(text)
    assert flowing == f"Results\n{full} $1.3 billion\n\n{full}\n- an entry"
    assert len(flowing) == len(text)


def test_rows_of_tables_stay_apart_and_from_what_stands_beside_them() -> None:
    full = "Operating income rose to 16.1% of net sales, compared to"
    first = "Prepaid expenses and other current assets (54) (67) (90)"
    second = "Trade payables of continuing operations (429) 711 342"
    table = f"{first}\n{second}"
    text = f"{full}\n{full}\n{table}\n{full}\n{full}"
    start = text.index(first)
    flowing = rich.flow(text, [(start, start + len(table))])
    assert flowing == f"{full} {full}\n{table}\n{full} {full}"
    assert rich.flow(text, [(start + 60, start + 70)]).count("\n") == 0


@given(st.text(alphabet="ab \n-", max_size=200), st.integers(-5, 210), st.integers(-5, 210))
def test_running_text_changes_line_ends_only(text: str, start: int, end: int) -> None:
    flowing = rich.flow(text, [(start, end)])
    assert flowing.replace("\n", " ") == text.replace("\n", " ")


def test_the_script_makes_the_kinds_that_exist_here() -> None:
    script = (ROOT / "ui/assets/rich.js").read_text()
    listed = script.split('new Set(("', 1)[1].split('"', 1)[0].split()
    assert set(listed) == rich.KINDS - {"cite", "claim", "found", "now", "maths", "formula"}
    json.dumps(rich.markdown("# all\n\n[1]", {1}))


@pytest.mark.parametrize("script", sorted((ROOT / "ui/assets").glob("*.js")), ids=lambda path: path.name)
def test_scripts_set_text_and_never_markup(script: Path) -> None:
    source = script.read_text()
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment")
    assert not [word for word in (*forbidden, "eval(", "DOMParser", "srcdoc") if word in source]


# What reaches the browser as markup, style or script must be written by us, letter by letter.


def python_files() -> list[Path]:
    return [
        ROOT / "app.py",
        *sorted((ROOT / "pages").glob("**/*.py")),
        *sorted((ROOT / "ui").glob("**/*.py")),
    ]


def is_ours(node: ast.expr | None) -> bool:
    """A literal, or the text of files of `ui/assets` that are named by literals."""
    if node is None or isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_ours(node.left) and is_ours(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return ast.unparse(node.left) == "ASSETS" and isinstance(node.right, ast.Constant)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "asset":
        return not node.keywords and all(isinstance(part, ast.Constant) for part in node.args)
    return False


def markup_arguments(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a browser takes as markup, style or script."""
    name = ast.unparse(call.func)
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "unsafe_allow_html" in named or "unsafe_allow_javascript" in named:
        return list(call.args)
    if name.endswith(("components.v2.component", "components.v1.html", ".html", ".iframe")):
        return [*call.args, *(value for key, value in named.items() if key in ("html", "css", "js", "body"))]
    return []


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_literals_become_markup(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    foreign = [
        f"line {call.lineno}: {ast.unparse(argument)}"
        for call in calls
        for argument in markup_arguments(call)
        if not is_ours(argument)
    ]
    assert not foreign


@pytest.mark.parametrize(
    "source",
    [
        "st.html(name)",
        'st.markdown(f"<b>{x}</b>", unsafe_allow_html=True)',
        "st.components.v2.component('x', js=y)",
    ],
)
def test_the_check_sees_what_it_must(source: str) -> None:
    call = ast.parse(source).body[0].value  # type: ignore[attr-defined]
    assert not all(is_ours(argument) for argument in markup_arguments(call))


def test_claims_become_nodes_and_leave_the_rest_as_it_is() -> None:
    text = "**Net** sales: 34 [1]. It _fell_.\n\n- a **b** c\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n"
    ends = [(0, 22), (23, 33), (35, 46), (48, 57), (72, 81)]
    nodes = rich.markdown(text, {1}, ends)
    claims = [node for node in walk(nodes) if node["t"] == "claim"]
    assert [node["n"] for node in claims] == [0, 1, 2]
    assert [text_of(node["c"]) for node in claims] == ["Net sales: 34 .", "It fell.", "a b c"]
    plain_kinds = [node["t"] for node in walk(rich.markdown(text, {1}))]
    assert [node["t"] for node in walk(nodes) if node["t"] != "claim"] == plain_kinds
    assert text_of(nodes) == text_of(rich.markdown(text, {1}))


def test_a_text_that_writes_the_signs_of_claims_by_number_is_shown() -> None:
    said = "It &#x2e31;says &#11824; so. And &#x02E31; this too."
    second = said.index("And")
    nodes = rich.markdown(said, set(), [(0, second - 1), (second, len(said))])
    claims = [node for node in walk(nodes) if node["t"] == "claim"]
    assert [node["n"] for node in claims] == [0, 1]
    assert text_of(claims[1]["c"]).startswith("And ·") and text_of(claims[1]["c"]).endswith(" this too.")


def test_the_first_line_of_a_quotation_may_begin_in_the_middle_of_one() -> None:
    assert rich.flow("Fermentation is over\nwhen the dough has grown.") == (
        "Fermentation is over when the dough has grown."
    )
    for kept in ("The loaf\n\nMix flour.", "Ingredients:\nflour", "Heading\nText below it", "a\nb | c"):
        assert rich.flow(kept, [(0, len(kept))] if "|" in kept else ()) == kept


def kinds_of(nodes: list[rich.Node], *kinds: str) -> list[str]:
    return [text_of(node["c"]) for node in walk(nodes) if node["t"] in kinds]


def test_nothing_in_code_or_mathematics_is_a_citation() -> None:
    text = (
        "It is `a[1] / b[2]` [1].\n\n```\nreturn a[1] / b[0]\n```\n\n"
        "So \\(x_{[1]} \\, y\\) and $z[1]^2$, then\n"
        "\\[\n\\frac{a[1]}{b\\_0}\n- c\n\\]\n\nIt cost $5 million [2] and $6 million."
    )
    nodes = rich.markdown(text, {1, 2})
    assert [node["n"] for node in walk(nodes) if node["t"] == "cite"] == [1, 2]
    assert kinds_of(nodes, "code") == ["a[1] / b[2]", "return a[1] / b[0]\n"]
    assert kinds_of(nodes, "maths") == ["x_{[1]} \\, y", "z[1]^2"]
    assert kinds_of(nodes, "formula") == ["\n\\frac{a[1]}{b\\_0}\n- c\n"]
    assert "It cost $5 million" in text_of(nodes)
    assert is_allowed(nodes)


def test_claims_in_formulas_leave_no_signs_in_them() -> None:
    text = "So $a. b$ holds.\n\n$$\nx. y\n$$"
    nodes = rich.markdown(text, (), [(0, 6), (6, 16), (18, 24)])
    assert kinds_of(nodes, "maths", "formula") == ["a. b", "\nx. y\n"]


def test_columns_stand_where_the_table_says() -> None:
    nodes = rich.markdown("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |")
    cells = [node for node in walk(nodes) if node["t"] in ("th", "td")]
    assert [cell.get("a") for cell in cells] == [None, "right", "center"] * 2


def test_what_was_found_is_marked_inside_and_outside_a_passage() -> None:
    nodes = rich.plain("one two one two", [(4, 11)], [(0, 3), (8, 15)], (8, 15))
    assert nodes == [
        {"t": "found", "c": ["one"]},
        " ",
        {"t": "mark", "c": ["two ", {"t": "now", "c": ["one"]}]},
        {"t": "now", "c": [" two"]},
    ]
