"""A form of the Settings page: fields, each with a line that says where its value comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import streamlit as st

from explorer import Library
from explorer.errors import SettingError
from explorer.settings import Settings, variable
from ui import errors
from ui.settings import unsaved
from ui.wording import plain

_SETTING = re.compile(r"The setting (\w+)")

OPEN_TAB = "settings_tab"
"""Session: the tab that was open last, for when the page is shown again."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting on the page: its name in `Settings`, and what people call it."""

    name: str
    label: str


def draw(library: Library, name: str, fields: Sequence[Field]) -> None:
    """Draws the fields of a section, a button to save them, and one for the defaults where some differ."""
    held = {field.name: getattr(library.settings, field.name) for field in fields}
    draft = unsaved.draft(name, (str(library.folder), *held.values()))
    with unsaved.fields(name):
        typed = {field.name: _input(library, field, draft) for field in fields}
        changed = unsaved.differing(
            {name: value for name, value in typed.items() if library.setting_source(name) != "environment"},
            held,
        )
        own = [field.name for field in fields if library.setting_source(field.name) == "page"]
        sent, reset = unsaved.buttons(name, draft, changed, has_defaults=bool(own))
    with errors.shown():
        if reset:
            _keep(library, name, dict.fromkeys(own))
        if sent:
            try:
                _keep(library, name, changed)
            except SettingError as error:
                raise SettingError(_as_called(str(error), fields)) from None


def _as_called(said: str, fields: Sequence[Field]) -> str:
    """What is said of a setting, by the name that it has on the page."""
    labels = {field.name: f"“{field.label}”" for field in fields}
    return _SETTING.sub(lambda found: labels.get(found[1], found[0]), said)


def _keep(library: Library, section: str, values: dict[str, Any]) -> None:
    """Stores values of a section, None for a default, and draws the page anew."""
    if values:
        library.change_settings(**values)
    unsaved.drop(section)
    st.rerun()


def _input(library: Library, field: Field, draft: unsaved.Draft) -> Any:
    """Draws the widget for one setting, and the line on where its value comes from; returns what is typed."""
    spec = Settings.model_fields[field.name]
    value = getattr(library.settings, field.name)
    shown: dict[str, Any] = {
        "disabled": library.setting_source(field.name) == "environment",
        "help": plain(spec.description or ""),
    }
    if spec.annotation is bool:
        typed: Any = st.checkbox(field.label, **draft.of(field.name, bool(value)), **shown)
    elif get_origin(spec.annotation) is Literal:
        kinds = list(get_args(spec.annotation))
        typed = st.selectbox(field.label, **draft.choice(field.name, value, kinds), **shown, width=320)
    elif spec.annotation in (int, float):
        low, high = _bounds(spec.metadata)
        typed = st.number_input(
            field.label, int(low), int(high), **draft.of(field.name, int(value)), **shown, width=320
        )
    else:
        typed = st.text_input(field.label, **draft.of(field.name, value or ""), **shown, autocomplete="off")
    st.caption(origin(library, field.name))
    return typed


def _bounds(metadata: Sequence[Any]) -> tuple[float, float]:
    """The least and the greatest value that a setting allows. Only whole numbers are shown, so `> 0` is 1."""
    low = next((rule.ge for rule in metadata if getattr(rule, "ge", None) is not None), 1)
    return low, next(rule.le for rule in metadata if getattr(rule, "le", None) is not None)


def origin(library: Library, name: str) -> str:
    """Where a value comes from, in words."""
    source = library.setting_source(name)
    if source == "environment":
        return f"Set by {plain(variable(name))}; change it there."
    default = Settings.model_fields[name].get_default(call_default_factory=True)
    if isinstance(default, bool):
        default = "on" if default else "off"
    usual = f"The default is {plain(str(default))}." if default is not None else ""
    if source == "page":
        return f"Set here. {usual}".rstrip()
    # Not "this is the default": the line stands still while the field above it is being changed.
    return usual or "Empty by default."
