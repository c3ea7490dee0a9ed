"""Rules about who knows whom."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from tests.house.checkout import House, Module, unit_of

FLOORS = (
    # what the words mean, and the rules for single values
    "errors types addresses settings arrays words processes processor extras background",
    # the parts; none knows another, types included
    "catalog readers chunking embedding",
    # what is done with them
    "tables",
    "stores search maps claims figures questions wordvectors",
    "chat ingestion page_images pictures descriptions",
    "watching",
    "worker",
    "models doctor libraries transfer upkeep",
    # the ways in
    "finding viewing",
    "library",
    "evaluation integrations",
    "tuning",
    "cli __main__",
)
"""From the ground up: a module imports what stands on its own floor or below. Each wing has its floor."""
FLOOR_OF = {unit: number for number, units in enumerate(FLOORS) for unit in units.split()}
PARTS = frozenset(FLOORS[1].split())
PUBLIC = ("explorer.types", "explorer.errors")
"""What pages may import of whole; of the rest of the engine they see what an `__all__` names."""
XML = ("lxml", "xml", "html.parser", "bs4", "html5lib")
"""Packages that parse XML and HTML."""
STARTERS = ("explorer.processes", "explorer.cli.app")
"""The second starts the app in the terminal of whoever typed the command. No child of ours has one."""
_STARTS = re.compile(
    r"(?:subprocess\.)?Popen|subprocess\.(?:run|call|check_call|check_output)"
    r"|os\.(?:system|popen|spawn\w*|exec\w*)"
)


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
            yield f"{house.where(module)}: put {module.unit} on one of the FLOORS of tests/house/imports.py"
            continue
        for name in module.imports():
            unit = unit_of(_home(house, name))
            if name.startswith("explorer.") and FLOOR_OF.get(unit, -1) > FLOOR_OF[module.unit]:
                yield f"{house.where(module)} imports {name}, from above it"


def _home(house: House, name: str) -> str:
    """`explorer.Library` → `explorer.library`: where a public name comes from."""
    package, _, last = name.rpartition(".")
    return house.homes.get(last, name) if package == "explorer" else name


def parts_do_not_know_each_other(house: House) -> Iterator[str]:
    for module in house.engine:
        for name in module.imports():
            unit = unit_of(name)
            if name.startswith("explorer.") and {module.unit, unit} <= PARTS and unit != module.unit:
                yield f"{house.where(module)} imports {name}"


def every_floor_is_inhabited(house: House) -> Iterator[str]:
    units = {module.unit for module in house.engine if module.name != "explorer"}
    missing = sorted(set(FLOOR_OF) - units)
    yield from (f"explorer/{unit} stands on a floor and is not there" for unit in missing)


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
    families = {module.name.split(".")[2] for module in readers}
    for module in readers:
        family = module.name.split(".")[2]
        found = {name.split(".")[2] for name in module.imports() if name.startswith("explorer.readers.")}
        graph[family] |= found & families - {family}
    yield from _circle(graph)


def _circle(graph: dict[str, set[str]]) -> Iterator[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"a circle: {' ← '.join(error.args[1])}"


def only_the_table_names_readers(house: House) -> Iterator[str]:
    """Outside its family nobody else has a file read by a module of the table of formats, or names it.

    Other things may be had of it, as mails have their HTML turned into text.
    """
    table = house.by_name.get("explorer.readers.known_formats")
    readers = set(re.findall(r'module\(\s*"([\w.]+)"', table.source)) if table else set()
    for module in house.engine:
        for reader in sorted(readers):
            family = f"explorer.readers.{reader.split('.')[0]}."
            if module is not table and not module.name.startswith(family) and _reads_with(module, reader):
                yield f"{house.where(module)} reads with {reader}"


def _reads_with(module: Module, reader: str) -> bool:
    if reader.rpartition(".")[2] not in module.source:  # most: walking all of them for each reader takes long
        return False
    full = f"explorer.readers.{reader}"
    locals_: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}": alias.asname or alias.name for alias in node.names}
            locals_ |= {local for name, local in names.items() if name == full}
            if any(name.startswith(f"{full}.read") for name in names):
                return True
        elif isinstance(node, ast.Constant) and node.value in (reader, full):
            return True
    calls = (ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return any(call.startswith(f"{local}.read") for call in calls for local in locals_)


def pages_see_public_names_only(house: House) -> Iterator[str]:
    for module in house.pages:
        for node in ast.walk(module.tree):
            for what in _deep(house, node):
                yield f"{house.where(module, node)} uses {what}, which is not public"


def _deep(house: House, node: ast.AST) -> Iterator[str]:
    """What a page must not take of the engine."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if f"{alias.name}.".startswith("explorer."))
    elif isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("explorer."):
        taken = [(str(node.module), alias.name) for alias in node.names]
        yield from (f"{module}.{name}" for module, name in taken if not _is_public(house, module, name))
    elif isinstance(node, ast.Attribute) and re.match(r"_(?!_)", node.attr):
        owner = ast.unparse(node.value)
        if owner not in ("self", "cls"):
            yield f"{owner}.{node.attr}"


def _is_public(house: House, module: str, name: str) -> bool:
    if module == "explorer":
        return name in house.public_names("explorer") or bool(house.public_names(f"explorer.{name}"))
    is_wing = module.count(".") == 1
    return module in PUBLIC or (is_wing and name in house.public_names(module))


def one_module_parses_xml(house: House) -> Iterator[str]:
    """It has the options that keep a hostile file from reading others, asking servers or growing.

    An error that a parser of somebody else's raises may be named.
    """
    for module in house.modules:
        for name in module.imports():
            is_parser = any(f"{name}.".startswith(f"{package}.") for package in XML)
            is_error = name in ("xml.parsers.expat", "xml.parsers.expat.ExpatError")
            if is_parser and not is_error and module.name != "explorer.readers.xml_parsing":
                yield f"{house.where(module)} imports {name}: explorer/readers/xml_parsing.py parses"


def one_module_starts_processes(house: House) -> Iterator[str]:
    """It finds our package wherever it runs; `start.py` runs before there is an environment."""
    for module in house.engine:
        for node in ast.walk(module.tree):
            is_start = isinstance(node, ast.Call) and _STARTS.fullmatch(ast.unparse(node.func))
            if is_start and module.name not in STARTERS:
                yield f"{house.where(module, node)} starts a process: explorer/processes.py does"
