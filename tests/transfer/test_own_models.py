"""The library's own models in an export: explorer.transfer.own_models, explorer.transfer.model_form,
explorer.transfer.form_values, explorer.transfer.choices."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import Library
from explorer.catalog import Catalog
from explorer.embedding import folder as folders
from explorer.embedding.tuned import FOLDER, STATIC, own_folder, static_folder
from explorer.errors import ReadError
from explorer.transfer import BroughtIn, model_form, own_models
from explorer.transfer.meter import Meter
from explorer.tuning import kept
from explorer.tuning.results import Compared, Trial
from tests.embedding.static.written import write_static
from tests.folders import RENT, WHALES, write
from tests.transfer.conftest import Made
from tests.transfer.test_archive import forged

Bring = Callable[..., BroughtIn]
TUNED = "tuned-1:library"


def trial(name: str | None, base: str = "all-MiniLM-L6-v2", number: int = 1) -> Trial:
    whole = Compared("all", 0.5, 0.75, 0.125, 0.375, 40, 12)
    few = Compared("title", 0.5, 0.5, -math.inf, math.inf, 3, 1)
    return Trial(
        number=number, base=base, made_at="2026-11-30T10:00:00+00:00", seed=1, rate=2e-5, pairs=100,
        documents=30, steps=60, confidence=0.975, compared=(whole, few), seconds=90.5, memory=10**9,
        name=name,
    )  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_static(tmp_path_factory.mktemp("model") / "model", [RENT, WHALES])


@pytest.fixture(scope="module")
def exported(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A library whose model is its own, and another one that was trained; its export."""
    place = tmp_path_factory.mktemp("with-models")
    with Library(place / "library") as library:
        shutil.copytree(model, static_folder(library.folder))
        shutil.copytree(model, own_folder(library.folder, 1))
        kept.add(library.folder, trial(TUNED))
        library.change_settings(model=STATIC)
        library.add(write(place / "files", whales_md=WHALES, rent_txt=RENT))
        found = [(hit.document.name, hit.score) for hit in library.search("tenant's rent", mode="semantic")]
        done = library.transfer.export(place / "library.zip")
        assert done.models == (TUNED, STATIC)
        assert any("may hold traces" in line for line in done.lines())
    return Made(place / "library", place / "library.zip", [[(name, 0, 0, score) for name, score in found]])


def models_of(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in said["models"]}


def test_a_library_that_is_made_of_it_has_them_and_finds_the_same(exported: Made, tmp_path: Path) -> None:
    with Library(tmp_path / "new") as library:
        came = library.transfer.bring_in(exported.file)
        assert (came.models, came.models_left, came.settings_left) == ((TUNED, STATIC), (), ())
        assert (came.added, came.read_anew, library.settings.model) == (2, (), STATIC)
        hits = [
            (hit.document.name, 0, 0, hit.score) for hit in library.search("tenant's rent", mode="semantic")
        ]
        assert [hits] == exported.hits
        for place in (static_folder, lambda folder: own_folder(folder, 1)):
            same = [folders.fingerprint(place(one), "") for one in (library.folder, exported.folder)]
            assert same[0] == same[1]
        assert kept.trials(library.folder) == kept.trials(exported.folder) == [trial(TUNED)]
        again = library.transfer.bring_in(exported.file)
        assert (again.models, again.models_left, again.known) == ((), (), 2)
    assert not any(path.name.startswith(".arriving") for path in (tmp_path / "new" / FOLDER).iterdir())


def test_its_zip_holds_what_the_manifest_lists(exported: Made) -> None:
    with zipfile.ZipFile(exported.file) as whole:
        said = json.loads(whole.read("manifest.json"))
        names = [name for name in whole.namelist() if name.startswith("models/")]
    files = [file for one in said["models"] for file in one["files"]]
    assert sorted(names) == sorted(file["file"] for file in files)
    assert {file["name"] for file in files} >= {"modules.json", "model.safetensors", "tokenizer.json"}


def test_files_of_other_names_and_trainings_that_nobody_told_of_are_not_exported(
    model: Path, tmp_path: Path
) -> None:
    """A stranger's file in the folder, and a model that a killed training left, stay where they are."""
    with Catalog(tmp_path / "library") as catalog:
        shutil.copytree(model, static_folder(catalog.folder))
        shutil.copytree(model, own_folder(catalog.folder, 1))
        shutil.copytree(model, own_folder(catalog.folder, 2))
        (own_folder(catalog.folder, 1) / "notes.doc").write_text("mine")
        (own_folder(catalog.folder, 1) / ".hidden").write_text("mine")
        kept.add(catalog.folder, trial(TUNED))
        with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
            found = own_models.write(archive, catalog.folder, Meter(), 1)
    assert [one.name for one in found] == [STATIC]


