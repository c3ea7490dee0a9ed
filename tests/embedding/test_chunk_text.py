"""What is embedded before a chunk: its source, in a quarter of what the model reads at most."""

from __future__ import annotations

from explorer import embedding
from explorer.embedding.chunk_text import chunk_room, prefix_of


def test_the_prefix_names_the_source_without_what_the_text_says_itself() -> None:
    model = embedding.load()
    assert prefix_of("Annual  report", ["Part I", "Risks"], "Risks are many.", model) == (
        "Annual report: Part I: "
    )
    assert prefix_of("", [], "text", model) == ""


def test_the_prefix_takes_a_quarter_of_what_the_model_reads_at_most() -> None:
    model = embedding.load()
    prefix = prefix_of("report " * 400, [], "text", model)
    (taken,) = model.count_tokens([prefix])
    assert 0 < taken <= model.max_tokens - chunk_room(model)
