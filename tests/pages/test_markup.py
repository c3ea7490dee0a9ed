"""ui.markup: words of Markdown are shown without its signs, and spans of them stay at their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import markup


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("- **Chroma** runs [here](docs/stores.md#chroma).", "- Chroma runs here."),
        ("## A heading", "A heading"),
        ("`**kwargs` and `[0](1)` are code", "`**kwargs` and `[0](1)` are code"),
        ("```\n# no **heading**\n```\n# one", "```\n# no **heading**\n```\none"),
        ("2 ** 3 and a[1](x", "2 ** 3 and a[1](x"),
        ("2**10 is 1024, x[1](2)", "2**10 is 1024, x[1](2)"),
        ("src/**/*.py and f(**kwargs)", "src/**/*.py and f(**kwargs)"),
        ("**[Stores](docs/stores.md)** hold", "Stores hold"),
        ("~~~\n**a**", "~~~\n**a**"),
        ("| says | do **this** |", "| says | do this |"),
        ("a [b] c", "a [b] c"),
        ("See ![a view](img/a.png) and ![b][r].", "See a view and ![b][r]."),
    ],
)
def test_what_is_read(words: str, read: str) -> None:
    assert markup.read(words, "markdown") == read


def test_signs_are_text_in_other_documents() -> None:
    assert markup.read("**bold** [a](b)", "text") == "**bold** [a](b)"
    assert markup.read("cat a | grep b || true |", "text") == "cat a | grep b || true |"


@given(st.text("ab *[]()#`|\n", max_size=60), st.data())
def test_spans_stay_at_their_words(text: str, data: st.DataObject) -> None:
    away = list(markup.signs(text))
    left = markup.without(away, text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    ((first, last),) = markup.moved(away, [(start, end)])
    kept = "".join(
        sign for at, sign in enumerate(text) if start <= at < end and not any(a <= at < b for a, b in away)
    )
    assert left[first:last] == kept
