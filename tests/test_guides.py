"""CONTRIBUTING.md and the glossary: every file, folder and table that they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_community_files import anchors

ROOT = Path(__file__).parents[1]
GUIDES = ("CONTRIBUTING.md", "docs/glossary.md")
FOLDERS = r"(?:explorer|ui|pages|tests|benchmarks|docs|scripts|\.ci)/[\w./-]*"
PLACE = re.compile(rf"`({FOLDERS}|[\w-]+\.(?:py|txt|yaml))`")
EXAMPLES = {"pages/name.py", "ui/name/page.py", "tests/pages/test_name_page.py"}
"""What somebody is told to write."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GUIDES)
def test_every_place_that_is_named_exists(name: str) -> None:
    places = set(PLACE.findall(read(name))) - EXAMPLES
    assert len(places) > 20
    beside = ROOT / "explorer"  # the row of files that stand in explorer/ itself
    missing = {place for place in places if not (ROOT / place).exists() and not (beside / place).exists()}
    assert missing == set()


@pytest.mark.parametrize("name", GUIDES)
def test_links_lead_to_files_and_headings(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", read(name)) if "://" not in link]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize(
    ("table", "module"),
    [
        ("FORMATS", "explorer/readers/known_formats.py"),
        ("STORES", "explorer/stores/base.py"),
        ("EMBEDDERS", "explorer/embedding/embedders.py"),
        ("PAGES", "app.py"),
        ("PAGE_FIELDS", "explorer/settings.py"),
        ("READER", "explorer/ingestion/recipe.py"),
    ],
)
def test_the_tables_of_the_recipes_stand_where_they_are_said_to(table: str, module: str) -> None:
    assert f"`{table}`" in read("CONTRIBUTING.md")
    assert re.search(rf"^{table}\b", read(module), re.MULTILINE)


def test_every_folder_of_the_engine_and_every_command_is_in_the_guide() -> None:
    guide = read("CONTRIBUTING.md")
    wings = {f"`explorer/{path.parent.name}/`" for path in (ROOT / "explorer").glob("*/__init__.py")}
    assert [wing for wing in sorted(wings) if wing not in guide] == []
    for path in re.findall(r"-m pytest (\S+)", guide):
        assert (ROOT / path).exists(), path


def test_a_word_is_explained_once() -> None:
    words = re.findall(r"^\| ([^|]+?) \| [^|]+ \| [^|]+ \|$", read("docs/glossary.md"), re.MULTILINE)
    words = [word for word in words if word not in ("word", "---")]
    assert len(words) > 50
    assert sorted(words) == sorted(set(words))
