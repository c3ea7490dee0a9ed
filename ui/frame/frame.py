"""What stands around every page: the library's menu, the navigation, and one line while there is work."""

from __future__ import annotations

import asyncio
import threading
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.responses import FileResponse
from starlette.routing import Route
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from explorer import libraries
from explorer.errors import CatalogLost, ExplorerError
from ui import address, announce, dialogs, errors, state
from ui.frame import library_menu, recovery
from ui.wording import count, figure, time_left

if TYPE_CHECKING:
    from starlette.requests import Request
    from streamlit.navigation.page import Page

    from explorer.types import Activity

REFRESH_SECONDS = 1.0
PAUSE_SECONDS = 30
"""How often screen readers are told how far the files are."""
WAS_BUSY = "frame_was_busy"
"""Session: whether files were being added when the page was drawn last."""
NAME = "Document Explorer"
SIDEBAR = 232
"""Pixels: at this width, text and viewer have room side by side in a window of 1280."""
ASSETS = Path(__file__).parents[1] / "assets"
ICON = ASSETS / "icon.svg"
"""Served in place of Streamlit's icon. Given to `set_page_config`, it would make the first page wait for an
import of numpy and Pillow."""


def show(pages: Sequence[tuple[Page, str]], alone: Page, typed: Page) -> None:
    """Runs the page that the address names, inside the frame: one of the menu, or the one `alone`.

    The first page of the menu has no path, which is what Streamlit makes of it: `typed` is the same one at
    the path that people type. Each page comes with its icon for the menu. Were the icon given to `st.Page`,
    Streamlit would use it for the browser's tab too, and have it fetched from a font server.
    """
    st.set_page_config(page_title=NAME, layout="wide", initial_sidebar_state=SIDEBAR)
    st.html(ASSETS / "frame.css")
    page = st.navigation([*(page for page, _ in pages), alone, typed], position="hidden")
    address.enter(page.url_path)
    if page.url_path == typed.url_path:
        pages = [(typed, pages[0][1]), *pages[1:]]  # the entry of the menu that is marked
    library = None
    with errors.shown():
        try:
            library = state.library()
        except CatalogLost as error:
            recovery.offer(error)
    if library is None:
        library_menu.show_others()
        return
    with errors.shown():
        with st.sidebar:
            chosen = library_menu.show(library)
            for entry, icon in pages:
                st.page_link(entry, icon=icon, width="stretch")
            activity = library.activity()
            if activity.is_busy:
                activity_line(pages[0][0])
        announce.show("over", "" if activity.is_busy else over(activity))
        library_menu.act(chosen, library)
        with errors.shown():
            page.run()
        with errors.shown():
            dialogs.show()
        state.warm()


@st.fragment(run_every=REFRESH_SECONDS)
def activity_line(documents_page: Page) -> None:
    """Draws "Adding 7 of 12 · 3 min left", a link to the documents. The page runs again when all is done."""
    activity = state.library().activity()
    if not activity.is_busy:
        st.rerun()
    st.session_state[WAS_BUSY] = True
    verb = "Redoing" if any(job.kind == "redo" for job in activity.current) else "Adding"
    line = f"{verb} {figure(min(activity.done + 1, activity.total))} of {figure(activity.total)}"
    if activity.seconds_left is not None:
        line += f" · {time_left(activity.seconds_left)}"
    with st.container(key="activity"):
        st.page_link(documents_page, label=line, width="stretch")
    announce.show("activity", line, PAUSE_SECONDS)


def over(activity: Activity) -> str:
    """What became of the files that this session saw being added, in words; empty if it saw none."""
    if not st.session_state.get(WAS_BUSY):
        return ""
    text = f"{count(activity.searchable, 'file')} ready."
    return f"{text} {count(activity.failed, 'file')} failed." if activity.failed else text


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Says at the server's start where the library is and opens the browser; at its end closes libraries."""
    try:
        place = f"Your documents are kept in {libraries.default_folder()}"
    except ExplorerError as error:
        place = str(error)  # the page says it too
    print(f"  {place}", flush=True)  # noqa: T201
    # Until the first session calls st.navigation, Streamlit takes pages/ for its older kind of pages: the
    # first address opened after a start (a link to a passage, say) would show its page without the frame.
    PagesManager.uses_pages_directory = False
    threading.Thread(target=_prepare, name="prepare", daemon=True).start()
    if not config.get_option("server.headless"):
        asyncio.get_running_loop().call_later(0.5, _open_browser)
    try:
        yield
    finally:
        state.close_all()


def icon_route() -> Route:
    """What the server answers where the page looks for its icon."""
    return Route("/favicon.png", _icon, methods=["GET"])


async def _icon(_request: Request) -> FileResponse:
    return FileResponse(ICON, media_type="image/svg+xml")


def _prepare() -> None:
    """Opens the library that the first page needs, while the browser is still on its way.

    The worker is not started here: that would keep the browser waiting for half a second, and it is there in
    time when it is started after the first page.
    """
    with suppress(ExplorerError):  # the page says it
        state.opened(libraries.default_folder())


def _open_browser() -> None:
    address = f"http://{config.get_option('browser.serverAddress')}:{config.get_option('server.port')}"
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
