"""A reranker's say: the order of the first hits, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.search.reranked import RerankingRetriever
from explorer.settings import Settings
from tests.small_library import RealEncoder, fill


@dataclass
class Client(RealEncoder):
    """Ranks texts by their length, the shortest first."""

    read: list[tuple[str, int]] = field(default_factory=list)

    def rerank(self, query: str, texts: Sequence[str]) -> np.ndarray:
        self.read.append((query, len(texts)))
        return np.array([-len(text) for text in texts], np.float32)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library")) as catalog:
        yield catalog


def retriever(client: Client, reranker: str | None = "some") -> RerankingRetriever:
    return RerankingRetriever(client.catalog, client, lambda: Settings(reranker=reranker))


def test_the_reranker_reads_the_question_without_its_operators_and_orders_anew(catalog: Catalog) -> None:
    client = Client(catalog)
    plain = retriever(client, None).retrieve("repairs of the quay -pets", 50)
    found = retriever(client).retrieve("repairs of the quay -pets", 50)
    assert client.read == [("repairs of the quay", len(plain.hits))]
    lengths = [len(hit.chunk.text) for hit in found.hits]
    assert lengths == sorted(lengths)
    assert {hit.chunk.id for hit in found.hits} == {hit.chunk.id for hit in plain.hits}
    assert [hit.score for hit in found.hits] == [hit.score for hit in plain.hits]
    assert found.vector is not None and plain.vector is not None
    assert (found.vector == plain.vector).all()


def test_more_is_read_than_is_asked_for(catalog: Catalog) -> None:
    client = Client(catalog)
    (hit,) = retriever(client).search("repairs of the quay", 1)
    plain = retriever(client, None).search("repairs of the quay", 50)
    shortest = min(plain, key=lambda hit: len(hit.chunk.text))
    assert (hit.chunk.id, hit.rank) == (shortest.chunk.id, 1)
    assert client.read[0][1] > 1
    assert retriever(client).search("repairs of the quay", 0) == []


def test_keyword_search_and_a_library_without_a_reranker_ask_none(catalog: Catalog) -> None:
    client = Client(catalog)
    assert retriever(client).search("quay", 3, "keyword")
    assert retriever(client, None).search("quay", 3)
    assert client.read == []
