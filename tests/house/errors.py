"""Rules about what is left undone and what is hushed up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.checkout import House

_SAYS_NOTHING = ("str", "repr", "type", "id", "hash", "bool", "len")
"""Functions whose result, thrown away, tells nobody anything."""


def nothing_is_left_for_later(house: House) -> Iterator[str]:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError)\b")
    for module in house.modules:
        found = unfinished.search(module.source)
        if found is not None:
            yield f"{house.where(module)} holds {found.group()}"


def no_error_is_swallowed(house: House) -> Iterator[str]:
    """Whoever catches everything raises again, or says or keeps what it was."""
    for module in house.modules:
        for node in ast.walk(module.tree):
            if _swallows(node):
                yield f"{house.where(module, node)} swallows every error"


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _catches_all(node.type) and not _is_answered(node)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        return any(map(_catches_all, node.args))
    return False


def _catches_all(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(name is None or ast.unparse(name) in ("Exception", "BaseException") for name in names)


def _is_answered(handler: ast.ExceptHandler) -> bool:
    inside = [
        node for statement in handler.body if not _says_nothing(statement) for node in ast.walk(statement)
    ]
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == handler.name)
        for node in inside
    )


def _says_nothing(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    is_idle_call = isinstance(value, ast.Call) and ast.unparse(value.func) in _SAYS_NOTHING
    return is_idle_call or isinstance(value, ast.Name)
