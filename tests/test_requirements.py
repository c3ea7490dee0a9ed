"""The pins: exact, at or above the versions that mend known holes, and the ones that are installed."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

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


def pins(name: str) -> dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    requirements = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    return {requirement.name: requirement for requirement in requirements}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_every_pin_is_exact_and_installed(name: str) -> None:
    for package, requirement in pins(name).items():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), f"{package} is not pinned exactly"
        assert version(package).split("+")[0] == str(requirement.specifier)[2:]


def test_no_pin_is_below_its_floor() -> None:
    pinned = pins("requirements.txt")
    for package, floor in FLOORS.items():
        assert Version(str(pinned[package].specifier)[2:]) >= Version(floor)


def test_torch_is_pinned_before_what_depends_on_it() -> None:
    assert next(iter(pins("requirements.txt"))) == "torch"
