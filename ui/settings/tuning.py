"""Settings, Train the model on this library: begun, watched, stopped, what came of it, and the way back."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.tuning import Compared, Trial, Tuning, TuningPlan
from ui import errors, state
from ui.documents.progress import REFRESH_SECONDS
from ui.wording import count, figure, percent, plain, time_left

KINDS = {
    "all": "All",
    "title": "Titles",
    "heading": "Headings",
    "neighbour": "Passages before",
    "question": "Questions",
}
"""Where questions came from, in words."""
_STEPS = 60
_MOST_STEPS = 2_000


def section(library: Library) -> None:
    """Draws what runs, or came of it, and below it the button that begins one."""
    st.header("Train the model on this library", anchor=False)
    st.caption(
        "The embedding model learns from your documents which passage belongs to which heading. It is judged "
        "on documents that it was not trained on, and taken only where it really finds better there. It "
        "takes some minutes and about 3 GB of memory; everything stays on this machine."
    )
    tuning = state.tuning()
    now = tuning.state
    with st.container():  # always there, so that the form below keeps its place when it is filled
        if now is not None and not now.is_over:
            _live(tuning)
            return
        if now is not None:
            _outcome(tuning, now.trial, now.error)
    with errors.shown():
        _back(tuning)
        _begin(library, tuning)
        _earlier(tuning)


@st.fragment(run_every=REFRESH_SECONDS)
def _live(tuning: Tuning) -> None:
    now = tuning.state
    if now is None or now.is_over:
        st.rerun()
    progress = now.progress
    with st.container(border=True, key="tuning_running"):
        st.progress(min(1.0, progress.share), plain(progress.step))
        st.caption(
            f"{time_left(progress.seconds_left)}. It goes on if you close this page, and stops with the app."
        )
        st.button("Stop", key="tuning_stop", on_click=tuning.cancel)


def _outcome(tuning: Tuning, trial: Trial | None, error: str | None) -> None:
    """What came of the last one, until it is put away."""
    with st.container(border=True, key="tuning_outcome"):
        if error is not None:
            st.error(plain(error), icon=":material/error:")
        if trial is not None:
            if trial.is_better:
                st.success(
                    "It finds better, so it is the library's model now. Redo all documents, above, to search "
                    "with it.",
                    icon=":material/check_circle:",
                )
            else:
                st.info(
                    "It is not better, so nothing was changed. Here is the proof.", icon=":material/info:"
                )
            _figures(trial)
        st.button("Done", key="tuning_dismiss", on_click=tuning.dismiss)


def _figures(trial: Trial) -> None:
    """A row for each kind of questions, and what they mean."""
    st.table([_row(one) for one in trial.compared], hide_index=True)
    surer = percent(trial.confidence, 1)
    st.caption(
        "The mean reciprocal rank, 0 to 1, of the right passage among those of the held-out documents. It "
        f"is better where all of the interval ({surer}, since each further training has to be surer) is "
        "above 0. "
        f"Trained on {count(trial.pairs, 'pair')} of {count(trial.documents, 'document')} in "
        f"{figure(trial.seconds / 60, 1)} minutes."
    )


def _row(one: Compared) -> dict[str, str]:
    return {
        "Asked by": KINDS[one.kind],
        "Questions": figure(one.questions),
        "Documents": figure(one.documents),
        "Before": figure(one.before, 3),
        "After": figure(one.after, 3),
        "Difference": f"{one.low:+.3f} to {one.high:+.3f}",
    }


def _begin(library: Library, tuning: Tuning) -> None:
    with st.form("tuning_form", border=False):
        steps = st.number_input(
            "At most so many steps",
            1,
            _MOST_STEPS,
            _STEPS,
            key="tuning_steps",
            width=320,
            help="A step learns from 16 pairs and takes some seconds. More learn more, up to a point.",
        )
        sent = st.form_submit_button(
            "Train",
            key="tuning_go",
            disabled=not library.counts().documents,
            icon=":material/model_training:",
        )
    if sent:
        tuning.begin(TuningPlan(steps=int(steps)))
        st.rerun()


def _back(tuning: Tuning) -> None:
    """Offers the way back from a model that was trained here."""
    former = tuning.former()
    if former is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="tuning_former"):
        st.markdown(f"The present model was trained here, from {plain(former)}.", width="stretch")
        if st.button("Back to the former model", key="tuning_back"):
            tuning.back()
            st.rerun()


def _earlier(tuning: Tuning) -> None:
    trials = tuning.trials()
    if not trials:
        return
    with st.expander(f"Earlier trainings ({figure(len(trials))})", key="tuning_earlier"):
        for trial in reversed(trials):
            st.markdown(f"**{figure(trial.number)}.** {plain(trial.lines()[0])}")
