"""Arrays that modules hand each other are called by what stands in them, never by their type alone.

Pages import no inner module (`tests/house.py`), so they spell the types out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from explorer import arrays

ROOT = Path(__file__).parents[1]
SPELLED_OUT = frozenset(f"NDArray[np.{kind}]" for kind in ("float32", "int64", "bool_"))
"""What `explorer/arrays.py` has names for."""


def spelled_out(source: str) -> Iterator[int]:
    """Lines that annotate an array by its type. `Points = NDArray[…]` is none: it makes one more name."""
    tree = ast.parse(source)
    naming = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node) in SPELLED_OUT and id(node) not in naming:
            yield node.lineno


def test_annotations_of_the_engine_use_the_names() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "explorer").rglob("*.py"))
        for line in spelled_out(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_type_that_is_spelled_out_is_noticed() -> None:
    assert list(spelled_out("def f(ids: NDArray[np.int64]) -> tuple[NDArray[np.bool_], int]: ...")) == [1, 1]
    assert list(spelled_out("class A:\n    xy: NDArray[np.float32]\n    pages: NDArray[np.int32]")) == [2]
    assert list(spelled_out("Points = NDArray[np.float32]\ndef f(ids: Ids) -> Points: ...")) == []


def test_each_name_says_what_stands_in_it() -> None:
    tree = ast.parse(Path(arrays.__file__).read_text(encoding="utf-8"))
    for name, told in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(name, ast.Assign):
            assert isinstance(told, ast.Expr) and isinstance(told.value, ast.Constant), ast.unparse(name)
