"""The Chat page: the list of conversations, the one that is open, the question field."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import ExplorerError
from ui import address, empty, errors, scope, state, viewer
from ui.chat import export, talk
from ui.wording import figure, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from explorer import Library
    from explorer.types import Conversation, Message, QuestionReading, Scope

OPEN = "conversation"
"""Session, and parameter of the address: the id of the open conversation."""
FIELD = "question-field"
ASKED = "chat_asked"
"""Session: the id of the message that was asked here last."""
FAILED = "chat_failed"
"""Session: a question whose answer could not be begun, and the error (tuple)."""
SHOW_ALL = "conversations_all"
POLL_SECONDS = 0.4
"""How often a growing answer is read again."""
LISTED = 30
"""Conversations in the list; the others are shown when asked for."""
EXAMPLES = 3
_HEADINGS = 200
_LOOKED_AT = 20
"""Documents whose headings are read for the example questions."""
TITLE_CHARACTERS = 60
"""Characters of a conversation's title in the list."""
SAVED_AS = (("md", "Markdown", export.as_markdown), ("html", "a web page", export.as_page))
"""Ending, name and maker of the files that a conversation can be saved as."""
NAMED_CHARACTERS = 60
"""Characters of a title or heading within an example question."""
NO_MODEL = "No language model is connected: answers are your documents' own figures and sentences."
PURPOSE = "Here you ask questions; the answers come from your documents, and each source opens at its page."


def show() -> None:
    """Draws the page, all but the question field."""
    library = state.library()
    st.title("Chat", anchor=False)
    if empty.shown(library, PURPOSE):
        return
    scope.scope_bar()
    opened = current(library)
    with st.sidebar:
        conversation_list(library, opened)
    messages = library.conversations.messages(opened.id) if opened else []
    if messages:
        conversation(library, messages)
    elif FAILED not in st.session_state:
        first_visit(library)
    not_begun()


def field() -> None:
    """Draws the question field, at the foot of the page."""
    if state.library().counts().documents:
        st.chat_input("Ask about your documents…", key=FIELD, on_submit=_submitted)


def current(library: Library) -> Conversation | None:
    """The open conversation: the one that the address names, else the session's; None for a new one."""
    wanted = address.one(OPEN) if address.moved(OPEN) else st.session_state.get(OPEN)
    found = next((each for each in library.conversations.list() if each.id == wanted), None)
    _open(found.id if found else None)
    return found


def conversation_list(library: Library, opened: Conversation | None) -> None:
    """Draws the list, the conversation used last first; the open one can be renamed and deleted."""
    listed = library.conversations.list()
    st.markdown("**Conversations**")
    st.button(
        "New",
        icon=":material/add:",
        key="conversation-new",
        on_click=_choose,
        args=(None,),
        disabled=opened is None,
        width="stretch",
    )
    for each in listed if st.session_state.get(SHOW_ALL) else listed[:LISTED]:
        is_open = opened is not None and each.id == opened.id
        name, more = st.columns([5, 2], gap="xxsmall") if is_open else (st.container(), None)
        with name:
            st.button(
                plain(each.title, TITLE_CHARACTERS),
                key=f"conversation-{each.id}",
                type="secondary" if is_open else "tertiary",
                on_click=_choose,
                args=(each.id,),
                width="stretch",
            )
        if more is not None:
            with more:
                _menu(library, each)
    if len(listed) > LISTED:
        st.checkbox(f"Show all {figure(len(listed))}", key=SHOW_ALL)


def _menu(library: Library, opened: Conversation) -> None:
    menu = st.popover(  # the label is only for screen readers (ui/assets/frame.css)
        "Save, rename or delete", icon=":material/more_horiz:", width="stretch", key="conversation_menu"
    )
    with menu:
        name = st.text_input("Name", value=opened.title, key=f"rename-{opened.id}", max_chars=120)
        if name.strip() and name != opened.title:
            library.conversations.rename(opened.id, name.strip())
            st.rerun()
        for kind, label, make in SAVED_AS:
            st.download_button(
                f"Save as {label}",
                data=partial(_saved, library, opened, make),
                file_name=export.file_name(opened.title, kind),
                icon=":material/download:",
                on_click="ignore",
                key=f"save-{kind}-{opened.id}",
            )
        if st.checkbox("I want to delete it, with all its answers", key=f"sure-{opened.id}") and st.button(
            "Delete", icon=":material/delete:", key=f"delete-{opened.id}"
        ):
            library.conversations.delete(opened.id)
            _open(None)
            st.rerun()


def _saved(library: Library, opened: Conversation, make: Callable[[str, export.Described], str]) -> bytes:
    """The conversation as a file, with what each answer rests on."""
    messages = library.conversations.messages(opened.id)
    described = [(message, talk.describe(library, message)) for message in messages]
    return make(opened.title, described).encode()


def conversation(library: Library, messages: Sequence[Message]) -> None:
    """Draws the messages; while one of them grows, this part alone is drawn again and again."""
    conversation_id = messages[-1].conversation_id
    grows = talk.waits(library, messages)
    st.fragment(_messages, run_every=POLL_SECONDS if grows else None)(library, conversation_id, grows)


