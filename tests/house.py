"""The rules of the house as functions: each reads a checkout and says what breaks it, a line each.

`tests/test_architecture.py` holds this checkout to them, and shows of each that it notices a small tree that
breaks it. Rules read files only: nothing is imported or run.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

FLOORS = (
    # what the words mean, and the rules for single values
    "errors types addresses settings arrays words processes",
    # the parts; none knows another, types included
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
"""From the ground up: a module imports what stands on its own floor or below. Each wing has its floor."""
FLOOR_OF = {unit: number for number, units in enumerate(FLOORS) for unit in units.split()}
PARTS = frozenset(FLOORS[1].split())

LOOSE = {
    "__init__", "__main__", "addresses", "arrays", "doctor", "errors", "evaluation", "libraries", "library",
    "models", "page_images", "processes", "settings", "types",
}  # fmt: skip
"""The files that may stand in `explorer/` itself; everything else has a wing."""
MOST_MODULES = 20
"""In one folder. The catalogue, which is one SQLite file, is excepted."""
MOST_LINES = {"pages": 200}
LINES = 400
FUNCTION_LINES = 60
CLASS_LINES = 250
METHOD_STATEMENTS = 4
"""Of a method of `Library`: it calls a wing, perhaps after looking at what it was given."""
PUBLIC = ("explorer", "explorer.types", "explorer.errors")
"""What pages may import whole; of the rest of the engine they see what an `__all__` names."""


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
        return f"{self.name}.".split(".")[1]

    def imports(self, *, for_types: bool = True) -> Iterator[str]:
        """The modules that it imports, wherever in it; of `from a import b` both `a` and `a.b`.

        `for_types=False` leaves out what stands under `if TYPE_CHECKING`, which binds nobody at run time.
        """
        for node in _walk(self.tree, for_types):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or "."
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _walk(node: ast.AST, for_types: bool) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        is_guard = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if for_types or not is_guard:
            yield from _walk(child, for_types)


class House:
    """A checkout, as the rules see it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def modules(self) -> list[Module]:
        """Every Python file that runs in the product."""
        paths = [path for name in ("explorer", "ui", "pages") for path in (self.root / name).rglob("*.py")]
        paths += [path for name in ("app.py", "start.py") if (path := self.root / name).exists()]
        return [self._module(path) for path in sorted(paths)]

    @cached_property
    def engine(self) -> list[Module]:
        return [module for module in self.modules if module.name.split(".")[0] == "explorer"]

    @cached_property
    def pages(self) -> list[Module]:
        """What people see: pages and what they are made of."""
        return [module for module in self.modules if module.name.split(".")[0] in ("ui", "pages", "app")]

    @cached_property
    def by_name(self) -> dict[str, Module]:
        return {module.name: module for module in self.modules}

    def where(self, module: Module, node: ast.AST | None = None) -> str:
        """The place, for a message."""
        line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
        return f"{module.path.relative_to(self.root)}{line}"

    def _module(self, path: Path) -> Module:
        parts = path.relative_to(self.root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        return Module(path, name, path.read_text(encoding="utf-8"))


Rule = Callable[[House], Iterator[str]]


def no_relative_imports(house: House) -> Iterator[str]:
    for module in house.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.level or not node.module):
                yield f"{house.where(module, node)} imports by a relative name"


def the_engine_knows_no_page(house: House) -> Iterator[str]:
    for module in house.engine:
        for name in module.imports():
            if name.split(".")[0] in ("streamlit", "ui", "pages", "app"):
                yield f"{house.where(module)} imports {name}"


def nobody_knows_a_page(house: House) -> Iterator[str]:
    for module in house.pages:
        for name in module.imports():
            if name.split(".")[0] in ("pages", "app"):
                yield f"{house.where(module)} imports {name}"


def imports_point_down(house: House) -> Iterator[str]:
    for module in house.engine:
        if module.name == "explorer":
            continue  # the public names
        if module.unit not in FLOOR_OF:
            yield f"{house.where(module)}: put {module.unit} on one of the FLOORS of tests/house.py"
            continue
        for name in module.imports():
            unit = f"{name}.".split(".")[1]
            if name.startswith("explorer.") and FLOOR_OF.get(unit, -1) > FLOOR_OF[module.unit]:
                yield f"{house.where(module)} imports {name}, from above it"


