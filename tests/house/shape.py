"""Rules about how large things grow and where they stand."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tests.house.checkout import House

LOOSE = {
    "__init__", "__main__", "addresses", "arrays", "background", "doctor", "errors", "evaluation", "extras",
    "libraries", "library", "finding", "viewing", "models", "page_images", "processes", "processor",
    "settings", "tables", "types",
}  # fmt: skip
"""The files that may stand in `explorer/` itself; everything else has a wing."""
MOST_MODULES = 20
"""In one folder. The catalogue, which is one SQLite file, is excepted."""
PAGE_LINES, LINES = 200, 400
FUNCTION_LINES = 60
CLASS_LINES = 250
METHOD_STATEMENTS = 6
"""Of a method of `Library`, those within others counted: it calls a wing, perhaps after a look at its
arguments."""


def loose_files_are_the_named_ones(house: House) -> Iterator[str]:
    for module in house.engine:
        if module.path.parent == house.root / "explorer" and module.path.stem not in LOOSE:
            yield f"{house.where(module)} stands loose in explorer/: it belongs into a wing"


def folders_stay_small(house: House) -> Iterator[str]:
    counted = Counter(module.path.parent for module in house.modules if module.path.stem != "__init__")
    for folder, number in counted.items():
        if number > MOST_MODULES and folder != house.root / "explorer" / "catalog":
            yield f"{folder.relative_to(house.root)} holds {number} modules; {MOST_MODULES} are enough"


def files_stay_small(house: House) -> Iterator[str]:
    for module in house.modules:
        most = PAGE_LINES if module.top == "pages" else LINES
        lines = len(module.source.splitlines())
        if lines > most:
            yield f"{house.where(module)} has {lines} lines; {most} are enough for one module"


def functions_stay_small(house: House) -> Iterator[str]:
    for module in house.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines(node) > FUNCTION_LINES:
                yield f"{house.where(module, node)} {node.name} has {_lines(node)} lines"


def classes_stay_small(house: House) -> Iterator[str]:
    for module in house.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name != "Library" and _lines(node) > CLASS_LINES:
                yield f"{house.where(module, node)} {node.name} has {_lines(node)} lines"


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def a_method_of_library_is_one_call(house: House) -> Iterator[str]:
    """No loop, no filter, no handling of errors, few statements: what is done is done in a wing."""
    library = house.by_name.get("explorer.library")
    classes = [node for node in library.tree.body if isinstance(node, ast.ClassDef)] if library else []
    for node in (method for each in classes if each.name == "Library" for method in each.body):
        is_method = isinstance(node, ast.FunctionDef) and node.name not in ("__init__", "close")
        if library is not None and isinstance(node, ast.FunctionDef) and is_method and _does_more(node):
            yield f"{house.where(library, node)} Library.{node.name} does more than call a wing"


def _does_more(method: ast.FunctionDef) -> bool:
    inside = [each for statement in method.body for each in ast.walk(statement)]
    statements = [each for each in inside if isinstance(each, ast.stmt) and not _is_docstring_or_import(each)]
    works = any(isinstance(each, ast.For | ast.While | ast.Try) for each in inside)
    filters = any(isinstance(each, ast.comprehension) and each.ifs for each in inside)
    return works or filters or len(statements) > METHOD_STATEMENTS


def _is_docstring_or_import(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)
