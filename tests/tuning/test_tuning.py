"""explorer.tuning.Tuning and `python -m explorer finetune`: trained, judged, adopted or not, taken back.

Runs explorer.tuning.tuning, explorer.tuning.process, explorer.tuning.__main__, explorer.tuning.kept,
explorer.tuning.card, explorer.tuning.results, explorer.embedding.tuned and explorer.cli.finetune. The model
is a tiny one that knows nothing, so that some steps at a high rate teach it much.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer import Library, embedding
from explorer.cli import commands
from explorer.embedding.tuned import own_folder
from explorer.errors import Cancelled, ModelError, SettingError, StorageError
from explorer.tuning import Tuning, TuningPlan, TuningProgress, kept
from tests.folders import copy_library
from tests.tuning.two_tongues import ASKED, DOCUMENTS, documents, tiny_model
from tests.waiting import until

PLAN = TuningPlan(steps=40, rate=3e-3)
HARMFUL = TuningPlan(steps=1, rate=1e-12)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def filled(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tuning")
    with Library(place / "library") as library:
        library.change_settings(model=str(tiny))
        assert len(library.add(documents(place / "files"))) == DOCUMENTS
    return place / "library"


@pytest.fixture
def library(filled: Path, tmp_path: Path) -> Iterator[Library]:
    copy_library(filled, tmp_path / "library")
    with Library(tmp_path / "library") as library:
        yield library


def test_a_better_model_is_adopted_saved_and_taken_back(library: Library, tiny: Path) -> None:
    told: list[TuningProgress] = []
    trial = Tuning(library).run(PLAN, told.append)

    whole = trial.compared[0]
    assert trial.is_better, trial.lines()
    assert whole.low > 0.1 and whole.after > whole.before + 0.2
    assert whole.questions > 20
    assert whole.documents >= 5 and whole.documents + trial.documents <= DOCUMENTS
    assert trial.memory > 50_000_000 and trial.base == str(tiny)
    assert Tuning(library).trials() == [trial]
    assert [one.share for one in told] == sorted(one.share for one in told)
    assert {"Training", "Judging the trained model"} < {one.step for one in told}
    assert any(one.seconds_left for one in told)

    # It is the library's model now, once its documents are redone.
    assert library.settings.model == trial.name == "tuned-1:library"
    assert library.needs_redo == ("model",)
    folder = own_folder(library.folder, 1)
    texts = ["piano lemon", "tiger engine winter"]
    ours = embedding.load(trial.name, "float32", library=library.folder)
    assert ours.name == trial.name
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    np.testing.assert_allclose(ours.encode(texts), theirs.encode(texts, normalize_embeddings=True), atol=2e-4)
    assert list(folder.rglob("*.safetensors")) and not list(folder.rglob("*.bin"))
    assert str(tiny) in (folder / "README.md").read_text()
    assert not kept.place_of_new(library.folder).exists()

    # Back before the redo: nothing has to be embedded again.
    assert Tuning(library).former() == str(tiny)
    assert Tuning(library).back() == str(tiny)
    assert library.settings.model == str(tiny)
    assert library.needs_redo == ()
    with pytest.raises(ModelError, match="no former one"):
        Tuning(library).back()

    # Once the documents are redone with it, it is what finds them.
    library.change_settings(model=trial.name)
    library.redo()
    until(lambda: not library.is_redoing)
    live = library.models.live()
    assert live is not None and live.model.name == trial.name
    assert library.needs_redo == ()
    (hit,) = library.search(ASKED[0], 1, "semantic")
    assert hit.document in library.documents()


def test_what_was_set_of_a_model_is_kept(library: Library, tiny: Path) -> None:
    library.change_settings(model=f"{tiny} | dimensions=40 | precision=float32")
    trial = Tuning(library).run(PLAN)
    assert trial.name == "tuned-1:library | dimensions=40 | precision=float32", trial.lines()
    model = embedding.load(trial.name, library=library.folder)
    assert (model.dimension, model.precision) == (40, "float32")

    # A backup holds it, and so does the library that the backup is.
    library.transfer.backup(library.folder.parent / "copy")
    with Library(library.folder.parent / "copy") as copy:
        assert copy.settings.model == trial.name
        assert Tuning(copy).trials() == [trial]
        again = embedding.load(trial.name, library=copy.folder)
        assert again.fingerprint == model.fingerprint
    kept = sorted(path.name for path in (library.folder.parent / "copy" / "tuned").iterdir())
    assert kept == ["1", "trials.json"]


def test_what_is_not_better_changes_nothing_and_says_the_proof(library: Library, tiny: Path) -> None:
    tuning = Tuning(library)
    first = tuning.run(HARMFUL)
    assert not first.is_better and first.name is None
    assert first.lines()[0].startswith("Not better")
    assert f"{first.compared[0].before:.3f}" in first.lines()[0]
    assert library.settings.model == str(tiny)
    assert library.needs_redo == ()
    assert tuning.trials() == [first]
    assert [path.name for path in (library.folder / "tuned").iterdir() if path.is_dir()] == []


def test_it_is_stopped_at_once_and_leaves_nothing(library: Library) -> None:
    def stop(progress: TuningProgress) -> None:
        if progress.step == "Training":
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        Tuning(library).run(TuningPlan(steps=10_000, rate=1e-3), stop)
    assert Tuning(library).trials() == []
    with kept.training(library.folder), pytest.raises(ModelError, match="being trained already"):
        Tuning(library).run(PLAN)
    assert not kept.place_of_new(library.folder).exists()


def test_models_that_cannot_be_trained_are_said(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    tuning = Tuning(library)
    library.change_settings(model="word2vec:library")
    with pytest.raises(ModelError, match="no folder with a language model"):
        tuning.run(PLAN)
    library.change_settings(embed_url="http://127.0.0.1:9/v1", embed_model="x")
    with pytest.raises(ModelError, match="embedding server is set"):
        tuning.begin(PLAN)
    library.change_settings(embed_url=None, embed_model=None)
    monkeypatch.setenv("EXPLORER_MODEL", "all-MiniLM-L6-v2")
    with pytest.raises(SettingError, match="EXPLORER_MODEL"):
        tuning.check()


def test_a_damaged_list_of_trials_is_said(library: Library) -> None:
    (library.folder / "tuned").mkdir()
    (library.folder / "tuned" / "trials.json").write_text(json.dumps([{"number": 1}]))
    with pytest.raises(StorageError, match=r"trials\.json cannot be read"):
        Tuning(library).trials()


def test_the_command_says_the_proof_and_lists_it(
    library: Library, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> str:
        assert commands.main(["finetune", *arguments, "--library", str(library.folder)]) == 0
        return capsys.readouterr().out

    assert "No model was trained on this library yet" in said("--list")
    assert said("--steps", "1", "--seed", "2").startswith("Not better")
    assert json.loads(said("--list", "--json"))[0]["seed"] == 2
    assert f"from {tiny}: Not better" in said("--list")
    assert commands.main(["finetune", "--back", "--library", str(library.folder)]) == 1
    assert "no former one" in capsys.readouterr().err

    (trial,) = Tuning(library).trials()
    with kept.training(library.folder):
        kept.add(library.folder, replace(trial, number=2, name="tuned-2:library"))
    library.change_settings(model="tuned-2:library")
    assert said("--back").startswith(f"The library's model is {tiny} again.")


def test_it_takes_room_that_is_shown_and_erased(library: Library) -> None:
    own_folder(library.folder, 1).mkdir(parents=True)
    (own_folder(library.folder, 1) / "model.safetensors").write_bytes(b"x" * 200_000)
    assert library.upkeep.used().of("tuned") >= 200_000
    library.upkeep.erase(library.name)
    assert not (library.folder / "tuned").exists()


def test_a_model_belongs_to_its_library(library: Library) -> None:
    with pytest.raises(ModelError, match="belongs to a library"):
        embedding.examine("tuned-1:library")
    with pytest.raises(ModelError, match="no model tuned-1:library of its own"):
        embedding.examine("tuned-1:library", library.folder)
