"""The shape of the code: every rule of tests/house.py holds here, and notices a tree that breaks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import house
from tests.house import House, Rule

ROOT = Path(__file__).parents[1]

HEAVY = (
    "chromadb cv2 numba onnxruntime openai openvino pandas plotly pypdf pypdfium2 rapidocr scipy "
    "sentence_transformers sklearn torch umap"
)

Tree = dict[str, str]

BROKEN: dict[Rule, Tree] = {
    house.no_relative_imports: {"explorer/words/terms.py": "from . import stems\n"},
    house.the_engine_knows_no_page: {"explorer/words/terms.py": "def f():\n    import streamlit\n"},
    house.nobody_knows_a_page: {"ui/hits.py": "from pages import search\n"},
    house.imports_point_down: {
        "explorer/search/query.py": "from explorer.chat import answers\n",
        "explorer/chat/answers.py": "",
    },
    house.parts_do_not_know_each_other: {
        "explorer/readers/format.py": (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from explorer.catalog import Catalog\n"
        ),
        "explorer/catalog/__init__.py": "class Catalog: ...\n",
    },
    house.every_floor_is_inhabited: {"explorer/words/terms.py": ""},
    house.no_modules_in_a_circle: {
        "explorer/words/terms.py": "from explorer.words import stems\n",
        "explorer/words/stems.py": "from explorer.words import terms\n",
    },
    house.reader_families_form_no_circle: {
        "explorer/readers/pdf/reader.py": "from explorer.readers.ocr import engine\n",
        "explorer/readers/ocr/engine.py": (
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from explorer.readers.pdf.page import Page\n"
        ),
        "explorer/readers/pdf/page.py": "class Page: ...\n",
    },
    house.only_the_table_names_readers: {
        "explorer/readers/known_formats.py": 'FORMATS = [module("markup.html")]\n',
        "explorer/readers/markup/html.py": "",
        "explorer/readers/office/docx.py": "from explorer.readers.markup.html import read\n",
    },
    house.loose_files_are_the_named_ones: {"explorer/helpers.py": ""},
    house.folders_stay_small: {f"explorer/search/part_{n}.py": "" for n in range(house.MOST_MODULES + 1)},
    house.files_stay_small: {"pages/search.py": "x = 1\n" * (house.MOST_LINES["pages"] + 1)},
    house.functions_stay_small: {
        "explorer/words/terms.py": "def f():\n" + "    x = 1\n" * house.FUNCTION_LINES
    },
    house.classes_stay_small: {"explorer/words/terms.py": "class A:\n" + "    x = 1\n" * house.CLASS_LINES},
    house.a_method_of_library_is_one_call: {
        "explorer/library.py": (
            "class Library:\n    def names(self):\n        for one in self.all():\n            yield one\n"
        )
    },
    house.public_classes_have_their_own_names: {
        "explorer/words/terms.py": "class Word: ...\n",
        "ui/words.py": "class Word: ...\n",
    },
    house.pages_see_public_names_only: {
        "ui/hits.py": "from explorer.search import ranking\n",
        "explorer/search/__init__.py": '__all__ = ["near_duplicates"]\n',
        "explorer/search/ranking.py": "",
    },
    house.no_constant_goes_unread: {"explorer/words/terms.py": "LONGEST = 3\n"},
    house.xml_parsers_are_made_in_one_module: {
        "explorer/readers/markup/xml.py": "from lxml import etree\nP = etree.XMLParser()\n",
        "explorer/readers/package.py": "from lxml import etree\nP = etree.iterparse('x')\n",
    },
    house.every_module_is_named_by_a_test: {
        "explorer/words/terms.py": "",
        "explorer/words/stems.py": "",
        "tests/words/test_terms.py": "from explorer.words import terms\n",
    },
    house.nothing_is_left_for_later: {"explorer/words/terms.py": "# TO" + "DO: later\n"},
    house.no_error_is_swallowed: {
        "explorer/words/terms.py": "try:\n    pass\nexcept Exception:\n    pass\n",
    },
}
"""For each rule a small tree that breaks it."""

SOUND: Tree = {
    **{f"explorer/{unit}.py": "" for unit in house.FLOOR_OF if unit in house.LOOSE},
    **{f"explorer/{unit}/__init__.py": "" for unit in house.FLOOR_OF if unit not in house.LOOSE},
    "explorer/__init__.py": '__all__ = ["Library"]\n',
    "explorer/words/terms.py": "LONGEST = 3\n\n\ndef terms(text):\n    return text[:LONGEST]\n",
    "ui/hits.py": "from explorer import Library\nfrom explorer.types import Hit\n",
    "tests/test_all.py": "".join(
        f"import explorer.{unit}\n" for unit in house.FLOOR_OF if unit in house.LOOSE
    )
    + "import explorer.words.terms, ui.hits\n",
}
"""A small tree that breaks none."""


def build(root: Path, tree: Tree) -> House:
    for name, source in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return House(root)


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_it_holds_here(rule: Rule) -> None:
    assert list(rule(House(ROOT))) == []


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_it_notices_what_breaks_it(rule: Rule, tmp_path: Path) -> None:
    assert list(rule(build(tmp_path / "broken", BROKEN[rule])))
    assert list(rule(build(tmp_path / "sound", SOUND))) == []


def test_every_rule_is_held() -> None:
    rules = {value for name, value in vars(house).items() if not name.startswith("_") and _is_rule(value)}
    assert rules == set(house.RULES) == set(BROKEN)


def _is_rule(value: object) -> bool:
    return getattr(value, "__annotations__", {}) == {"house": "House", "return": "Iterator[str]"}


@pytest.mark.parametrize(
    "module",
    ["explorer", "explorer.library", "explorer.worker.__main__", "explorer.__main__", "explorer.search"],
)
def test_importing_costs_nothing(module: str) -> None:
    code = f"import sys, {module}; print(*set({HEAVY.split()}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
