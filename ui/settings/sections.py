"""The sections of the Settings page, and on which of its tabs they stand."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer import Library
from explorer.readers import OCR_OFF
from explorer.settings import Server, variable
from explorer.stores import SERVED
from ui import errors
from ui.documents import progress
from ui.settings import (
    answering,
    diagnostics,
    erase,
    extras,
    form,
    models,
    privacy,
    space,
    store,
    transfer,
    tuning,
)
from ui.settings.form import Field
from ui.wording import count, figure, plain

ANSWER_SECONDS = 30.0
"""How long the test of a language model waits for a word: the server may have to load the model first."""
CHANGED = {
    "reader": "way of reading files",
    "chunking": "length of passages",
    "model": "embedding model",
    "precision": "precision that suits this machine",
    "ocr": "use of OCR",
}
"""What `Library.needs_redo` names, in words."""


OCR = (
    Field("ocr", "Recognise text in scans and images (OCR)"),
    Field("ocr_models", "Folder with models of OCR for other letters"),
)
READING = (
    Field("read_seconds", "Longest time for one file, in seconds"),
    Field("read_memory_mb", "Most memory for one file, in MB"),
    Field("max_file_mb", "Largest file, in MB"),
    Field("max_pages", "Most pages a file may have"),
)
EMBEDDING = (
    Field("model", "Embedding model"),
    Field("chunk_tokens", "Length of passages, in tokens of the model"),
    Field("embed_url", "Address of an embedding server"),
    Field("embed_model", "Model on that server"),
    Field("embed_tokens", "Tokens that model reads"),
    Field("vectors", "Vectors are kept as"),
    Field("reranker", "Reranker"),
    Field("picture_model", "Picture model"),
)
CHAT = (
    Field("chat_url", "Address"),
    Field("chat_model", "Model"),
)


BIN = (Field("bin_days", "Days that removed documents stay in the bin"),)


def library_section(library: Library) -> None:
    """Draws the library's name, place and size, and how long its bin keeps what is removed."""
    st.header("This library", anchor=False)
    counts = library.counts()
    st.markdown(
        f"**{plain(library.name)}** holds {count(counts.documents, 'document')}, "
        f"{count(counts.pages, 'page')} and {count(counts.chunks, 'passage')}."
    )
    st.caption(
        "It is this folder. “Back up and move” below makes a copy of it; the menu above the pages renames "
        "and deletes it."
    )
    st.code(str(library.folder), language=None, wrap_lines=True)
    st.caption(form.origin(library, "home"))
    form.draw(library, "bin", BIN)


def reading_section(library: Library) -> None:
    """Draws the switch for OCR, and what it can read."""
    st.header("Reading", anchor=False)
    st.caption("What is read of a file. It holds for files added from now on.")
    form.draw(library, "ocr", OCR)
    for line in library.models.explain_ocr():
        st.caption(plain(line))
    _retry_scans(library)


def limits_section(library: Library) -> None:
    """Draws the limits that keep one file from stopping the rest."""
    st.header("Limits", anchor=False)
    st.caption(
        "Limits for one file, so that a broken one cannot hold up the others. They hold for files added from "
        "now on."
    )
    form.draw(library, "reading", READING)


def _retry_scans(library: Library) -> None:
    """Offers to try again what failed because OCR was off, once it is on."""
    failed = [job for job in library.jobs() if job.state == "failed" and OCR_OFF in (job.error or "")]
    if not failed or not library.settings.ocr:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="ocr_offer"):
        st.markdown(f"{count(len(failed), 'file')} had no text to read while OCR was off.", width="stretch")
        if st.button("Try again", type="primary", key="ocr_retry"):
            with errors.shown():
                for job in failed:
                    library.retry(job.id)
                st.rerun()


def embedding_section(library: Library) -> None:
    """Draws the model, the length of passages, and the redo that a change of them asks for."""
    st.header("Passages and embedding", anchor=False)
    st.caption(
        "How documents are cut into passages, and the model that finds them by meaning. With the address of "
        "a server, all text and each question are sent there to be embedded."
    )
    form.draw(library, "embedding", EMBEDDING)
    models.offer(library)
    models.read_how(library)
    if library.settings.embed_url:
        _key(library, "embed", library.models.embed_key, library.models.set_embed_key)
        if st.button("Test", key="embed_test", icon=":material/network_check:"):
            test_embedding(library)
    if library.models.is_narrowing():
        st.caption(
            f"The vectors that are there are being brought into {plain(library.settings.vectors)}, in the "
            "background. What was rounded stays so until it is embedded anew."
        )
    for line in library.models.explain():
        st.markdown(plain(line))
    if library.settings.reranker and st.button("Measure the reranker", key="reranker_measure"):
        with st.spinner("Loading it and reading some passages…"), errors.shown():
            seconds = library.models.reranker_seconds() or 0.0  # None only where none is set
            st.info(f"It adds about {figure(seconds, 1)} seconds to each search on this machine.")
    _redo(library)


def _redo(library: Library) -> None:
    """Offers to redo all documents where the settings have changed since; shows how far a redo is."""
    changed = library.needs_redo
    documents = library.counts().documents
    if library.is_redoing:
        st.info("All documents are being redone. Until that is finished, search uses the old index.")
        progress.panel(library)
        if not library.activity().is_busy:
            # What failed holds the new index up: it is retried or removed, or all of it is called off.
            st.button("Call off the redo", key="redo_off", on_click=library.cancel_redo)
            _until_redone(library)
    elif changed and documents:
        what = " and the ".join(CHANGED[part] for part in changed)
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="redo_offer"):
            st.markdown(
                f"The {plain(what)} changed since these documents were added. Redo all "
                f"{count(documents, 'document')} to use it; search goes on meanwhile.",
                width="stretch",
            )
            is_wanted = st.button("Redo all documents", type="primary", key="redo")
        if is_wanted:  # below the offer, where there is room to say what it waits for and what went wrong
            with st.spinner("Trying the embedding model first…"), errors.shown():
                library.redo()
                st.rerun()


