"""What was typed on the Settings page and is not saved yet: it waits in the session, also while another tab
or page is shown. Nothing of it is stored, and no key of a server is among it.

The fields stand outside of forms. Streamlit tells of a form's fields only once the form is sent, and only the
open tab is drawn: what was typed in a form is gone as soon as another tab is opened.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_DRAFTS = "settings_drafts"
"""Session: the draft of each section (dict)."""


@dataclass(slots=True)
class Draft:
    """What was typed into the fields of a section, since `held` is what the library holds for them."""

    held: Hashable
    # A name that no field had before, so that none shows what was typed into an earlier one.
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    typed: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str, held: Any) -> dict[str, Any]:
        """Arguments for a widget's `value`, `key` and `on_change`, so that it shows what was typed, else what
        is held."""
        key = f"{name}_{self.token}"
        return {"value": self.typed.get(name, held), "key": key, "on_change": partial(self._take, name, key)}

    def choice(self, name: str, held: Any, options: list[Any]) -> dict[str, Any]:
        """The same for a select box of these options, which shows the first where none of them is held."""
        arguments = self.of(name, held)
        value = arguments.pop("value")
        return {**arguments, "options": options, "index": options.index(value) if value in options else 0}

    # Called by Streamlit before a run, so that a click on another tab does not come before what was typed.
    def _take(self, name: str, key: str) -> None:
        self.typed[name] = st.session_state[key]


def draft(section: str, held: Hashable) -> Draft:
    """The draft of a section; an empty one where what is held changed since, here or elsewhere."""
    drafts: dict[str, Draft] = st.session_state.setdefault(_DRAFTS, {})
    if section not in drafts or drafts[section].held != held:
        drafts[section] = Draft(held)
    return drafts[section]


def drop(section: str) -> None:
    """Forgets what was typed in a section: its fields show what is held."""
    st.session_state.get(_DRAFTS, {}).pop(section, None)


def fields(section: str) -> DeltaGenerator:
    """A container for the fields of a section and what saves them."""
    return st.container(key=f"unsaved_{section}")


def differing(typed: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed that differs from what is held; None for a text that was emptied."""
    wanted = {
        name: (value.strip() or None) if isinstance(value, str) else value for name, value in typed.items()
    }
    return {name: value for name, value in wanted.items() if value != held[name]}


def buttons(
    section: str, draft: Draft, changed: Mapping[str, Any], *, has_defaults: bool = False
) -> tuple[bool, bool]:
    """Draws the button that saves, one for the defaults if there are any to go back to, and whether something
    that was typed waits to be saved; returns whether each of the buttons was pressed.

    Save is never dimmed: it is often pressed while the last field still has the keyboard, and only that press
    brings what was typed there.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        sent = st.button("Save", type="primary", key=f"{section}_save")
        reset = has_defaults and st.button("Use the defaults", key=f"{section}_reset")
        if draft.typed.keys() & changed.keys():
            st.caption("Not saved yet", width="content")
    return sent, reset