@pytest.mark.parametrize(
    "name",
    [
        "../modules.json", "/etc/model.safetensors", "C:\\model.safetensors", "1_Pooling/../config.json",
        "a/b/config.json", "pytorch_model.bin", "modeling.py", "model.pkl", ".training.lock", "",
        "config.json\0", "1_Pooling/", "trials.json", "1_pooling/config.json", "model.safetensors\n",
    ],
)  # fmt: skip
def test_no_name_becomes_a_path(
    exported: Made, tmp_path: Path, catalog: Catalog, bring: Bring, name: str
) -> None:
    def change(said: dict[str, Any]) -> None:
        said["models"][0]["files"][0]["name"] = name

    with pytest.raises(ReadError, match=r"manifest\.json cannot be read"):
        bring(forged(exported, tmp_path / "bad.zip", manifest=change))
    assert not (catalog.folder / FOLDER).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["models"][0].update(name="../../evil"),
        lambda said: said["models"][0].update(name="tuned-0:library"),
        lambda said: said["models"][1].update(name=TUNED),
        lambda said: said["models"][0]["files"][0].update(file="documents/rent.txt"),
        lambda said: said["models"][0]["files"][1].update(file=said["models"][0]["files"][0]["file"]),
        lambda said: said["models"][0]["files"][0].update(size=(model_form.MODEL_MB << 20) + 1),
        lambda said: said["models"][0].update(files=[]),
        lambda said: said["models"].extend(said["models"] * model_form.MODELS),
        lambda said: said["trials"][0].update(seconds=-1),
        lambda said: said["trials"][0].update(compared=[]),
    ],
)
def test_what_cannot_be_said_of_a_model_is_refused(
    exported: Made, tmp_path: Path, catalog: Catalog, bring: Bring, change: Callable[[dict[str, Any]], object]
) -> None:
    with pytest.raises(ReadError, match=r"manifest\.json cannot be read"):
        bring(forged(exported, tmp_path / "bad.zip", manifest=change))
    assert not (catalog.folder / FOLDER).exists()


def _with_code(said: dict[str, Any], files: dict[str, bytes]) -> None:
    """A configuration that asks for Python of its own, with the SHA-256 that it has."""
    for file in models_of(said)[STATIC]["files"]:
        if file["name"] == "modules.json":
            data = json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Module"}]).encode()
            files[file["file"]] = data
            file.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _with_other_bytes(said: dict[str, Any], files: dict[str, bytes]) -> None:
    file = models_of(said)[STATIC]["files"][-1]
    files[file["file"]] = bytes(file["size"])


def _without_a_file(said: dict[str, Any], files: dict[str, bytes]) -> None:
    del files[models_of(said)[STATIC]["files"][0]["file"]]


SPOILT: dict[str, Callable[[dict[str, Any], dict[str, bytes]], None]] = {
    "asks for the module": _with_code,
    "its bytes are not those": _with_other_bytes,
    "it is not in": _without_a_file,
}
"""By the reason that is said."""


@pytest.mark.parametrize("why", SPOILT)
def test_one_that_is_damaged_or_could_run_code_is_left_out_by_name(
    exported: Made, tmp_path: Path, catalog: Catalog, bring: Bring, why: str
) -> None:
    """The other one comes, and the setting that would ask for the missing one does not."""

    def change(found: dict[str, bytes]) -> None:
        said = json.loads(found["manifest.json"])
        SPOILT[why](said, found)
        found["manifest.json"] = json.dumps(said).encode()

    came = bring(forged(exported, tmp_path / "bad.zip", files=change))
    assert came.models == (TUNED,)
    ((name, said_why),) = came.models_left
    assert name == STATIC and why in said_why
    assert not static_folder(catalog.folder).exists()
    assert any(one.startswith(f"model: {STATIC}") for one in came.settings_left)
    assert "model" not in catalog.settings.all()
    assert len(catalog.jobs.list()) == 2, "its documents are read anew with the model that is here"


@pytest.fixture
def full(catalog: Catalog, exported: Made, bring: Bring) -> Iterator[Catalog]:
    """A library with documents, and without models of its own."""
    bring(exported.file)
    shutil.rmtree(catalog.folder / FOLDER)
    yield catalog


def test_a_library_that_has_documents_keeps_its_own(full: Catalog, exported: Made, bring: Bring) -> None:
    came = bring(exported.file)
    assert (came.models, [name for name, _ in came.models_left]) == ((), [TUNED, STATIC])
    assert not (full.folder / FOLDER).exists()


def test_where_nothing_is_believed_no_model_is(exported: Made, catalog: Catalog, bring: Bring) -> None:
    came = bring(exported.file, is_anew=True)
    assert came.models == () and len(came.models_left) == 2
    assert not (catalog.folder / FOLDER).exists()
    assert "model" not in catalog.settings.all()


def test_a_number_that_a_training_here_would_take_is_left_out(
    exported: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    untold = forged(exported, tmp_path / "untold.zip", manifest=lambda said: said.update(trials=[]))
    came = bring(untold)
    assert came.models == (STATIC,)
    assert came.models_left == ((TUNED, "the export does not tell of its training."),)


def test_the_way_back_to_a_folder_somewhere_is_not_taken_without_asking(
    exported: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    there = "//server/share/model"
    path = forged(
        exported, tmp_path / "there.zip", manifest=lambda said: said["trials"][0].update(base=there)
    )
    bring(path)
    assert [one.name for one in kept.trials(catalog.folder)] == [None]


def test_word_vectors_of_the_exported_library_are_not_asked_for(
    exported: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    """They are trained again, as no export holds them: until then the usual model is used."""
    path = forged(
        exported,
        tmp_path / "words.zip",
        manifest=lambda said: said["settings"].update(model="word2vec:library"),
    )
    came = bring(path)
    assert came.settings_left == (
        "model: word2vec:library, which belongs to the exported library and did not come along",
    )
    assert "model" not in catalog.settings.all()


def test_what_a_killed_import_left_is_no_obstacle(exported: Made, catalog: Catalog, bring: Bring) -> None:
    half = catalog.folder / FOLDER / ".arriving"
    half.mkdir(parents=True)
    (half / "modules.json").write_text("[")
    assert bring(exported.file).models == (TUNED, STATIC)
    assert not half.exists()
