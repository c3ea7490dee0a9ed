"""The documentation says what the code does, both ways."""

from __future__ import annotations

import re
from pathlib import Path

import explorer
from explorer.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
HOW_IT_WORKS = (ROOT / "docs" / "how-it-works.md").read_text()
README = (ROOT / "README.md").read_text()


def test_every_setting_is_documented_as_it_is() -> None:
    rows = re.findall(r"^\| `(EXPLORER_\w+)` \| (.*?) \| (.*?) \|$", HOW_IT_WORKS, re.MULTILINE)
    documented = {name: (default, description) for name, default, description in rows}
    actual = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        shown = "in your user data folder" if field.default_factory else default
        actual[f"{PREFIX}{name.upper()}"] = (shown, field.description)
    assert documented == actual


def test_every_module_of_the_engine_has_its_place_in_the_table() -> None:
    rows = re.findall(r"^\| ((?:`\w+/?` ?)+)\|", HOW_IT_WORKS, re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`(\w+)/?`", row) if not name.startswith(PREFIX)]
    folder = ROOT / "explorer"
    modules = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/*.py")
    }
    assert sorted(set(listed) & modules) == sorted(modules - {"__init__"})
    assert len(listed) == len(set(listed))


def test_links_and_pictures_exist() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_example_uses_public_names() -> None:
    names = re.findall(r"^from explorer import (.+)$", README, re.MULTILINE)
    assert names
    for name in ", ".join(names).split(", "):
        assert name in explorer.__all__


def test_every_module_of_the_command_line_is_there() -> None:
    for module in set(re.findall(r"python -m (explorer[\w.]*)", README + HOW_IT_WORKS)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
