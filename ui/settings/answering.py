"""Which language model answers: places where servers usually are, and what a server has to offer."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer import Library
from explorer.errors import ExplorerError
from ui import errors
from ui.wording import count

PLACES = (
    ("Ollama", "http://127.0.0.1:11434/v1"),
    ("llama.cpp", "http://127.0.0.1:8080/v1"),
    ("LM Studio", "http://127.0.0.1:1234/v1"),
    ("vLLM", "http://127.0.0.1:8000/v1"),
    ("OpenAI", "https://api.openai.com/v1"),
)
"""Names of servers, and the addresses that they have unless told otherwise."""
_LISTED = "chat_listed"
"""Session: an address, and the models that its server listed when it was asked last (tuple)."""
_FAILED = "chat_not_listed"


def presets(library: Library) -> None:
    """Draws a button for each of the PLACES; it sets the address, and asks nobody."""
    if library.setting_source("chat_url") == "environment":
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chat_presets"):
        st.caption("Usual addresses:", width="content")
        for name, address in PLACES:
            st.button(
                name,
                key=f"preset-{name}",
                type="tertiary",
                help=address,
                on_click=partial(_set, library, chat_url=address),
            )


def picker(library: Library) -> None:
    """Draws the button that asks the server for its list of models, and the list once it came."""
    address = library.settings.chat_url
    if not address or library.setting_source("chat_model") == "environment":
        return
    st.button(
        "List its models", key="chat_list", icon=":material/list:", on_click=partial(_list, library, address)
    )
    failed = st.session_state.pop(_FAILED, None)
    if failed is not None:
        errors.show(failed)
    listed: tuple[str | None, list[str]] = st.session_state.get(_LISTED) or (None, [])
    listed_at, names = listed
    if listed_at != address:
        return
    if not names:
        st.caption("This server has no list of models: type the model's name above.")
        return
    now = library.settings.chat_model
    st.selectbox(
        f"{count(len(names), 'model')} on this server",
        names,
        index=names.index(now) if now in names else None,
        placeholder="Choose one",
        key="chat_pick",
        on_change=partial(_picked, library),
    )


def _list(library: Library, address: str) -> None:
    """Asks the server, because the button was pressed."""
    try:
        st.session_state[_LISTED] = (address, library.models.listed_chat_models())
    except ExplorerError as error:
        st.session_state[_FAILED] = error


def _picked(library: Library) -> None:
    chosen = st.session_state.get("chat_pick")
    if chosen:
        _set(library, chat_model=chosen)


def _set(library: Library, **values: str) -> None:
    try:
        library.change_settings(**values)
    except ExplorerError as error:
        st.session_state[_FAILED] = error
