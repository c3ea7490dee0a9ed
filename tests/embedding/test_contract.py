"""What the rest of the program relies on, held by every embedder of the table and by the models it loads.

A new embedder gets a row in CASES: a model of its kind that really is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import embedding
from explorer.embedding.base import Embedder, WantedModel
from explorer.embedding.bert.model import BertEmbedder
from explorer.embedding.embedders import EMBEDDERS
from explorer.embedding.places import find
from explorer.embedding.saved_model.model import SavedModelEmbedder
from explorer.embedding.saved_model.names import confirmed
from explorer.embedding.sentence_transformers import SentenceTransformersEmbedder
from explorer.embedding.server.model import ServerEmbedder
from explorer.embedding.static.model import StaticEmbedder
from explorer.embedding.universal_sentence_encoder import NAME, UseEmbedder
from explorer.embedding.words.model import WordsEmbedder
from explorer.errors import ModelError
from explorer.extras import EXTRAS, command
from tests.embedding.embedding_server import serving
from tests.embedding.saved_model.tiny import save_encoder
from tests.embedding.static.written import write_static
from tests.embedding.word_vectors import WordVectorsEmbedder, write_word_vectors

TEXTS = [
    "Whales eat krill in cold water.",
    "The tenant pays the rent on the first of each month.",
    "Bread rises slowly in a cold kitchen.",
    "A committee met on Tuesday and decided nothing.",
    "Net sales rose by 4.5 % in the third quarter.",
]
STRANGE = ["", " \n ", "A\ud800lone surrogate and a \x00 zero.", "日本語の文", "🙂", "x" * 3000]


@dataclass(frozen=True)
class Case:
    """An embedder, a model that it can load, and one that it takes by name and cannot load."""

    embedder: Embedder
    name: str
    broken: str
    precision: str = "float32"


@contextmanager
def at_a_server(_: Path) -> Iterator[Case]:
    with serving() as at:
        yield Case(ServerEmbedder(), at.name, " at http://127.0.0.1:9/v1", "server")


@contextmanager
def by_our_bert(folder: Path) -> Iterator[Case]:
    yield Case(BertEmbedder(), embedding.DEFAULT_MODEL, str(folder / "nowhere"))


@contextmanager
def by_sentence_transformers(folder: Path) -> Iterator[Case]:
    name = str(find(embedding.DEFAULT_MODEL))
    yield Case(SentenceTransformersEmbedder(), name, str(folder / "nowhere"))


@contextmanager
def by_word_vectors(folder: Path) -> Iterator[Case]:
    words = sorted({word for text in TEXTS for word in re.findall(r"\w+", text.lower())})
    draw = np.random.default_rng(1).normal(size=(len(words), 64))
    lines = [" ".join([word, *map(str, row)]) for word, row in zip(words, draw, strict=True)]
    (folder / "vectors.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "broken.txt").write_text("no numbers", encoding="utf-8")
    yield Case(WordsEmbedder(), f"glove:{folder / 'vectors.txt'}", f"glove:{folder / 'broken.txt'}")


@contextmanager
def by_universal_sentence_encoder(_: Path) -> Iterator[Case]:
    if not EXTRAS["use"].is_installed:
        pytest.skip(f"the extra use is not installed. Run: {command('use')} test")
    yield Case(UseEmbedder(), NAME, f"{NAME}-large")


@contextmanager
def by_saved_model(folder: Path) -> Iterator[Case]:
    if not EXTRAS["savedmodel"].is_installed:
        pytest.skip(f"the extra savedmodel is not installed. Run: {command('savedmodel')} test")
    name = confirmed(f"savedmodel:{save_encoder(folder / 'tiny')}")
    yield Case(SavedModelEmbedder(), name, f"savedmodel:{folder / 'tiny'}")


@contextmanager
def by_a_static_model(folder: Path) -> Iterator[Case]:
    yield Case(StaticEmbedder(), str(write_static(folder / "static", TEXTS)), str(folder / "nowhere"))


@contextmanager
def of_ones_own(folder: Path) -> Iterator[Case]:
    words = sorted({word for text in TEXTS for word in re.findall(r"\w+", text.lower())})
    broken = write_word_vectors(folder / "broken", words)
    (broken / "words.json").write_text("[]")
    yield Case(WordVectorsEmbedder(), str(write_word_vectors(folder / "whole", words)), str(broken))


CASES: dict[str, Callable[[Path], AbstractContextManager[Case]]] = {
    "server": at_a_server,
    "words": by_word_vectors,
    "use": by_universal_sentence_encoder,
    "savedmodel": by_saved_model,
    "static": by_a_static_model,
    "bert": by_our_bert,
    "sentence-transformers": by_sentence_transformers,
    "one's own": of_ones_own,
}


def test_every_embedder_of_the_table_is_held_to_it() -> None:
    assert set(EMBEDDERS) <= set(CASES)


def params() -> Iterator[Any]:
    for name in CASES:
        yield pytest.param(
            name,
            marks=[pytest.mark.extras(name)] if name in EXTRAS and name not in ("words", "static") else [],
        )


@pytest.fixture(scope="module", params=params())
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with CASES[request.param](tmp_path_factory.mktemp("models")) as case:
        yield case


@pytest.fixture(scope="module")
def model(case: Case) -> embedding.EmbeddingModel:
    return load(case)


def load(case: Case) -> embedding.EmbeddingModel:
    loaded = case.embedder.load(WantedModel(case.name, case.precision))
    assert loaded
    return loaded


# ---- the embedder


def test_it_takes_its_own_and_finds_nothing_wrong_with_it(case: Case) -> None:
    assert case.embedder.takes(case.name)
    case.embedder.examine(case.name)


def test_what_it_cannot_load_is_a_model_error(case: Case) -> None:
    with pytest.raises(ModelError):
        case.embedder.examine(case.broken)
    with pytest.raises(ModelError):
        case.embedder.load(WantedModel(case.broken))


def test_what_it_says_without_loading_is_what_the_model_says(
    case: Case, model: embedding.EmbeddingModel
) -> None:
    assert case.embedder.identify(case.name, model.precision) == (model.precision, model.fingerprint)
    chosen = case.embedder.choose(case.name)
    precision, fingerprint = case.embedder.identify(case.name, None)
    assert precision == chosen.precision
    assert (fingerprint == model.fingerprint) == (precision == model.precision)
    assert chosen.reason
    assert case.embedder.is_remote == model.is_remote


# ---- its model


def test_it_has_the_name_and_the_precision_that_were_asked_for(
    case: Case, model: embedding.EmbeddingModel
) -> None:
    assert (model.name, model.precision) == (case.name, case.precision)
    assert model.texts_at_once >= 1


def test_the_fingerprint_is_40_hex_digits_and_the_same_again(
    case: Case, model: embedding.EmbeddingModel
) -> None:
    assert re.fullmatch("[0-9a-f]{40}", model.fingerprint)
    assert load(case).fingerprint == model.fingerprint
    assert not model.has_changed()


def test_vectors_are_of_length_one_and_in_the_order_of_the_texts(model: embedding.EmbeddingModel) -> None:
    vectors = model.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), model.dimension), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.concatenate([model.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(vectors, alone, atol=1e-4)
    np.testing.assert_allclose(model.encode(TEXTS[::-1])[::-1], vectors, atol=1e-4)
    twice = model.encode([TEXTS[0], TEXTS[1], TEXTS[0]])
    np.testing.assert_allclose(twice, vectors[[0, 1, 0]], atol=1e-4)


def test_no_texts_give_no_vectors(model: embedding.EmbeddingModel) -> None:
    assert model.encode([]).shape == (0, model.dimension)
    assert model.count_tokens([]) == []


def test_a_question_lies_by_the_passage_of_the_same_words(model: embedding.EmbeddingModel) -> None:
    vectors = model.encode(TEXTS)
    for row, text in enumerate(TEXTS):
        question = model.encode_query(text)
        assert (question.shape, question.dtype) == ((model.dimension,), np.float32)
        assert np.isclose(np.linalg.norm(question), 1, atol=1e-5)
        assert int(np.argmax(vectors @ question)) == row


def test_any_text_has_a_vector_of_numbers(model: embedding.EmbeddingModel) -> None:
    vectors = model.encode(STRANGE)
    assert np.isfinite(vectors).all()
    for text in STRANGE:
        assert np.isfinite(model.encode_query(text)).all()


def test_tokens_are_counted_to_the_end(model: embedding.EmbeddingModel) -> None:
    one, many, none = model.count_tokens(["water", "water " * 5000, ""])
    assert (one >= 1, many >= 5000, none) == (True, True, 0)
    assert len(model.count_tokens(STRANGE)) == len(STRANGE)


def test_what_lies_beyond_max_tokens_changes_nothing(model: embedding.EmbeddingModel) -> None:
    assert model.max_tokens >= 1
    full = "water " * model.max_tokens
    assert model.count_tokens([full])[0] >= model.max_tokens
    within, beyond = model.encode([full, f"{full} and {TEXTS[1]}"])
    if not model.is_remote:  # a server cuts for itself
        np.testing.assert_allclose(within, beyond, atol=1e-4)
    assert np.isfinite(beyond).all()


def test_several_threads_may_use_it_at_once(model: embedding.EmbeddingModel) -> None:
    passages, question = model.encode(TEXTS), model.encode_query(TEXTS[0])

    def both(_: int) -> tuple[np.ndarray, np.ndarray]:
        return model.encode(TEXTS), model.encode_query(TEXTS[0])

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(both, range(8)):
            np.testing.assert_allclose(found[0], passages, atol=1e-3)
            np.testing.assert_allclose(found[1], question, atol=1e-3)


class _Cancelled(Exception):  # noqa: N818
    pass


def test_what_check_raises_ends_the_work(model: embedding.EmbeddingModel) -> None:
    def check() -> None:
        raise _Cancelled

    with pytest.raises(_Cancelled):
        model.encode(TEXTS, check)
    assert len(model.encode(TEXTS)) == len(TEXTS), "and it can be used again"


def test_it_may_be_told_to_get_ready_at_any_time(case: Case) -> None:
    loaded = load(case)
    loaded.prepare()
    loaded.prepare()
    assert loaded.dimension == loaded.encode_query(TEXTS[0]).shape[0]