def parts_do_not_know_each_other(house: House) -> Iterator[str]:
    for module in house.engine:
        for name in module.imports():
            unit = f"{name}.".split(".")[1]
            if name.startswith("explorer.") and {module.unit, unit} <= PARTS and unit != module.unit:
                yield f"{house.where(module)} imports {name}"


def every_floor_is_inhabited(house: House) -> Iterator[str]:
    units = {module.unit for module in house.engine if module.name != "explorer"}
    yield from (
        f"explorer/{unit} stands on a floor and is not there" for unit in sorted(set(FLOOR_OF) - units)
    )


def no_modules_in_a_circle(house: House) -> Iterator[str]:
    graph: dict[str, set[str]] = {}
    for module in house.modules:
        found = {name for name in module.imports(for_types=False) if name in house.by_name} - {module.name}
        if module.path.stem == "__init__":  # a package may hand on what its own modules hold
            found = {name for name in found if not name.startswith(f"{module.name}.")}
        graph[module.name] = found
    yield from _circle(graph)


def reader_families_form_no_circle(house: House) -> Iterator[str]:
    """Types included: a family is a folder of `explorer/readers/`, or a module beside them."""
    graph: dict[str, set[str]] = defaultdict(set)
    readers = [module for module in house.engine if module.name.startswith("explorer.readers.")]
    for module in readers:
        family = module.name.split(".")[2]
        found = {name.split(".")[2] for name in module.imports() if name.startswith("explorer.readers.")}
        graph[family] |= found & {each.name.split(".")[2] for each in readers} - {family}
    yield from _circle(graph)


