"""Settings, Train the model on this library: begun, what came of it, and back.

Runs ui.settings.tuning and ui.state.tuning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.embedding.tuned import own_folder
from explorer.tuning import Compared, Trial, TuningPlan, kept
from tests.folders import copy_library
from tests.pages.conftest import open_settings, texts
from tests.tuning.two_tongues import DOCUMENTS, documents, tiny_model
from tests.waiting import until
from ui import state

TRIAL = Trial(
    number=1,
    base="all-MiniLM-L6-v2",
    made_at="2026-12-01T00:00:00+00:00",
    seed=1,
    rate=2e-5,
    pairs=400,
    documents=300,
    steps=25,
    confidence=0.975,
    compared=(
        Compared("all", 0.51, 0.58, 0.02, 0.11, 120, 100),
        Compared("title", 0.5, 0.6, 0.02, 0.2, 60, 60),
    ),
    seconds=240.0,
    memory=1_900_000_000,
    name="tuned-1:library",
)


def write(library: Library, trial: Trial) -> None:
    with kept.training(library.folder):
        kept.add(library.folder, trial)


@pytest.fixture
def tongues(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library whose model knows nothing."""
    place = tmp_path_factory.mktemp("tongues")
    with Library(place / "library") as library:
        library.change_settings(model=str(tiny_model(place)))
        library.add(documents(place / "files", DOCUMENTS // 2))
    copy_library(place / "library", home)
    yield state.opened(home)
    state.close_all()


def test_a_training_runs_while_the_page_goes_on(app: AppTest, tongues: Library) -> None:
    open_settings(app, "embedding")
    app.number_input(key="tuning_steps").set_value(1)
    app.button(key="tuning_go").click().run()
    assert not app.exception
    tuning = state._tuning(str(tongues.folder))
    until(lambda: tuning.state is not None and tuning.state.is_over)
    app.run()
    assert tuning.state is not None and tuning.state.error is None
    assert "It is not better, so nothing was changed." in texts(app)
    assert "Headings" in str(app.table[0].value) or "All" in str(app.table[0].value)
    app.button(key="tuning_dismiss").click().run()
    assert tuning.state is None
    assert "Not better" in texts(app), "it stands among the earlier ones"


def test_it_can_be_stopped(app: AppTest, tongues: Library) -> None:
    tuning = state._tuning(str(tongues.folder))
    tuning.begin(TuningPlan(steps=10_000))
    open_settings(app, "embedding")
    app.button(key="tuning_stop").click().run()
    until(lambda: tuning.state is not None and tuning.state.is_over)
    app.run()
    assert "nothing was kept of this training" in texts(app)
    assert tuning.trials() == []


def test_back_from_a_model_that_was_trained_here(app: AppTest, library: Library) -> None:
    write(library, TRIAL)
    own_folder(library.folder, 1).mkdir()
    library.change_settings(model="tuned-1:library")
    open_settings(app, "embedding")
    assert "trained here, from all-MiniLM-L6-v2" in texts(app).replace("\\", "")
    app.button(key="tuning_back").click().run()
    assert library.settings.model == "all-MiniLM-L6-v2"
    assert "trained here, from" not in texts(app)


def test_what_cannot_be_trained_is_said(app: AppTest, library: Library) -> None:
    library.change_settings(model="word2vec:library")
    open_settings(app, "embedding")
    app.button(key="tuning_go").click().run()
    assert "no folder with a language model" in texts(app)


def test_proof_is_given_in_words() -> None:
    better, *_ = TRIAL.lines()
    assert better.startswith("Better: on 100 documents") and "+0.020 to +0.110" in better
    worse = replace(TRIAL, compared=(replace(TRIAL.compared[0], low=-0.01),))
    assert worse.lines()[0].startswith("Not better")
    assert "97.5% interval" in worse.lines()[0]
