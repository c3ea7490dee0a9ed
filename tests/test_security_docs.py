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

from tests.faults import kinds, test_disk, test_flips, test_two_of_each

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


def test_all_that_is_broken_on_purpose_is_in_the_table_with_its_numbers() -> None:
    table = PAGE.partition("## What was broken on purpose")[2].partition("\n## ")[0]
    for path in (ROOT / "tests" / "faults").glob("test_*.py"):
        assert f"`tests/faults/{path.name}::" in table, path.name
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    numbers = {row[4].partition("::")[2].partition("`")[0]: int(row[1]) for row in rows}
    killed = sum(kind.of_twenty for kind in kinds.KINDS.values())
    assert numbers["test_killed_while"] == killed
    assert killed + numbers["test_killed_while_an_older_library_is_brought_up"] * 2 == 20
    assert numbers["test_two_apps_and_two_commands"] == test_two_of_each.SHORT
    assert numbers["test_adding_waits_and_goes_on"] == len(test_disk.LEFT)
    assert numbers["test_the_head_of_pages_of_the_catalogue"] == test_flips.TABLES + 1


def test_there_are_limits() -> None:
    assert len(LIMITS) >= 11


def _split(where: str) -> list[str]:
    """`package.module.Class.name` as module and the names in it."""
    parts = where.split(".")
    at = next(n for n in range(len(parts), 0, -1) if (ROOT / ("/".join(parts[:n]) + ".py")).is_file())
    return [".".join(parts[:at]), *parts[at:]]
