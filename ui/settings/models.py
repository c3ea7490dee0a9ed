"""Settings, which embedding model: those that are offered by name, and how the chosen one is read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

import streamlit as st

from explorer import Library
from explorer.embedding import ModelOptions, OfferedHere, Pooling, Precision, join_options, split_options
from explorer.errors import ModelError
from ui import errors
from ui.settings import unsaved
from ui.wording import plain

_MOST = 100_000
_OPTIONS = "model_options"
_OPENED = "model_options_opened"
"""Session: whether something was typed into the fields of how a model is read (bool)."""
_AS_IT_SAYS, _SUITS = "As the model's files say", "What suits this machine"


def offer(library: Library) -> None:
    """Draws the models that can be chosen by name; open, and multilingual ones first, where the language of
    the library asks for one."""
    if library.settings.embed_url:
        return
    is_needed = library.models.language_hint() is not None
    with st.expander("Models by name", expanded=is_needed, key="models_offered"):
        found = library.models.offered()
        for one in sorted(found, key=lambda one: is_needed and not one.model.is_multilingual):
            _row(library, one)


def _row(library: Library, one: OfferedHere) -> None:
    name = one.model.name
    is_fixed = library.setting_source("model") == "environment"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(name)}**: {plain(one.model.use)}", width="stretch")
        if library.settings.model == name:
            st.caption("In use", width="content")
        elif one.is_here and st.button("Use", key=f"model_use_{name}", disabled=is_fixed):
            with errors.shown():
                library.change_settings(model=name)
                st.rerun()
    if not one.is_here and one.command:
        st.caption(
            "It is not made yet. To make it, run:"
            if one.is_made_next
            else "It is not on this machine. To get it, stop the app and run:"
        )
        st.code(one.command, language=None, wrap_lines=True)
    elif not one.is_here:
        st.caption("Not learned yet: the page Words does that.")


def read_how(library: Library) -> None:
    """Draws what can be set of a model in a folder: how it pools, computes, is cut and prompted."""
    settings = library.settings
    try:
        base, options = split_options(settings.model)
    except ModelError:
        return  # which the line below the form says
    if settings.embed_url or library.setting_source("model") == "environment":
        return
    held = asdict(options)
    draft = unsaved.draft(_OPTIONS, (str(library.folder), settings.model))
    # Open from then on, so that what waits to be saved is seen, and nothing folds when it is.
    is_open = st.session_state[_OPENED] = bool(draft.typed) or st.session_state.get(_OPENED, False)
    with (
        st.expander("How this model is read", expanded=is_open, key=_OPTIONS),
        unsaved.fields(_OPTIONS),
    ):
        st.caption(
            "Most models say all of this in their own files. Each change makes it another model, for which "
            "the documents are redone. Word vectors and servers take none of it."
        )
        typed = _inputs(draft, held)
        changed = {name: value for name, value in typed.items() if value != held[name]}
        sent, _ = unsaved.buttons(_OPTIONS, draft, changed)
        if sent:
            with errors.shown():
                library.change_settings(model=join_options(base, ModelOptions(**{**held, **typed})))
                unsaved.drop(_OPTIONS)
                st.rerun()


def _inputs(draft: unsaved.Draft, held: dict[str, Any]) -> dict[str, Any]:
    """Draws the fields; what is typed, None where it is left to the model."""
    typed: dict[str, Any] = {}
    for name, label, left, values in (
        ("pooling", "Pooling of token vectors", _AS_IT_SAYS, get_args(Pooling)),
        ("precision", "Computes in", _SUITS, get_args(Precision)),
    ):
        shown = draft.choice(name, held[name] or left, [left, *values])
        chosen = st.selectbox(label, **shown, width=320)
        typed[name] = None if chosen == left else chosen
    for name, label, what in (
        ("dimensions", "Numbers of a vector that are kept", "Only for models made to be cut (Matryoshka)"),
        ("tokens", "Tokens that it reads", "Never more than it can"),
    ):
        shown = draft.of(name, held[name])
        typed[name] = st.number_input(label, 8, _MOST, **shown, placeholder="All", help=what, width=320)
    for name, label in (("query", "Before each question"), ("passage", "Before each passage")):
        typed[name] = st.text_input(label, **draft.of(name, held[name] or ""), autocomplete="off") or None
    return typed