def _circle(graph: dict[str, set[str]]) -> Iterator[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"a circle: {' ← '.join(error.args[1])}"


def only_the_table_names_readers(house: House) -> Iterator[str]:
    """Outside its family nobody else asks a module that the table of formats names to read a file.

    Other things may be had of it, as mails have their HTML turned into text.
    """
    table = house.by_name.get("explorer.readers.known_formats")
    readers = set(re.findall(r'module\(\s*"([\w.]+)"', table.source)) if table else set()
    for module in house.engine:
        for reader in sorted(readers):
            name, family = f"explorer.readers.{reader}", f"explorer.readers.{reader.split('.')[0]}."
            reads = any(one.startswith(f"{name}.read") for one in module.imports())
            calls = re.search(rf"\b{reader.split('.')[-1]}\.read\w*\(", module.source)
            is_reader_called = calls is not None and name in set(module.imports())
            if (reads or is_reader_called) and not module.name.startswith(family):
                yield f"{house.where(module)} reads with {name}"


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
        most = MOST_LINES.get(module.path.parent.name, LINES)
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
    """No loop, no handling of errors, few statements: what is done is done in a wing."""
    library = house.by_name.get("explorer.library")
    classes = [node for node in library.tree.body if isinstance(node, ast.ClassDef)] if library else []
    for node in (method for each in classes if each.name == "Library" for method in each.body):
        if not isinstance(node, ast.FunctionDef) or node.name in ("__init__", "close"):
            continue
        body = [each for each in node.body if not _is_docstring_or_import(each)]
        loops = [each for each in ast.walk(node) if isinstance(each, ast.For | ast.While | ast.Try)]
        if library is not None and (loops or len(body) > METHOD_STATEMENTS):
            yield f"{house.where(library, node)} Library.{node.name} does more than call a wing"


def _is_docstring_or_import(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def public_classes_have_their_own_names(house: House) -> Iterator[str]:
    places: dict[str, list[str]] = defaultdict(list)
    for module in house.modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(house.where(module, node))
    yield from (f"{name} is a class in {' and '.join(at)}" for name, at in places.items() if len(at) > 1)


def pages_see_public_names_only(house: House) -> Iterator[str]:
    for module in house.pages:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                deep = [alias.name for alias in node.names if alias.name.startswith("explorer.")]
                yield from (f"{house.where(module, node)} imports {name} whole" for name in deep)
            elif isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("explorer."):
                for alias in node.names:
                    if not _is_public(house, str(node.module), alias.name):
                        yield f"{house.where(module, node)} imports {alias.name} of {node.module}: not public"


def _is_public(house: House, module: str, name: str) -> bool:
    if module in PUBLIC:
        return module != "explorer" or name in _all_of(house, "explorer") | LOOSE
    is_wing = module.count(".") == 1
    return is_wing and name in _all_of(house, module)


def _all_of(house: House, name: str) -> set[str]:
    module = house.by_name.get(name)
    for node in module.tree.body if module else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def no_constant_goes_unread(house: House) -> Iterator[str]:
    reads: Counter[str] = Counter()
    for module in house.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                reads[node.id] += 1
            elif isinstance(node, ast.Attribute):
                reads[node.attr] += 1
            elif isinstance(node, ast.ImportFrom):
                reads.update(alias.name for alias in node.names)
    for module in house.modules:
        for constant in _constants(module.tree):
            if not reads[constant.id]:
                yield f"{house.where(module, constant)} {constant.id} is read nowhere"


def _constants(tree: ast.Module) -> Iterator[ast.Name]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else ()
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else (target,):
                if isinstance(each, ast.Name) and re.fullmatch(r"_?[A-Z][A-Z0-9_]*", each.id):
                    yield each


def xml_parsers_are_made_in_one_module(house: House) -> Iterator[str]:
    """Which has the options that keep a hostile file from reading others, asking servers or growing."""
    makes = re.compile(r"\b(XMLParser|HTMLParser|XMLPullParser|iterparse|fromstring|XMLReader|make_parser)\b")
    makers = {
        module.name: house.where(module, node)
        for module in house.modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and makes.search(ast.unparse(node.func))
    }
    if len(makers) > 1:
        yield f"XML parsers are made in {', '.join(sorted(makers.values()))}"


def every_module_is_named_by_a_test(house: House) -> Iterator[str]:
    """By an import, by its dotted name, or by the place of a test file: `tests/words/test_terms.py`."""
    named: set[str] = set()
    for path in (house.root / "tests").rglob("*.py"):
        parts = path.relative_to(house.root / "tests").with_suffix("").parts
        mirrored = ".".join([*parts[:-1], parts[-1].removeprefix("test_")])
        named.update({f"explorer.{mirrored}", f"ui.{mirrored}"})
        source = path.read_text(encoding="utf-8")
        named.update(re.findall(r"\b(?:explorer|ui|pages)(?:\.\w+)+", source))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                named.update(f"{node.module}.{alias.name}" for alias in node.names)
    for module in house.modules:
        is_package = module.path.stem == "__init__"
        if not is_package and module.name.split(".")[0] in ("explorer", "ui") and module.name not in named:
            yield f"{house.where(module)} is named by no test"


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
            swallows = (
                isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and not _is_answered(node)
            )
            is_suppress = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress")
            if swallows or (isinstance(node, ast.Call) and is_suppress and any(map(_catches_all, node.args))):
                yield f"{house.where(module, node)} swallows every error"


def _catches_all(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(name is None or ast.unparse(name) in ("Exception", "BaseException") for name in names)


def _is_answered(handler: ast.ExceptHandler) -> bool:
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == handler.name)
        for node in inside
    )


RULES: tuple[Rule, ...] = (
    no_relative_imports,
    the_engine_knows_no_page,
    nobody_knows_a_page,
    imports_point_down,
    parts_do_not_know_each_other,
    every_floor_is_inhabited,
    no_modules_in_a_circle,
    reader_families_form_no_circle,
    only_the_table_names_readers,
    loose_files_are_the_named_ones,
    folders_stay_small,
    files_stay_small,
    functions_stay_small,
    classes_stay_small,
    a_method_of_library_is_one_call,
    public_classes_have_their_own_names,
    pages_see_public_names_only,
    no_constant_goes_unread,
    xml_parsers_are_made_in_one_module,
    every_module_is_named_by_a_test,
    nothing_is_left_for_later,
    no_error_is_swallowed,
)
