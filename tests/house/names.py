"""Rules about names: what is defined, read and tested."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from tests.house.checkout import House, Module


def public_classes_have_their_own_names(house: House) -> Iterator[str]:
    places: dict[str, list[str]] = defaultdict(list)
    for module in house.modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(house.where(module, node))
    yield from (f"{name} is a class in {' and '.join(at)}" for name, at in places.items() if len(at) > 1)


def no_constant_goes_unread(house: House) -> Iterator[str]:
    """A private one is read in its own module; a public one there or by a module that imports it."""
    elsewhere: set[str] = set()
    for module in house.modules:
        elsewhere |= {node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
        elsewhere |= {name.rpartition(".")[2] for name in module.imports()}
    for module in house.modules:
        here = {
            node.id
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        for name in _constants(module.tree):
            if name.id not in here and (name.id.startswith("_") or name.id not in elsewhere):
                yield f"{house.where(module, name)} {name.id} is read nowhere"


def _constants(tree: ast.Module) -> Iterator[ast.Name]:
    for node in tree.body:
        targets: list[ast.expr] = list(node.targets) if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else (target,):
                if isinstance(each, ast.Name) and re.fullmatch(r"_?[A-Z][A-Z0-9_]*", each.id):
                    yield each


def every_module_is_named_by_a_test(house: House) -> Iterator[str]:
    """So that a stranger finds the test of a module, and a module without one is noticed.

    By an import, by its dotted name in the code or at the head of a test file, or by the place of that file:
    `tests/words/test_terms.py`. What a page is made of is run by that page's test.
    """
    named: set[str] = set()
    for test in house.tests:
        named |= set(test.imports()) | _dotted(test)
        mirrored = ".".join(part.removeprefix("test_") for part in test.name.split(".")[1:])
        named |= {f"explorer.{mirrored}", f"ui.{mirrored}"}
        page = re.fullmatch(r"tests\.pages\.test_(\w+)_page", test.name)
        named |= _parts_of(house, f"pages.{page[1]}") if page else set()
    for module in house.modules:
        is_package = module.path.stem == "__init__"
        if not is_package and module.top in ("explorer", "ui") and module.name not in named:
            yield f"{house.where(module)} is named by no test"


def _dotted(test: Module) -> set[str]:
    """Dotted names of our modules in the text of a test's code and at its head, not in other docstrings."""
    inside = [node for node in ast.walk(test.tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    told = {id(node.body[0].value) for node in inside if isinstance(node.body[0], ast.Expr)}
    texts = (
        node.value
        for node in ast.walk(test.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    )
    return {name for text in texts for name in re.findall(r"\b(?:explorer|ui)(?:\.\w+)+", text)}


def _parts_of(house: House, page: str) -> set[str]:
    """The modules of `ui` that a page imports, and those that these import."""
    found: set[str] = set()
    wanted = [page, "app"]
    while wanted:
        module = house.by_name.get(wanted.pop())
        for name in module.imports(for_types=False) if module else ():
            if name.startswith("ui.") and name not in found:
                found.add(name)
                wanted.append(name)
    return found
