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
    # A new key after a change elsewhere, so that fields show what holds and not what was typed before.
    held = tuple(getattr(library.settings, field.name) for field in fields)
    with st.form(f"{name}_form", border=False):
        typed = {field.name: _input(library, field, f"{field.name}_{hash(held)}") for field in fields}
        with st.container(horizontal=True):
            sent = st.form_submit_button("Save", type="primary", key=f"{name}_save")
            own = [field.name for field in fields if library.setting_source(field.name) == "page"]
            reset = bool(own) and st.form_submit_button("Use the defaults", key=f"{name}_reset")
    with errors.shown():
        if reset:
            library.change_settings(**dict.fromkeys(own))
            st.rerun()
        if sent:
            try:
                _save(library, typed)
            except SettingError as error:
                raise SettingError(_as_called(str(error), fields)) from None


def _as_called(said: str, fields: Sequence[Field]) -> str:
    """What is said of a setting, by the name that it has on the page."""
    labels = {field.name: f"“{field.label}”" for field in fields}
    return _SETTING.sub(lambda found: labels.get(found[1], found[0]), said)


def _save(library: Library, typed: dict[str, Any]) -> None:
    """Stores the values that were changed; a field that was emptied goes back to its default."""
    changed = {}
    for name, value in typed.items():
        if isinstance(value, str):
            value = value.strip() or None  # noqa: PLW2901
        if library.setting_source(name) != "environment" and value != getattr(library.settings, name):
            changed[name] = value
    if changed:
        library.change_settings(**changed)
        st.rerun()


def _input(library: Library, field: Field, key: str) -> Any:
    """Draws the widget for one setting, and the line on where its value comes from; returns what is typed."""
    spec = Settings.model_fields[field.name]
    value = getattr(library.settings, field.name)
    is_fixed = library.setting_source(field.name) == "environment"
    help_ = plain(spec.description or "")
    if spec.annotation is bool:
        typed: Any = st.checkbox(field.label, value=bool(value), key=key, disabled=is_fixed, help=help_)
    elif get_origin(spec.annotation) is Literal:
        kinds = get_args(spec.annotation)
        typed = st.selectbox(
            field.label, kinds, kinds.index(value), key=key, disabled=is_fixed, help=help_, width=320
        )
    elif spec.annotation in (int, float):
        low, high = _bounds(spec.metadata)
        typed = st.number_input(
            field.label, int(low), int(high), int(value), key=key, disabled=is_fixed, help=help_, width=320
        )
    else:
        typed = st.text_input(
            field.label, value or "", key=key, disabled=is_fixed, help=help_, autocomplete="off"
        )
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
