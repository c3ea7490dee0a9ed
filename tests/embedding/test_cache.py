"""What was embedded once is not embedded again, and never compared with what another model made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import Library, settings
from explorer.arrays import Vectors
from explorer.catalog import Catalog
from explorer.embedding import folder as folders
from explorer.embedding import folder_embedder, places, registry, texts_to_embed
from explorer.embedding.base import PrecisionChoice
from explorer.embedding.bert import engine
from explorer.embedding.bert.precision import openvino_problem
from explorer.embedding.loaded import LoadedModels, StoredModel
from explorer.errors import ModelError
from explorer.ingestion import recipe, redo
from explorer.ingestion.pipeline import Pipeline
from explorer.worker import protocol
from tests.embedding.embedding_server import EmbeddingServer, serving
from tests.folders import BREAD, RENT, WHALES, eventually, prose, write

PAGES = 100


def embedded(server: EmbeddingServer) -> int:
    """How many texts the server was asked to embed so far."""
    return sum(map(len, server.requests))


def changes(paragraphs: list[str]) -> dict[str, list[str]]:
    """Paragraphs of a page with one of them changed, in each way that a person changes one."""
    new = "This paragraph was written anew by somebody else. " + paragraphs[2].partition(". ")[2]
    before, after = paragraphs[:2], paragraphs[3:]
    return {
        "a sentence": [*before, new, *after],
        "all of it": [*before, "It was replaced by a shorter one, which nobody had expected.", *after],
        "put before it": [*before, "Somebody put another one here, about a red lantern.", *paragraphs[2:]],
        "taken out": [*before, *after],
    }


def as_text(texts: Sequence[Sequence[str]]) -> str:
    pages = ("\n\n".join(paragraphs) for paragraphs in texts)
    return "\n\n".join(f"# Page {number}\n\n{page}" for number, page in enumerate(pages, 1))


def test_a_changed_paragraph_of_a_hundred_pages_costs_three_embeddings_at_most(tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    texts = [prose(number, 30).strip().split("\n\n") for number in range(PAGES)]
    path.write_text(as_text(texts))
    with serving() as server, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=server.address, embed_model="tiny")
        (first,) = library.add(path)
        assert first.status == "added"
        assert embedded(server) >= 3 * PAGES
        for page, how in enumerate(changes(texts[0]), 50):
            texts[page] = changes(texts[page])[how]
            before = embedded(server)
            path.write_text(as_text(texts))
            (outcome,) = library.add(path)
            assert outcome.status == "replaced"
            assert embedded(server) - before <= 3, how
        (found,) = library.search("written anew by somebody else", k=1)
        assert "written anew" in found.chunk.text
        before = embedded(server)
        (again,) = library.add(write(tmp_path / "copy", book_md=as_text(texts)))
        assert (again.status, embedded(server) - before) == ("unchanged", 0)
        assert library.doctor().ok


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(places.find(places.DEFAULT_MODEL), folder)
    return folder


def replace(folder: Path) -> None:
    """Put another model into the folder: the same weights, read with the first token's vector."""
    (pooling,) = folder.glob("1_*/config.json")
    pooling.write_text(json.dumps({"word_embedding_dimension": 384, "pooling_mode_cls_token": True}))


def test_a_model_folder_replaced_in_place_is_noticed(tmp_path: Path, model: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.change_settings(model=str(model))
        library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT))
        live = library._catalog.generations.live()
        assert live is not None
        assert live.model.fingerprint == folders.fingerprint(model, live.model.precision)
        assert library.needs_redo == ()
        _, before = library._catalog.embeddings.matrix()
        replace(model)
        assert library.needs_redo == ("model",)
        with pytest.raises(ModelError, match="were replaced since"):
            library.search("sea animals", mode="semantic")
        (outcome,) = library.add(write(tmp_path, bread_txt=BREAD))
        assert "were replaced since" in (outcome.error or "")
        library.dismiss()
        library.redo()
        eventually(lambda: not library.is_redoing)
        assert library.needs_redo == ()
        _, after = library._catalog.embeddings.matrix()
        assert (np.abs(before[:, None] - after[None]).max(2) > 0.01).all(), "old vectors were taken over"
        assert library.search("sea animals", k=1)[0].document.name == "whales.md"
        assert library.doctor().ok


