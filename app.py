"""The app: a table of pages. `streamlit run app.py` serves it; `python start.py` installs it first.

The server imports this file for `app`, then runs it as a script for every page that is shown.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from ui import errors
from ui.frame import frame, guard
from ui.map import plotly_file

PAGES = (
    ("pages/documents.py", "Documents", ":material/folder_open:"),
    ("pages/search.py", "Search", ":material/search:"),
    ("pages/chat.py", "Chat", ":material/forum:"),
    ("pages/map.py", "Map", ":material/scatter_plot:"),
    ("pages/words.py", "Words", ":material/dictionary:"),
    ("pages/settings.py", "Settings", ":material/settings:"),
)

ALONE = "pages/document.py"
"""Is in no menu: it opens in a window of its own."""

START = "start"
"""The path that Streamlit keeps for the first page, which stands at "/": else it would keep the one below."""


def typed() -> None:
    """The first page at the path that people type, which is called like the page."""
    from ui.documents import page

    page.show()


if __name__ == "__main__":
    (first, named, sign), *others = PAGES
    start = st.Page(first, title=named, url_path=START, default=True)
    frame.show(
        [(start, sign), *((st.Page(path, title=title), icon) for path, title, icon in others)],
        st.Page(ALONE, title="Document"),
        st.Page(typed, title=named, url_path=named.lower()),
    )
else:
    app = st.App(
        __file__,
        routes=[plotly_file.route(), frame.icon_route()],
        middleware=[Middleware(guard.Guard)],
        lifespan=frame.lifespan,
        on_script_error=errors.show,
    )
