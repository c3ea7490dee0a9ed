"""What all tests share: a home and an environment of their own, and the real data beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings as properties

from explorer import extras, settings

# How long an example takes tells how busy the machine is, and nothing of what it shows.
properties.register_profile("here", deadline=None)
properties.load_profile("here")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def _apart_from_the_person(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the library, the settings or the keys of whoever runs it."""
    home = tmp_path_factory.getbasetemp() / "home"
    for name in [name for name in os.environ if name.startswith("EXPLORER_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setattr(settings, "ENV_FILE", home / "no.env")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what needs an extra that is not installed; fails it where REQUIRE_EXTRAS names the extra.

    No fixture, since those of a module would be made before it.
    """
    for mark in item.iter_markers("extras"):
        (name,) = mark.args
        if not extras.EXTRAS[name].is_installed:
            say = pytest.fail if name in os.environ.get("REQUIRE_EXTRAS", "").split(",") else pytest.skip
            say(f"the extra {name} is not installed. Run: {extras.command(name)} test")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names bytes by their parameter: those of an archive hold the time at which it was made, and all
    processes that share a run have to know each test by the same name."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real documents and relevance judgements that stand beside the checkout and are no part of it."""
    if not SHARED.is_dir():
        pytest.skip(f"the real documents are not on this machine: {SHARED} is missing")
    return SHARED
