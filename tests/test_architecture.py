"""The shape of the code: every rule of tests/house holds here, and notices small trees that break it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import house
from tests.house import House, Rule, imports, shape

ROOT = Path(__file__).parents[1]

HEAVY = (
    "chromadb cv2 numba onnxruntime openai openvino pandas plotly pypdf pypdfium2 rapidocr scipy "
    "sentence_transformers sklearn torch umap"
)

Tree = dict[str, str]

TYPES_ONLY = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "

BROKEN: dict[Rule, tuple[Tree, ...]] = {
    house.no_relative_imports: (
        {"explorer/words/terms.py": "from . import stems\n"},
        {"ui/hits.py": "def f():\n    from .state import library\n"},
    ),
    house.the_engine_knows_no_page: (
        {"explorer/words/terms.py": "def f():\n    import streamlit\n"},
        {"explorer/words/terms.py": f"{TYPES_ONLY}from ui import state\n"},
    ),
    house.nobody_knows_a_page: ({"ui/hits.py": "from pages import search\n"},),
    house.imports_point_down: (
        {"explorer/search/query.py": "from explorer.chat import answers\n"},
        {
            "explorer/search/query.py": "from explorer import Library\n",
            "explorer/__init__.py": '_HOMES = {"explorer.library": ("Library",)}\n',
        },
        {"explorer/search/query.py": "import importlib\nL = importlib.import_module('explorer.library')\n"},
        {"explorer/newcomer/__init__.py": "X = 1\n"},
    ),
    house.parts_do_not_know_each_other: (
        {"explorer/readers/format.py": f"{TYPES_ONLY}from explorer.catalog import Catalog\n"},
        {"explorer/chunking/units.py": "import explorer.readers.reading\n"},
    ),
    house.every_floor_is_inhabited: ({"explorer/words/terms.py": ""},),
    house.no_modules_in_a_circle: (
        {
            "explorer/words/terms.py": "from explorer.words import stems\n",
            "explorer/words/stems.py": "def f():\n    from explorer.words import terms\n",
        },
    ),
    house.reader_families_form_no_circle: (
        {
            "explorer/readers/pdf/reader.py": "from explorer.readers.ocr import engine\n",
            "explorer/readers/ocr/engine.py": f"{TYPES_ONLY}from explorer.readers.pdf.page import Page\n",
        },
    ),
    house.only_the_table_names_readers: tuple(
        {
            "explorer/readers/known_formats.py": 'FORMATS = [module("markup.html")]\n',
            "explorer/readers/markup/html.py": "",
            "explorer/readers/office/docx.py": source,
        }
        for source in (
            "from explorer.readers.markup.html import read\n",
            "from explorer.readers.markup import html as web\nweb.read(1)\n",
            'READERS = ["explorer.readers.markup.html"]\n',
            'READERS = ["markup.html"]\n',
        )
    ),
    house.pages_see_public_names_only: tuple(
        {
            "ui/hits.py": source,
            "explorer/__init__.py": '__all__ = ["Library"]\n',
            "explorer/models.py": "",
            "explorer/search/__init__.py": '__all__ = ["near_duplicates"]\n',
            "explorer/search/ranking.py": "",
        }
        for source in (
            "from explorer.search import ranking\n",
            "from explorer.search.ranking import total\n",
            "from explorer import models\n",
            "from explorer import search\nsearch._secret\n",
            "import explorer\n",
            "import explorer.search.ranking\n",
            "from explorer import Library\n\ndef f(library: Library):\n    return library._catalog\n",
        )
    ),
    house.one_module_parses_xml: tuple(
        {"explorer/readers/markup/xml.py": source}
        for source in (
            "def f():\n    from lxml import etree\n",
            "import lxml.html\n",
            "from xml.dom import minidom\n",
            "import xml.etree.ElementTree as ET\n",
            "from html.parser import HTMLParser\n",
        )
    ),
    house.one_module_starts_processes: tuple(
        {"explorer/maps/process.py": source}
        for source in (
            "import subprocess\nsubprocess.Popen(['x'])\n",
            "from subprocess import Popen\nPopen(['x'])\n",
            "import subprocess\nsubprocess.run(['x'])\n",
            "import os\nos.execv('x', [])\n",
        )
    ),
    house.loose_files_are_the_named_ones: ({"explorer/helpers.py": ""},),
    house.folders_stay_small: ({f"explorer/search/part_{n}.py": "" for n in range(shape.MOST_MODULES + 1)},),
    house.files_stay_small: (
        {"pages/search.py": "x = 1\n" * (shape.PAGE_LINES + 1)},
        {"explorer/words/terms.py": "x = 1\n" * (shape.LINES + 1)},
    ),
    house.functions_stay_small: (
        {"explorer/words/terms.py": "def f():\n" + "    x = 1\n" * shape.FUNCTION_LINES},
    ),
    house.classes_stay_small: (
        {"explorer/words/terms.py": "class A:\n" + "    x = 1\n" * shape.CLASS_LINES},
    ),
    house.a_method_of_library_is_one_call: tuple(
        {"explorer/library.py": f"class Library:\n    def f(self, a):\n{body}"}
        for body in (
            "        for one in self.all():\n            yield one\n",
            "        return [one for one in self.all() if one.is_new]\n",
            "        if a:\n" + "            self.x = a\n" * shape.METHOD_STATEMENTS,
            "        try:\n            return self.x\n        finally:\n            self.close()\n",
        )
    ),
    house.public_classes_have_their_own_names: (
        {"explorer/words/terms.py": "class Word: ...\n", "ui/words.py": "class Word: ...\n"},
    ),
    house.no_constant_goes_unread: (
        {"explorer/words/terms.py": "LONGEST = 3\n"},
        {
            "explorer/words/terms.py": "_LONGEST = 3\n",
            "explorer/words/stems.py": "_LONGEST = 3\n\ndef f():\n    return _LONGEST\n",
        },
    ),
    house.every_module_is_named_by_a_test: (
        {
            "explorer/words/terms.py": "",
            "explorer/words/stems.py": "",
            "tests/words/test_terms.py": 'def test_a():\n    """Of explorer.words.stems."""\n',
        },
    ),
    house.nothing_is_left_for_later: (
        {"explorer/words/terms.py": "# TO" + "DO: later\n"},
        {"ui/hits.py": "def f():\n    raise NotImplementedError\n"},
    ),
    house.no_error_is_swallowed: tuple(
        {"explorer/words/terms.py": source}
        for source in (
            "try:\n    pass\nexcept Exception:\n    pass\n",
            "try:\n    pass\nexcept:\n    x = 1\n",
            "try:\n    pass\nexcept (OSError, Exception) as error:\n    str(error)\n",
            "from contextlib import suppress\nwith suppress(Exception):\n    pass\n",
        )
    ),
}
"""For each rule small trees that break it."""

UNITS = sorted(imports.FLOOR_OF)
SOUND: Tree = {
    **{f"explorer/{unit}.py": "" for unit in UNITS if unit in shape.LOOSE},
    **{f"explorer/{unit}/__init__.py": "" for unit in UNITS if unit not in shape.LOOSE},
    "explorer/__init__.py": (
        '_HOMES = {"explorer.library": ("Library",)}\n__all__ = ["Library"]\n\ndef f():\n    return _HOMES\n'
    ),
    "explorer/library.py": (
        "class Library:\n    def f(self, a):\n        if a < 0:\n            raise ValueError\n"
        "        return self.wing.f(a)\n"
    ),
    "explorer/words/terms.py": "LONGEST = 3\n\n\ndef terms(text):\n    return text[:LONGEST]\n",
    "explorer/libraries.py": '__all__ = ["known"]\n\n\ndef known(): ...\n',
    "ui/hits.py": (
        "from explorer import Library, libraries\nfrom explorer.types import Hit\n"
        "class A:\n    def f(self):\n        return self._x\n"
    ),
    "tests/test_all.py": "".join(f"import explorer.{unit}\n" for unit in UNITS if unit in shape.LOOSE)
    + "import explorer.words.terms, ui.hits\n",
}
"""A small tree that breaks none."""
CASES = [(rule, tree) for rule, trees in BROKEN.items() for tree in trees]


def build(root: Path, tree: Tree) -> House:
    for name, source in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return House(root)


@pytest.fixture(scope="module")
def here() -> House:
    """This checkout, whose modules are read and parsed once for all rules."""
    return House(ROOT)


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_it_holds_here(rule: Rule, here: House) -> None:
    assert list(rule(here)) == []


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_it_lets_a_sound_tree_be(rule: Rule, tmp_path: Path) -> None:
    assert list(rule(build(tmp_path, SOUND))) == []


@pytest.mark.parametrize(("rule", "tree"), CASES, ids=[rule.__name__ for rule, _ in CASES])
def test_it_notices_what_breaks_it(rule: Rule, tree: Tree, tmp_path: Path) -> None:
    assert list(rule(build(tmp_path, tree)))


def test_every_rule_is_held() -> None:
    modules = (house.imports, house.shape, house.names, house.errors)
    rules = {value for module in modules for value in vars(module).values() if _is_rule(value)}
    assert rules == set(house.RULES) == set(BROKEN)


def _is_rule(value: object) -> bool:
    annotations = getattr(value, "__annotations__", {})
    return annotations == {"house": "House", "return": "Iterator[str]"}


@pytest.mark.parametrize(
    "module",
    ["explorer", "explorer.library", "explorer.worker.__main__", "explorer.__main__", "explorer.search"],
)
def test_importing_costs_nothing(module: str) -> None:
    code = f"import sys, {module}; print(*set({HEAVY.split()}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
