"""How much fits into a request (`explorer.chat.told.budget`), and its pieces (`explorer.chat.told.given`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from explorer.catalog import Catalog
from explorer.chat.model import ChatModel
from explorer.chat.told.budget import (
    DEFAULT_CONTEXT,
    MOST_FOUND,
    TokenBudget,
    context_of,
    fit,
    shortened,
    tokens,
)
from explorer.chat.told.given import Given, distinct, documents_of, hits_of, passage, without_overlap
from explorer.search.retriever import Retriever
from explorer.types import Hit
from tests.chat.told.library import LIBRARY
from tests.chat_server import serving
from tests.small_library import RealEncoder, fill, model

FRAME = 20


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library"), LIBRARY) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def hits(catalog: Catalog) -> list[Hit]:
    return Retriever(catalog, RealEncoder(catalog)).search("How was the orchard looked after?", 8)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_tokenizer_makes_fewer_tokens_than_are_counted(name: str) -> None:
    for page in LIBRARY[name]:
        (real,) = model().count_tokens([page[:800]])
        assert real <= tokens(page[:800]) <= 4 * real


@pytest.mark.parametrize("text", ["", " ", "....", "\n\n", "12,345", "税务公告", "😀"])
def test_every_text_has_a_count(text: str) -> None:
    assert 0 <= tokens(text) <= 3 * len(text)


def cost(kept: tuple[Given, ...]) -> int:
    return sum(FRAME + tokens(one.heading) + tokens(one.text) for one in kept)


@pytest.mark.parametrize("room", [150, 400, 900, 2_000])
def test_the_best_come_first_and_none_is_cut_in_a_sentence(hits: list[Hit], room: int) -> None:
    sources = [passage(hit) for hit in hits]
    fitted = fit(sources, room, FRAME)
    assert cost(fitted.given) <= room
    assert len(fitted.given) + len(fitted.left_out) == len(sources)
    assert fitted.given[0].hit is not None
    assert fitted.given[0].hit.chunk == hits[0].chunk
    for one in fitted.given:
        assert one.hit is not None
        whole = next(hit.passage for hit in hits if hit.chunk == one.hit.chunk)
        shown = one.hit.passage
        assert one.text == shown.text == whole.text[shown.start - whole.start : shown.end - whole.start]
        assert one.text == whole.text or one.text.endswith(".")


def test_a_shortened_passage_begins_where_it_was_found(hits: list[Hit]) -> None:
    long = max(hits, key=lambda hit: hit.chunk.start - hit.passage.start)
    short = shortened(passage(long), 60)
    assert short is not None and short.hit is not None
    assert long.chunk.start - 200 < short.hit.passage.start <= long.chunk.start
    assert tokens(short.text) <= 60
    assert short.text.endswith(".")
    assert shortened(passage(long), 10) is None


def test_half_a_table_is_never_given(hits: list[Hit]) -> None:
    table = replace(passage(hits[0]), is_table=True)
    fitted = fit([table], tokens(table.text) - 5, FRAME)
    assert (fitted.given, fitted.left_out) == ((), (table,))


def test_what_stands_in_an_earlier_passage_is_given_once(hits: list[Hit]) -> None:
    again = [passage(hit) for hit in (*hits, *hits)]
    assert distinct(again) == distinct(again[: len(hits)])
    assert [hit.rank for hit in without_overlap(hits, 3)] == [1, 2, 3]
    fact = Given("There are 8 documents.")
    assert distinct([fact, again[0], fact]) == [fact, again[0], fact]
    assert hits_of([fact, again[0]])[0].chunk == hits[0].chunk
    assert documents_of([fact, again[0]]) == (hits[0].document.id,)


# ---- how much a model takes


LISTED = {"data": [{"id": "other", "max_model_len": 999_999}, {"id": "m", "max_model_len": 8_192}]}


def test_a_context_is_set_or_told_by_the_server_or_small() -> None:
    with serving(models=LISTED) as server:
        assert context_of(ChatModel(server.address, "m", context=32_768)) == 32_768
        assert server.gets == []
        assert context_of(ChatModel(server.address, "m")) == 8_192
        assert context_of(ChatModel(server.address, "other")) == MOST_FOUND
        assert context_of(ChatModel(server.address, "unknown")) == DEFAULT_CONTEXT
        assert server.requests == []


@pytest.mark.parametrize(
    "models",
    [
        None,
        [],
        {"data": 3},
        {"data": [{"id": "m", "context_length": "many"}]},
        {"data": [{"id": "m", "n_ctx": 1}]},
    ],
)
def test_a_server_that_tells_nothing_useful_leaves_the_small_one(models: object) -> None:
    with serving(models=models) as server:
        assert context_of(ChatModel(server.address, "m")) == DEFAULT_CONTEXT


def test_a_prompt_leaves_room_for_the_answer() -> None:
    assert TokenBudget(4_096).prompt == 4_096 - 819
    assert TokenBudget(100_000).prompt == 100_000 - 1_024
    assert TokenBudget(4_096).half == TokenBudget(2_048)
    assert TokenBudget(4_096).history < TokenBudget(4_096).prompt / 4
