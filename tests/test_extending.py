"""docs/extending.md: what it says is done to a copy of the code, to the letter, and then used.

Each example says `New file ...`, or `In ...` with the line that a block goes above; this test does just that
in a copy of the code and then runs the example's last block, which is what a person would try.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (An? \w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = ("A reader", "A store", "An embedder", "A setting")

_STEP = re.compile(
    r"^(?:New file `(?P<new>[\w./]+)`"
    r"|In `(?P<old>[\w./]+)`, above (?P<row>the row )?`(?P<above>[^`\n]+)`[^\n]*|Try it):\n\n"
    r"```python\n(?P<code>.*?)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """One block of an example: a new file, lines above a place in an old one, or what is run at the end."""

    new: str | None
    old: str | None
    above: str | None
    """Part of the line that it goes above."""
    is_row: bool
    """It goes above the whole row of a table that this line is in."""
    code: str


def steps(section: str) -> list[Step]:
    return [
        Step(found["new"], found["old"], found["above"], bool(found["row"]), found["code"])
        for found in _STEP.finditer(section)
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The product's code where it can be changed."""
    for name in ("explorer", "samples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def do(step: Step, root: Path) -> None:
    if step.new is not None:
        path = root / step.new
        assert not path.exists(), f"{step.new} is there already"
        path.write_text(step.code, encoding="utf-8")
    elif step.old is not None and step.above is not None:
        path = root / step.old
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = next((number for number, line in enumerate(lines) if step.above in line), None)
        assert at is not None, f"{step.old} has no line with {step.above!r}"
        if step.is_row:
            indent = len(step.code) - len(step.code.lstrip(" "))
            while len(lines[at]) - len(lines[at].lstrip(" ")) > indent:
                at -= 1
        path.write_text("".join([*lines[:at], step.code, *lines[at:]]), encoding="utf-8")


def run(code: str, root: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lint(root: Path, files: list[str]) -> str:
    """What ruff says of them, by the rules of this project."""
    configuration = ROOT / "pyproject.toml"
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--config", str(configuration), *files]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_works_as_it_stands(name: str, copy: Path) -> None:
    *made, tried = steps(SECTIONS[name])
    assert made and tried.new is None and tried.old is None
    for step in made:
        do(step, copy)
    assert lint(copy, [step.new or step.old or "" for step in made]) == ""
    printed = run(tried.code, copy)
    expected = re.findall(r"^# prints: (.*)$", tried.code, re.MULTILINE)
    assert expected and printed.splitlines() == expected


def test_every_block_of_code_is_a_step_of_an_example() -> None:
    blocks = PAGE.count("```python\n")
    assert blocks == sum(len(steps(SECTIONS[name])) for name in EXAMPLES)
