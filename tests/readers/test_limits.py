"""Limits are settings: one place makes them, and both agree on what holds when nobody says otherwise."""

from __future__ import annotations

from dataclasses import fields

import pytest

from explorer import settings
from explorer.readers import limits
from explorer.readers.limits import Limits

OUR_OWN = {"render_seconds", "headings", "pixels"}
"""What bounds our work and not what a file may be: no settings."""


def test_every_limit_is_a_setting_or_our_own() -> None:
    assert {field.name for field in fields(Limits)} == set(limits.FROM) | OUR_OWN
    assert not OUR_OWN & set(limits.FROM)
    assert set(limits.FROM.values()) <= set(settings.Settings.model_fields)


def test_settings_and_limits_have_the_same_defaults() -> None:
    assert limits.from_settings(settings.Settings()) == Limits()


def test_what_is_set_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_CELLS", "77")
    monkeypatch.setenv("EXPLORER_OCR", "false")
    found = limits.from_settings(settings.resolve({"max_pages": 5}))
    assert (found.cells, found.ocr, found.pages, found.depth) == (77, False, 5, Limits().depth)
