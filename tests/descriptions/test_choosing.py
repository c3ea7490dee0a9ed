"""What a document is about, chosen from its own sentences.

Of explorer.descriptions.choosing, explorer.descriptions.phrases.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from explorer.descriptions.choosing import LONGEST, describe
from explorer.types import Chunk
from tests.catalog.making import vector

HEAD = (
    "FORM 10-K\nTABLE OF CONTENTS\nItem 1. Business .......... 4\nItem 2. Properties .......... 9\n",
    "Capitalized terms used but not defined herein have the meaning given in the Indenture.",
)
SLUICE = (
    "Halden Locks is a company that keeps the nineteen sluices of the northern canal.",
    "In the year 2021 the sluices were opened 48,200 times, and water of the canal was let through.",
    "The sluices of the canal were repaired by a crew of forty divers in the spring of that year.",
    "All rights reserved. See Note 14 for further details about the sluices.",
)


def passages(texts: Sequence[str]) -> tuple[list[Chunk], np.ndarray]:
    """Passages one after the other, of vectors that resemble each other as their words do."""
    found: list[Chunk] = []
    at = 0
    for number, text in enumerate(texts, 1):
        found.append(Chunk(number, "d", 1, 1, at, at + len(text), text))
        at += len(text)
    if not texts:
        return [], np.empty((0, 1), np.float32)
    words = sorted({word for text in texts for word in text.casefold().split()})
    rows = np.array([[word in text.casefold().split() for word in words] for text in texts], np.float32)
    return found, rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def test_it_says_what_somebody_is_and_no_boilerplate() -> None:
    said = describe(*passages([*HEAD, *SLUICE]), "Halden Locks annual report")
    assert said.startswith(SLUICE[0])
    assert len(said) <= LONGEST
    for left_out in ("Item 1", "Capitalized", "All rights", "See Note"):
        assert left_out not in said


def test_a_second_sentence_says_something_else_and_follows_in_the_order_of_the_text() -> None:
    same = "Halden Locks is a company that keeps nineteen sluices of the northern canal in order."
    said = describe(*passages([SLUICE[1], same, SLUICE[0]]), "Halden Locks")
    assert said.count("is a company") == 1
    if SLUICE[1] in said:
        assert said.index(SLUICE[1]) == 0


@pytest.mark.parametrize(
    "sentence",
    [
        "This report describes how the water of the northern canal is let through at night.",
        "Dieser Bericht beschreibt, wie das Wasser des nördlichen Kanals in der Nacht abgelassen wird.",
        "Cet article présente la manière dont les écluses du canal du nord sont ouvertes la nuit.",
        "Este informe describe cómo se abren por la noche las esclusas del canal del norte.",
        "В этом отчёте рассказывается о том, как ночью открывают шлюзы северного канала.",
        "本报告说明了北部运河的水闸在夜间如何开启以及由谁负责。",
    ],
)
def test_texts_in_other_languages(sentence: str) -> None:
    assert describe(*passages(["Contents\n1\n2\n3\n", sentence])) == sentence


def test_what_leans_on_what_stands_before_it_is_left_out() -> None:
    texts = ["Und deshalb blieb das große Tor des Kanals in jener Nacht geschlossen.", SLUICE[2]]
    assert describe(*passages(texts)) == SLUICE[2]
    assert describe(*passages(["But the sluices of the canal remained closed in that night of March."])) == ""


def test_a_long_sentence_is_cut_behind_a_word() -> None:
    long = "The harbour board of the northern canal decided " + "that another sluice is opened and " * 9
    said = describe(*passages([long.strip() + " that is all."]))
    assert said.endswith(" …")
    assert len(said) <= LONGEST
    assert long.startswith(said[:-2])


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["year | opened | closed\n2021 | 48,200 | 9\n2022 | 51,004 | 3\n"],
        ["name,price,amount\nbolt,1.20,4\nnut,0.80,9\n"],
        ["def main():\n    return [each for each in range(10)]\n"],
        ["Call https://example.org/a/b or write to keeper@example.org for the keys of the sluice."],
        ["Halden", "Why?", "Because."],
    ],
)
def test_tables_code_and_scraps_say_nothing(texts: list[str]) -> None:
    assert describe(*passages(texts)) == ""


def test_the_words_of_a_definition_are_left_out() -> None:
    text = "Halden Locks Ltd. (the “Company”) held its meeting of shareholders on May 3, 2023."
    assert describe(*passages([text])) == text.replace(" (the “Company”)", "")


def test_vectors_of_zeros_are_no_obstacle() -> None:
    chunks, vectors = passages(SLUICE)
    assert describe(chunks, np.zeros_like(vectors)) != ""
    assert describe(chunks, np.stack([vector(text) for text in SLUICE])) != ""
