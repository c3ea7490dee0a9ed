"""The section Privacy of the Settings page: every address that is talked to, and what went there."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.settings import variable
from explorer.upkeep import OutgoingAddress
from ui import errors
from ui.wording import count, exact, plain, size

_URLS = {"Language model": "chat_url", "Vector store": "store_url"}


def section(library: Library) -> None:
    """Draws the addresses as they are set up now, and those of earlier that got something."""
    st.header("Privacy", anchor=False)
    st.caption("Every address that this program talks to, as it is set up now, and what was sent there.")
    with errors.shown():
        found = library.upkeep.addresses()
        if not any(one.origin and not one.is_this_machine for one in found):
            where = "None outside this machine" if found else "None"
            st.markdown(f"**{where}:** nothing leaves this machine.")
        for one in found:
            _address(one)


def _address(one: OutgoingAddress) -> None:
    with st.container(border=True, gap="small"):
        here = " · on this machine" if one.is_this_machine else ""
        st.markdown(f"**{one.purpose}**{here}")
        st.code(one.address, language=None, wrap_lines=True)
        st.markdown(f"{_since(one)} It gets: {one.gets[0].lower()}{one.gets[1:]}")
        if one.proxy:
            st.markdown(f"By way of the proxy {plain(one.proxy)}, which the environment names.")
        st.caption(_sent(one))


def _since(one: OutgoingAddress) -> str:
    """Since when it is set up, and where, in words."""
    if one.origin is None:
        return "No longer in use."
    where = {
        "environment": f"by {variable(_URLS.get(one.purpose, 'embed_url'))}",
        "page": "on this page",
        "index": "by the index, until all documents are redone",
    }[one.origin]
    since = f", known since {exact(one.since)}" if one.since else ""
    return f"Set up {plain(where)}{since}."


def _sent(one: OutgoingAddress) -> str:
    if one.first is None or one.last is None:
        return "Nothing was sent there yet."
    return (
        f"{count(one.requests, 'request')}, {size(one.octets)}; "
        f"the first {exact(one.first)}, the last {exact(one.last)}"
    )
