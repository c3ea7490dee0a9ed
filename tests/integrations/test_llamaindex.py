"""The library as a retriever of LlamaIndex."""

from __future__ import annotations

import pytest

from explorer import Library, Scope

pytestmark = pytest.mark.extras("llamaindex")
pytest.importorskip("llama_index.core", reason="the extra llamaindex is not installed")

from explorer.integrations.llamaindex import LibraryNodeRetriever


def test_nodes_are_the_hits_with_their_places_and_scores(library: Library) -> None:
    query = "how often is a starter fed"
    found = LibraryNodeRetriever(library, k=3).retrieve(query)
    hits = library.search(query, 3)
    assert [one.node.get_content() for one in found] == [hit.passage.text for hit in hits]
    assert [one.score for one in found] == [pytest.approx(hit.score) for hit in hits]
    at = found[0].node.metadata
    assert library.span(at["document"], at["start"], at["end"]) == found[0].node.get_content()
    only = LibraryNodeRetriever(library, scope=Scope(kinds=["docx"])).retrieve(query)
    assert {one.node.metadata["source"].rsplit(".")[-1] for one in only} == {"docx"}
