"""What a long text is summed up by (`explorer.chat.summaries`)."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.chat.composing import Composition
from explorer.chat.summaries import MOST_CHARACTERS, Material, in_parts, summarize, telling
from explorer.types import Chunk
from tests.chat.tabled.test_finding import document


def chunk(number: int, text: str, *headings: str) -> Chunk:
    start = 1000 * number
    return Chunk(number, "c", 1, 1, start, start + len(text), text, ("CONTOSO", *headings))


def filing() -> Material:
    rng = np.random.default_rng(1)
    chunks = [
        chunk(
            number,
            f"Contoso is a maker of lamps, and its plant {number} sold {number} of them.",
            "Item 1. Business",
        )
        for number in range(20)
    ]
    chunks += [
        chunk(
            20 + number, f"The exhibit of number {number} is kept by the registrar of companies.", "Exhibits"
        )
        for number in range(150)
    ]
    vectors = rng.normal(size=(len(chunks), 8)).astype(np.float32)
    return Material(chunks, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_a_long_text_is_summed_up_by_its_business_and_not_by_its_exhibits() -> None:
    material = filing()
    kept = telling(material)
    assert {one.headings[-1] for one in kept.chunks} == {"Item 1. Business"}
    assert kept.vectors.shape == (20, 8)
    short = Material(material.chunks[:40], material.vectors[:40])
    assert telling(short) is short
    others = Material(material.chunks[20:], material.vectors[20:])
    assert telling(others) is others, "there is nothing else"


def test_a_heading_above_nearly_all_is_no_part() -> None:
    material = filing()
    parts = in_parts(material.chunks, 7)
    assert max(map(len, parts)) <= 30
    assert sum(map(len, parts)) == len(material.chunks)


def summed(*texts: str) -> str:
    chunks = [chunk(number, text) for number, text in enumerate(texts)]
    told = Composition()
    vectors = np.eye(64, dtype=np.float32)
    summarize(told, document(), Material(chunks, vectors[: len(texts)]), lambda said: vectors[: len(said)])
    return told.text


@pytest.mark.parametrize(
    "text",
    [
        "This impact was offset by lower costs of the plants in the north.",
        "Refer to Note 12 for more about the legal proceedings of the year.",
        "(c) In 2021 the income was related to the sale of the old plant.",
        "$0.6 billion was owed to the companies that were parted from it.",
        "The registrant is a large accelerated filer, as defined in the act.",
    ],
)
def test_what_leans_on_others_or_says_nothing_is_left_out(text: str) -> None:
    kept = "The company sold nine plants in the north of the country."
    assert kept in summed(text, kept)
    assert text not in summed(text, kept)


def test_a_summary_has_an_end() -> None:
    long = [f"Plant {number} " + "made lamps and " * 17 + "sold them." for number in range(40)]
    assert len(summed(*long)) < MOST_CHARACTERS + 500
