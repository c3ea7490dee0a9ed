"""The shape of the code: which way imports point, how large a module may grow, that no error is lost."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FLOORS = (
    # what the words mean, and the rules for single values
    "errors types addresses settings arrays words processes",
    # the parts; none knows another
    "catalog readers chunking embedding",
    # what is done with them
    "stores search maps",
    "chat ingestion page_images",
    "worker",
    "models doctor libraries",
    # the ways in
    "library",
    "evaluation",
    "cli __main__",
)
"""From the ground up: a module imports what stands on its own floor or below. A new one is put on a floor."""
FLOOR_OF = {unit: number for number, units in enumerate(FLOORS) for unit in units.split()}
PARTS = FLOORS[1].split()

HEAVY = (
    "chromadb cv2 numba onnxruntime openai openvino pandas plotly pypdf pypdfium2 rapidocr scipy "
    "sentence_transformers sklearn torch umap"
)


def sources() -> list[Path]:
    """Every Python file that runs in the product."""
    folders = [path for name in ("explorer", "ui", "pages") for path in (ROOT / name).rglob("*.py")]
    return sorted([*folders, ROOT / "app.py", ROOT / "start.py"])


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, *, for_types: bool = True) -> Iterator[str]:
    """The modules that a file imports, wherever in it; of `from a import b` both `a` and `a.b`.

    `for_types=False` leaves out what stands under `if TYPE_CHECKING`, which binds nobody at run time.
    """
    for node in _walk(tree(path), for_types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{path}:{node.lineno} imports by a relative name"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _walk(node: ast.AST, for_types: bool) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        is_guard = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if for_types or not is_guard:
            yield from _walk(child, for_types)


def unit_of(module: str) -> str:
    """`explorer.readers.pdf.reader` → `readers`."""
    return module.split(".")[1]


ENGINE = [path for path in sources() if path.is_relative_to(ROOT / "explorer")]


def test_the_engine_knows_no_page() -> None:
    for path in ENGINE:
        above = [name for name in imports(path) if name.split(".")[0] in ("streamlit", "ui", "pages", "app")]
        assert not above, f"{path} imports {above}"


def test_widgets_know_no_page() -> None:
    for path in (ROOT / "ui").glob("*.py"):
        assert not [name for name in imports(path) if name.split(".")[0] in ("pages", "app")], path


def test_pages_know_no_other_page() -> None:
    for path in (ROOT / "pages").glob("*.py"):
        assert not [name for name in imports(path) if name.split(".")[0] in ("pages", "app")], path


def test_imports_point_down() -> None:
    for path in ENGINE:
        if path.parent == ROOT / "explorer" and path.stem == "__init__":
            continue  # the public names
        own = unit_of(name_of(path))
        assert own in FLOOR_OF, f"put explorer/{own} on one of the FLOORS of this test"
        for name in imports(path):
            if name.startswith("explorer.") and unit_of(name) in FLOOR_OF:
                assert FLOOR_OF[unit_of(name)] <= FLOOR_OF[own], f"{path} imports {name}, from above it"


def test_every_floor_is_inhabited() -> None:
    units = {unit_of(name_of(path)) for path in ENGINE if name_of(path) != "explorer"}
    assert set(FLOOR_OF) == units


def test_the_parts_do_not_know_each_other() -> None:
    for path in ENGINE:
        own = unit_of(name_of(path) + ".")
        others = [
            name
            for name in imports(path)
            if own in PARTS
            and name.startswith("explorer.")
            and unit_of(name) in PARTS
            and unit_of(name) != own
        ]
        assert not others, f"{path} imports {others}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {name_of(path): path for path in sources()}
    graph = {
        name: {other for other in imports(path, for_types=False) if other in modules} - {name}
        for name, path in modules.items()
    }
    for name, path in modules.items():
        if path.stem == "__init__":
            graph[name] = {other for other in graph[name] if not other.startswith(f"{name}.")}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    "module", ["explorer", "explorer.library", "explorer.worker.__main__", "explorer.__main__"]
)
def test_importing_costs_nothing(module: str) -> None:
    code = f"import sys, {module}; print(*set({HEAVY.split()}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_files_stay_small() -> None:
    for path in sources():
        most = 200 if path.parent.name == "pages" else 400
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= most, f"{path} has {lines} lines; {most} are enough for one module"


def test_functions_stay_small() -> None:
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= 60, f"{path}:{node.lineno} {node.name} has {lines} lines"


def test_nothing_is_left_for_later() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError)\b")
    for path in sources():
        found = unfinished.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path} holds {found}"


def test_no_error_is_swallowed() -> None:
    """Whoever catches everything raises again, or says or keeps what it was."""
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node.type):
                assert _is_answered(node), f"{path}:{node.lineno} swallows every error"
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                assert not any(map(_catches_all, node.args)), f"{path}:{node.lineno} swallows every error"


def _catches_all(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(name is None or ast.unparse(name) in ("Exception", "BaseException") for name in names)


def _is_answered(handler: ast.ExceptHandler) -> bool:
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == handler.name)
        for node in inside
    )
