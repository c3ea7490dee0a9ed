"""Limits are settings: what holds when nobody says otherwise is said once, and messages name what to set."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from explorer import settings
from explorer.readers import limits
from explorer.readers.limits import Limits

OUR_OWN = {"render_seconds", "headings", "pixels"}
"""What bounds our work and not what a file may be: no settings."""


def test_every_limit_is_a_setting_or_our_own() -> None:
    assert {field.name for field in fields(Limits)} == set(limits.SETTING_OF) | OUR_OWN
    assert not OUR_OWN & set(limits.SETTING_OF)
    assert set(limits.SETTING_OF.values()) <= set(settings.Settings.model_fields)


def test_a_changed_default_of_a_setting_is_that_of_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.from_settings(settings.Settings()) == Limits()
    monkeypatch.setattr(settings.Settings.model_fields["max_cells"], "default", 12_345)
    assert Limits().cells == 12_345


def test_what_is_set_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_CELLS", "77")
    monkeypatch.setenv("EXPLORER_OCR", "false")
    monkeypatch.setenv("EXPLORER_OCR_MODELS", "/models")
    found = limits.from_settings(settings.resolve({"max_pages": 5}))
    assert (found.cells, found.ocr, found.pages, found.depth) == (77, False, 5, Limits().depth)
    assert found.ocr_models == str(Path("/models").absolute()) and Limits().ocr_models is None


@pytest.mark.parametrize("limit", sorted(set(limits.SETTING_OF) - {"ocr", "ocr_models"}))
def test_the_variable_that_a_message_names_sets_the_limit(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    more = getattr(Limits(), limit) + 1
    monkeypatch.setenv(limits.variable(limit), str(more))
    assert getattr(limits.from_settings(settings.resolve()), limit) == more


def test_a_child_knows_its_limits_without_loading_settings() -> None:
    told = f"limits.Limits(**{asdict(Limits())!r})"
    script = f"import sys; import explorer.readers.__main__; from explorer.readers import limits; {told}; "
    done = subprocess.run(
        [sys.executable, "-c", f"{script}print('pydantic' in sys.modules, limits.variable('cells'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "EXPLORER_MAX_CELLS"]
