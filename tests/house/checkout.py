"""A checkout as the rules see it: its modules, what they import, and their text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_IMPORTERS = ("import_module", "__import__")


@dataclass(frozen=True)
class Module:
    """One Python file of the product."""

    path: Path
    name: str
    """Its dotted name; of a package's `__init__.py` the package's."""
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def unit(self) -> str:
        """The wing or loose module of the engine that it belongs to: "readers" of `explorer.readers.pdf`."""
        return unit_of(self.name)

    @property
    def top(self) -> str:
        """`explorer`, `ui`, `pages`, `app` or `start`."""
        return self.name.split(".")[0]

    def imports(self, *, for_types: bool = True) -> tuple[str, ...]:
        """The modules that it imports, wherever in it and in whichever way.

        Of `from a import b` both `a` and `a.b` are given, and of `import_module("a.b")` the text.
        `for_types=False` leaves out what stands under `if TYPE_CHECKING`, which binds nobody at run time.
        """
        return self._imports if for_types else self._imports_at_run_time

    @cached_property
    def _imports(self) -> tuple[str, ...]:
        return tuple(_imported(self.tree, for_types=True))

    @cached_property
    def _imports_at_run_time(self) -> tuple[str, ...]:
        return tuple(_imported(self.tree, for_types=False))


def _imported(tree: ast.Module, *, for_types: bool) -> Iterator[str]:
    for node in _walk(tree, for_types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _last_name(node.func).endswith(_IMPORTERS):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _last_name(node: ast.expr) -> str:
    """`import_module` of `importlib.import_module`; "" of what is no name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _walk(node: ast.AST, for_types: bool) -> Iterator[ast.AST]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        children = ast.iter_child_nodes(one)
        waiting += [child for child in children if for_types or not _is_guard(child)]


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING"


def unit_of(module: str) -> str:
    """`explorer.readers.pdf` → `readers`; the empty text for `explorer` itself."""
    return f"{module}.".split(".")[1]


class House:
    """A checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def modules(self) -> list[Module]:
        """Every Python file that runs in the product."""
        paths = [path for name in ("explorer", "ui", "pages") for path in (self.root / name).rglob("*.py")]
        paths += [path for name in ("app.py", "start.py") if (path := self.root / name).exists()]
        return [self._module(path) for path in sorted(paths)]

    @cached_property
    def tests(self) -> list[Module]:
        return [self._module(path) for path in sorted((self.root / "tests").rglob("*.py"))]

    @cached_property
    def engine(self) -> list[Module]:
        return [module for module in self.modules if module.top == "explorer"]

    @cached_property
    def pages(self) -> list[Module]:
        """What people see: pages and what they are made of."""
        return [module for module in self.modules if module.top in ("ui", "pages", "app")]

    @cached_property
    def by_name(self) -> dict[str, Module]:
        return {module.name: module for module in self.modules}

    @cached_property
    def homes(self) -> dict[str, str]:
        """The public names of `explorer` with the modules that they come from, by its table `_HOMES`."""
        table = constant(self.by_name.get("explorer"), "_HOMES", {})
        return {name: module for module, names in table.items() for name in names}

    def public_names(self, module: str) -> frozenset[str]:
        """What the module's `__all__` holds; nothing where it has none."""
        return frozenset(constant(self.by_name.get(module), "__all__", ()))

    def where(self, module: Module, node: ast.AST | None = None) -> str:
        """The place, for a message."""
        line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
        return f"{module.path.relative_to(self.root)}{line}"

    def _module(self, path: Path) -> Module:
        parts = path.relative_to(self.root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        return Module(path, name, path.read_text(encoding="utf-8"))


Rule = Callable[[House], Iterator[str]]
"""A rule gives a line for each place that breaks it."""


def constant(module: Module | None, name: str, otherwise: Any) -> Any:
    """The value of a module's constant that is written out in it; `otherwise` where there is none."""
    for node in module.tree.body if module is not None else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return otherwise
