"""What docs/security.md promises: each test that it names is there, each limit is the one in the code."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| (\d+|–) \|", line)]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
LIMITS = re.findall(r"^\| [^|]+ \| (\d+) \| `([\w.]+)` \|$", PAGE, re.MULTILINE)


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_threat_has_tests_and_every_test_is_there() -> None:
    assert len(ROWS) >= 14
    assert [row[:60] for row in ROWS if "::test_" not in row] == []
    assert [f"{path}::{name}" for path, name in NAMED if name not in functions_of(path)] == []
    assert PAGE.count("`tests/") == len(NAMED) + 1, "one is this file"


def test_so_it_is_with_what_is_held_for_everybody() -> None:
    page = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) >= 8
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


@pytest.mark.parametrize(("number", "where"), LIMITS)
def test_a_limit_is_as_written(number: str, where: str) -> None:
    module, *names = _split(where)
    found: Any = importlib.import_module(module)
    for name in names:
        found = default_of(found, name) if is_dataclass(found) else getattr(found, name)
    assert found == int(number)


def default_of(kind: Any, name: str) -> Any:
    (found,) = (each for each in fields(kind) if each.name == name)
    return found.default if found.default_factory is MISSING else found.default_factory()


def test_there_are_limits() -> None:
    assert len(LIMITS) >= 11


def _split(where: str) -> list[str]:
    """`package.module.Class.name` as module and the names in it."""
    parts = where.split(".")
    at = next(n for n in range(len(parts), 0, -1) if (ROOT / ("/".join(parts[:n]) + ".py")).is_file())
    return [".".join(parts[:at]), *parts[at:]]
