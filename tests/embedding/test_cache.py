"""What was embedded once is not embedded again, and never compared with what another model made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from explorer import Library, protocol
from explorer.embedding import folder as folders
from explorer.embedding import precision, registry
from explorer.embedding.precision import Choice
from explorer.errors import ModelError
from tests.folders import BREAD, RENT, WHALES, eventually, prose, write

PAGES = 100


def computed(library: Library) -> int:
    """Embeddings of passages that the library's worker computed so far."""
    return int(library._client.model_info()["computed"])


def pages(changed: int | None) -> list[str]:
    """A hundred different pages; in one of them, one sentence of a paragraph in the middle differs."""
    texts = [prose(number, 30) for number in range(PAGES)]
    if changed is not None:
        paragraphs = texts[changed].split("\n\n")
        paragraphs[2] = (
            "This paragraph was written anew by somebody else. " + paragraphs[2].partition(". ")[2]
        )
        texts[changed] = "\n\n".join(paragraphs)
    return texts


def as_text(texts: Sequence[str]) -> str:
    return "\n\n".join(f"# Page {number}\n\n{text.strip()}" for number, text in enumerate(texts, 1))


def test_a_changed_paragraph_of_a_hundred_pages_costs_three_embeddings_at_most(tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_text(as_text(pages(None)))
    with Library(tmp_path / "library") as library:
        (first,) = library.add(path)
        before = computed(library)
        assert before >= 3 * PAGES
        path.write_text(as_text(pages(50)))
        (second,) = library.add(path)
        assert (first.status, second.status) == ("added", "replaced")
        assert 1 <= computed(library) - before <= 3
        assert library.search("written anew by somebody else", k=1)[0].document.name == "book.md"
        before = computed(library)
        (again,) = library.add(write(tmp_path / "copy", book_md=as_text(pages(50))))
        assert (again.status, computed(library) - before) == ("unchanged", 0)
        assert library.doctor().ok


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(registry.find(registry.DEFAULT_MODEL), folder)
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
        before = computed(library)
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
        assert computed(library) >= 2 * before, "nothing that the old files made was taken over"
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
        monkeypatch.setattr(registry, "choose", lambda: Choice(other, "cpu", "it is another machine"))
        assert library.needs_redo == ("precision",)
        assert library._client.model_info()["precision"] == live.model.precision
        assert any(live.model.precision in line and "redone" in line for line in library.models.explain()[1:])


def test_the_choice_is_told(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        chosen = precision.choose()
        assert library.models.explain() == (
            f"all-MiniLM-L6-v2 computes in {chosen.precision}: {chosen.reason}.",
        )


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
        _, expected = registry.identify(registry.DEFAULT_MODEL)
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
