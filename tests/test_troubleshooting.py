"""docs/troubleshooting.md: each message that the engine gives to people stands there, and no other does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from explorer import errors

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "troubleshooting.md"
GAP = "…"
RAISED = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ExplorerError)
}
PASSED_ON = re.compile(rf"[{GAP}\W]*")
"""A message that is another one, passed on, has no words of its own."""


def template(argument: ast.expr) -> str:
    """The text of a string in the code, with … for what is filled in."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    if isinstance(argument, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return template(argument.left) + template(argument.right)
    if isinstance(argument, ast.Subscript):  # a text that is cut to a length
        return template(argument.value)
    if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute):  # a text that is stripped
        return template(argument.func.value)
    return GAP


def first_sentence(text: str) -> str:
    """What a person sees first, in the form in which both the page and the code are compared."""
    plain = re.sub(rf"{GAP}[\s{GAP}]*{GAP}", GAP, text.replace("`", "").replace("|", ""))
    return re.split(r"(?<=[.])(?=\s)", plain.strip(), maxsplit=1)[0].rstrip(".")


def messages() -> Iterator[tuple[str, str]]:
    """Each message in the engine: where it is made, and its first sentence."""
    for file in sorted((ROOT / "explorer").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and called(node.func) in RAISED:
                sentence = first_sentence(template(node.args[0]))
                if not PASSED_ON.fullmatch(sentence):
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", sentence


def called(function: ast.expr) -> str:
    """The name of what is called: `ReadError` or `errors.ReadError`."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def rows() -> list[tuple[str, str]]:
    """The page's rows: a message, and what to do."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| “")
    ]
    return [(first_sentence(message.strip("“”")), advice) for message, advice in cells]


def test_every_message_has_its_row() -> None:
    known = {message for message, _ in rows()}
    missing = {sentence: where for where, sentence in messages() if sentence not in known}
    assert missing == {}


def test_no_row_is_about_a_message_that_nobody_gives() -> None:
    given = {sentence for _, sentence in messages()}
    assert [message for message, _ in rows() if message not in given] == []


def test_a_message_stands_once_and_says_what_to_do() -> None:
    found = rows()
    assert len({message for message, _ in found}) == len(found) > 100
    assert [message for message, advice in found if len(advice) < 9 or advice.startswith("The same")] == []


def test_messages_are_found_in_code_however_they_are_written() -> None:
    written = {
        'f"{name} is {what}. Do this."': "… is …",
        'f"{a}{b} is full: free it. Now."[:9]': "… is full: free it",
        'f"The {what} " + "broke. Why?"': "The … broke",
        'f"It said `{words}`".rstrip()': "It said …",
        "str(error)": GAP,
    }
    found = {code: first_sentence(template(ast.parse(code, mode="eval").body)) for code in written}
    assert found == written
