"""Every file in pages/ opens, empty and filled, and is in the navigation."""

from __future__ import annotations

import ast

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.pages.conftest import ROOT, open_page

PAGES = sorted((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_opens_on_an_empty_library(page, app: AppTest, empty: Library) -> None:
    open_page(app, page.stem)
    assert not app.error
    assert app.title[0].value == page.stem.capitalize()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_opens_on_a_filled_library(page, app: AppTest, library: Library) -> None:
    open_page(app, page.stem)
    assert not app.error


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_is_thin(page) -> None:
    source = page.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 200
    assert f"pages/{page.name}" in (ROOT / "app.py").read_text(encoding="utf-8")


def test_markup_is_only_ever_a_literal() -> None:
    """`unsafe_allow_html` and `st.html` take nothing that could come from a document."""
    for path in [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            unsafe = any(
                word.arg in ("unsafe_allow_html", "unsafe_allow_javascript") for word in node.keywords
            )
            if unsafe or name == "html":
                allowed = (ast.Constant, ast.BinOp) if name == "html" else (ast.Constant,)
                assert isinstance(node.args[0], allowed), f"{path.name}:{node.lineno}"
                assert all(isinstance(leaf, ast.Constant | ast.Name | ast.Div | ast.Load | ast.BinOp)
                           for leaf in ast.walk(node.args[0])), f"{path.name}:{node.lineno}"  # fmt: skip
