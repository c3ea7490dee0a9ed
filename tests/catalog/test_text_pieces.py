"""A span of a text is read without the rest."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import Catalog
from explorer.catalog.text_pieces import PIECE, Spans
from tests.catalog.making import add, generation


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    repeat=st.integers(1, 1500),
    start=st.integers(0, 100_000),
    length=st.integers(-5, 50_000),
)
def test_a_span_is_the_slice(catalog: Catalog, text: str, repeat: int, start: int, length: int) -> None:
    whole = text * repeat
    generation(catalog)
    document_id = add(catalog, whole, step=len(whole))
    end = max(0, start + length)
    assert catalog.documents.span(document_id, start, end) == whole[start:end]


def test_a_span_reads_only_the_pieces_it_needs(catalog: Catalog) -> None:
    document_id = add(catalog, "x" * (PIECE * 5) + "needle", step=PIECE)
    with catalog.read() as con:
        spans = Spans(con)
        edition = con.execute("SELECT id FROM edition").fetchall()[0][0]
        assert spans.read(edition, PIECE * 5, PIECE * 5 + 6) == "needle"
        assert len(spans._pieces) == 1
    assert catalog.documents.span(document_id, PIECE - 1, PIECE + 1) == "xx"