def test_another_precision_asks_for_a_redo_and_is_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES))
        live = library._catalog.generations.live()
        assert live is not None
        other = "float32" if live.model.precision == "bfloat16" else "bfloat16"
        chosen = PrecisionChoice(other, "cpu", "it is another machine")
        monkeypatch.setattr(folder_embedder, "choose", lambda **_: chosen)
        monkeypatch.setattr(engine, "choose", lambda **_: chosen)
        assert library.needs_redo == ("precision",)
        assert any(
            live.model.precision in line and "redo them" in line for line in library.models.explain()[1:]
        )
    eventually(lambda: protocol.read_address(tmp_path / "library") is None)
    with working(tmp_path / "library") as (catalog, encoder):
        text = "The keeper of the lighthouse paints its doors blue in spring."
        catalog.jobs.enqueue("add", "keeper.txt", source=str(write(tmp_path, keeper_txt=text)[0]))
        eventually(lambda: catalog.documents.counts().documents == 2)
        assert catalog.generations.live() == live
        assert encoder.model(live.model).precision == live.model.precision
        assert made_in(catalog) == live.model.precision, "what is added to an index is made as the rest of it"
        before = encoder.computed
        redo.begin(catalog, settings.resolve())
        eventually(lambda: catalog.generations.building() is None and not catalog.jobs.has_work())
        again = catalog.generations.live()
        assert again is not None
        assert again.model.precision == other
        assert encoder.computed - before == catalog.documents.counts().chunks, "nothing is taken over"
        assert made_in(catalog) == other
        assert recipe.differences(again, settings.resolve()) == ()


class CountingModels(LoadedModels):
    """`computed`: how many passages were embedded."""

    computed = 0

    def passages(self, wanted: str | StoredModel, texts: Sequence[str], **how: Any) -> Vectors:
        self.computed += len(texts)
        return super().passages(wanted, texts, **how)


@contextmanager
def working(folder: Path) -> Iterator[tuple[Catalog, CountingModels]]:
    """A library whose queue is worked in this process, which believes what a test says of the machine."""
    with closing(Catalog(folder)) as catalog:
        encoder = CountingModels()
        pipeline = Pipeline(catalog, encoder, on_change=lambda: None)
        pipeline.start()
        try:
            yield catalog, encoder
        finally:
            pipeline.stop()


def made_in(catalog: Catalog) -> str:
    """The precision in which every vector of the live index was computed: in it alone they come out again.

    In bfloat16 a vector may differ with its batch by more than from float32: each is compared with what its
    text gives alone and among all, one of which it was embedded as.
    """
    _, stored = catalog.embeddings.matrix()
    ids = catalog.chunks.ids().tolist()
    names = {document.id: document.name for document in catalog.documents.list()}

    def gives(precision: str) -> bool:
        model = registry.load(precision=precision)
        texts = [
            text
            for chunk in catalog.chunks.by_ids(ids)
            for text in texts_to_embed(Path(names[chunk.document_id]).stem, chunk.headings, chunk.text, model)
        ]
        alone = np.concatenate([model.encode([text]) for text in texts])
        off = np.minimum(*(np.abs(found - stored).max(1) for found in (alone, model.encode(texts))))
        return bool(off.max() < 1e-6)

    every = ("float32", "bfloat16", *(["int8"] if openvino_problem() is None else []))
    (found,) = filter(gives, every)
    return found


def test_the_choice_is_told(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        chosen = registry.choose_for("all-MiniLM-L6-v2")
        assert library.models.explain() == (
            f"all-MiniLM-L6-v2 computes in {chosen.precision}: {chosen.reason}.",
        )
        assert library.models.explain(is_brief=True) == ()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, "does not exist. Give the folder"),
        (lambda folder: (folder / "model.safetensors").unlink(), "holds no weights as .safetensors"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json cannot be read"),
    ],
)
def test_a_model_that_is_not_there_is_told(
    tmp_path: Path, model: Path, damage: Callable[[Path], object], message: str
) -> None:
    with Library(tmp_path / "library") as library:
        library.change_settings(model=str(model))
        damage(model)
        (line,) = library.models.explain()
        assert line.startswith("The embedding model cannot be used. ")
        assert message in line
        assert "computes in" not in line
        assert library.doctor().notes == (line,)


def test_a_library_of_before_fingerprints_takes_the_model_as_it_is(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES))
        with library._catalog.write() as con:
            con.execute("UPDATE model SET fingerprint = ''")
        assert library.needs_redo == ()
    eventually(lambda: protocol.read_address(tmp_path / "library") is None)
    with Library(tmp_path / "library") as library:
        library.warm()

        def fingerprint() -> str:
            live = library._catalog.generations.live()
            return live.model.fingerprint if live else ""

        eventually(fingerprint)
        _, expected = registry.identify(places.DEFAULT_MODEL)
        assert fingerprint() == expected


def test_long_passages_are_a_setting_and_their_ends_are_embedded(tmp_path: Path) -> None:
    end = "".join(f"In spring the keeper of lighthouse {n} paints the doors blue. " for n in range(12))
    with Library(tmp_path / "library") as library:
        library.change_settings(chunk_tokens=700)
        library.add(write(tmp_path, long_txt=prose(7, 40) + end, other_txt=prose(8, 60)))
        chunks = [chunk for one in library.documents() for chunk in library.chunks(one.id)]
        longest = max(chunks, key=lambda chunk: len(chunk.text))
        assert len(longest.text.split()) > 400
        best = library.search("Who paints doors at the lighthouse?", k=1, mode="semantic")[0]
        assert best.document.name == "long.txt"
        assert library.doctor().ok