def _messages(library: Library, conversation_id: str, grows: bool) -> None:
    viewer.follow()
    messages = library.conversations.messages(conversation_id)
    if not messages:
        return
    last, growing = messages[-1], [one.id for one in messages if one.state == "streaming"]
    if talk.waits(library, messages) != grows:
        st.rerun()
    asked = st.session_state.get(ASKED)
    talk.show(
        library,
        messages,
        has_model=bool(library.settings.chat_url),
        asked=asked,
        on_reading=_answer_again,
        on_again=_answer_edited,
    )
    if growing:
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(growing[-1],))
    elif last.state in ("failed", "stopped"):
        st.button("Retry", icon=":material/refresh:", key="retry", on_click=_answer_edited, args=(last,))


def first_visit(library: Library) -> None:
    """Says what can be asked here, with questions that fit the documents."""
    st.write("Ask a question in your own words. You get an answer from your documents, with its sources.")
    if not library.settings.chat_url:
        st.caption(NO_MODEL)
        st.page_link(talk.SETTINGS_PAGE, label="Connect one", icon=":material/settings:")
    questions = examples(library, scope.current())
    if questions:
        st.caption("For example:")
    for number, question in enumerate(questions):
        st.button(plain(question), key=f"example-{number}", on_click=_ask, args=(question,), wrap=True)


def examples(library: Library, within: Scope) -> list[str]:
    """At most EXAMPLES questions that the titles and headings of the documents in a scope suggest, each about
    another one."""
    return _examples(library, str(library.folder), library.revision, scope.documents_in(library, within))


@st.cache_data(show_spinner=False, max_entries=8)
def _examples(
    _library: Library,
    folder: str,  # noqa: ARG001 - the cache's key
    revision: int,  # noqa: ARG001
    within: list[str],
) -> list[str]:
    """Only the outlines of the documents that were added last are read. Those with headings of their own come
    first."""
    about: list[str] = []
    whole: list[str] = []
    known: set[str] = set()
    inside = set(within)
    documents = [document for document in _library.documents() if document.id in inside]
    for document in sorted(documents, key=lambda document: document.added_at, reverse=True)[:_LOOKED_AT]:
        title = _short(document.title or document.name)
        if title.casefold() in known:  # copies and versions: a person could not tell their questions apart
            continue
        known.add(title.casefold())
        headings = _library.outline(document.id)[:_HEADINGS]
        inner = list(dict.fromkeys(_short(heading.text) for heading in headings))
        inner = [heading for heading in inner if heading and heading.casefold() != title.casefold()]
        if inner:
            about.append(f"What does “{title}” say about “{inner[len(inner) // 2]}”?")
        else:
            whole.append(f"What is “{title}” about?")
    return [*about, *whole][:EXAMPLES]


def _short(text: str) -> str:
    """A title or heading on one line, cut at a word, so that the question around it keeps its end."""
    return textwrap.shorten(text, NAMED_CHARACTERS, placeholder=" …") if " " in text else _cut(text)


def _cut(word: str) -> str:
    return word if len(word) <= NAMED_CHARACTERS else f"{word[: NAMED_CHARACTERS - 1]}…"


def not_begun() -> None:
    """Shows the question whose answer could not be begun, if any, what went wrong, and a way to try again."""
    if FAILED not in st.session_state:
        return
    question, error = st.session_state[FAILED]
    st.markdown(f"**{plain(question)}**")
    errors.show(error)
    st.button("Retry", icon=":material/refresh:", key="retry-begin", on_click=_ask, args=(question,))


def _submitted() -> None:
    question = st.session_state[FIELD]
    if question and question.strip():
        _ask(question.strip())


def _ask(question: str) -> None:
    """Begins an answer; it is worked on and stored whether or not this page stays open."""
    library = state.library()
    st.session_state.pop(FAILED, None)
    opened = st.session_state.get(OPEN)
    created = None
    try:
        if opened is None:
            opened = created = library.conversations.create()
        st.session_state[ASKED] = library.conversations.ask(opened, question, scope.current())
    except ExplorerError as error:
        if created is not None:
            library.conversations.delete(created)
        st.session_state[FAILED] = (question, error)
    else:
        _open(opened)


def _answer_edited(message: Message, question: str | None = None) -> None:
    """Has a question answered anew where it stands, in other words where they are given; words that stay are
    understood as a person chose before."""
    chosen = message.reading if message.reading and message.reading.is_chosen and not question else None
    _answer_again(message, chosen, question)


def _answer_again(message: Message, reading: QuestionReading | None, question: str | None = None) -> None:
    """Has a question answered anew where it stands, understood as the person chose."""
    st.session_state.pop(FAILED, None)
    try:
        state.library().conversations.ask_again(message.id, reading, question)
    except ExplorerError as error:
        st.session_state[FAILED] = (message.question, error)
    else:
        st.session_state[ASKED] = message.id


def _stop(message_id: int) -> None:
    state.library().conversations.stop(message_id)


def _choose(conversation_id: str | None) -> None:
    st.session_state.pop(FAILED, None)
    _open(conversation_id)


def begin_anew() -> None:
    """Has the next question begin a conversation of its own, wherever it is asked from."""
    st.session_state.pop(FAILED, None)
    st.session_state[OPEN] = None


def _open(conversation_id: str | None) -> None:
    """Opens a conversation in session and address; None opens a new one."""
    st.session_state[OPEN] = conversation_id
    library = state.folder().name if conversation_id else ""
    address.change(**{OPEN: conversation_id or "", state.LIBRARY: library})