@st.fragment(run_every=progress.REFRESH_SECONDS)
def _until_redone(library: Library) -> None:
    """Draws the page again once the new index is in its place, a moment after its last document."""
    if not library.is_redoing or library.activity().is_busy:
        st.rerun()


def chat_section(library: Library) -> None:
    """Draws the address, key and name of a language model, and a test of it."""
    st.header("Language model", anchor=False)
    st.caption(
        "Without one, answers are quotes from your documents. With one, your question and the passages that "
        "fit it are sent to this address: any server that speaks OpenAI's chat API, here or elsewhere."
    )
    answering.presets(library)
    form.draw(library, "chat", CHAT)
    answering.picker(library)
    _key(library, "chat", library.models.chat_key, library.models.set_chat_key)
    if st.button("Test", key="chat_test", icon=":material/network_check:"):
        with st.spinner("Asking the language model for one word…"):
            test_chat(library)


def store_section(library: Library) -> None:
    """Draws the vector store, the address and key of its server, and how far the way to another one is."""
    store.section(library)
    if library.settings.store in SERVED:
        _key(library, "store", library.models.store_key, library.models.set_store_key)


def _key(
    library: Library,
    kind: Server,
    known_key: Callable[[str], str | None],
    keep_key: Callable[[str, str | None], None],
) -> None:
    """Draws the key of a server: typed for this run of the app, bound to the address, never stored."""
    address, variable_of_key = getattr(library.settings, f"{kind}_url"), variable(f"{kind}_key")
    if library.setting_source(f"{kind}_key") == "environment":
        if not address or library.setting_source(f"{kind}_url") == "environment":
            st.text_input("Key", value="", placeholder="••••••••", disabled=True, key=f"{kind}_key_fixed")
            st.caption(form.origin(library, f"{kind}_key"))
            return
        st.info(
            f"{variable_of_key} is set, but it is not sent to {plain(address)}: a key from the environment "
            f"goes only to the address in {variable(f'{kind}_url')}. Set that one too, or type a key for "
            "this address."
        )
    known = bool(address and known_key(address))
    with st.form(f"{kind}_key_form", border=False, clear_on_submit=True):
        typed = st.text_input(
            "Key",
            type="password",
            key=f"{kind}_key",
            autocomplete="off",
            placeholder="A key is set" if known else "None; servers on this machine mostly want none",
            disabled=not address,
            help="Kept in memory until the app is closed, and sent to this address only. To keep it, set "
            f"{variable_of_key} in the environment.",
        )
        with st.container(horizontal=True):
            sent = st.form_submit_button("Use this key", key=f"{kind}_key_use", disabled=not address)
            forget = known and st.form_submit_button("Forget it", key=f"{kind}_key_forget")
    if address and ((sent and typed) or forget):
        with errors.shown():
            keep_key(address, None if forget else typed)
            st.rerun()


def test_chat(library: Library) -> None:
    """Asks for one word and says in one line what came of it."""
    settings = library.settings
    if not settings.chat_url or not settings.chat_model:
        missing = "address" if not settings.chat_url else "model"
        st.warning(f"No {missing} is set. Fill it in above and save first.", icon=":material/info:")
        return
    with errors.shown():
        said, seconds = library.models.test_chat(ANSWER_SECONDS)
        st.success(
            f"{plain(settings.chat_model)} answers, in {figure(seconds, 1)} seconds: “{plain(said, 80)}”",
            icon=":material/check_circle:",
        )


def test_embedding(library: Library) -> None:
    """Asks for one vector and says in one line what came of it."""
    with errors.shown():
        with st.spinner("Asking the embedding server for one vector…"):
            dimension, seconds = library.models.test_embedding()
        st.success(
            f"{plain(library.settings.embed_model or '')} answers, in {figure(seconds, 1)} seconds: a vector "
            f"of {count(dimension, 'number')}.",
            icon=":material/check_circle:",
        )


def about_section(library: Library) -> None:
    """Draws versions, licences, and what to send along with a report."""
    st.header("About", anchor=False)
    st.markdown(f"Document Explorer {plain(diagnostics.version())}. Everything runs on this machine.")
    with st.expander("Diagnostics to copy"):
        st.caption("Versions, settings and figures; no names or texts of documents, no keys.")
        st.code(diagnostics.report(library), language=None, wrap_lines=True)
        st.caption(
            "The log of the background process; it may name files that could not be read: look at it "
            "before you send it along."
        )
        st.code(str(library.log_file), language=None, wrap_lines=True)
    with st.expander("Software it is made of, with licences"):
        st.code(diagnostics.licences(), language=None, wrap_lines=True)


TABS: dict[str, tuple[Callable[[Library], None], ...]] = {
    "Language model": (chat_section,),
    "Library": (library_section, transfer.section, space.section, erase.section),
    "Reading": (reading_section,),
    "Embedding": (embedding_section, tuning.section),
    "Advanced": (limits_section, store_section, extras.section),
    "About": (privacy.section, about_section),
}
"""The sections, by the tab that they stand on."""
