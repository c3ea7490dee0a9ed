"""`explorer.chat.told.literal`: code and mathematics are told from the rest, however the text arrives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.chat.told.literal import LiteralStream, maths_end


def told(text: str, size: int) -> list[tuple[str, bool]]:
    """The pieces of a text that arrives `size` characters at a time, neighbours of a kind joined."""
    stream = LiteralStream()
    pieces = [piece for at in range(0, len(text), size) for piece in stream.feed(text[at : at + size])]
    joined: list[tuple[str, bool]] = []
    for words, is_literal in [*pieces, *stream.feed("", is_last=True)]:
        if joined and joined[-1][1] == is_literal:
            joined[-1] = (joined[-1][0] + words, is_literal)
        else:
            joined.append((words, is_literal))
    return joined


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("Use `a[1] / b[0]` as in [1].", ["`a[1] / b[0]`"]),
        ("So:\n```python\nreturn a[1] / b[0]\n```\nDone [2].", ["```python\nreturn a[1] / b[0]\n```\n"]),
        ("~~~\nx[1]\n~~~~\ny[1]", ["~~~\nx[1]\n~~~~\n"]),
        ("```\nnever closed [1]", ["```\nnever closed [1]"]),
        ("in a line ```a[1]``` [1]", ["```a[1]```"]),
        ("``a`[1]`` b[2]", ["``a`[1]``"]),
        ("a ` b [1] c", []),
        ("one `\n\ntwo ` [1]", []),
        ("$5 million [1] and $6 million [2]", []),
        ("$20.8[1] to $19.1[2]", []),
        ("\\$5 [1] and $x[1]$", ["$x[1]$"]),
        ("\\(x_{[1]}\\) and \\[ a[1] \\]", ["\\(x_{[1]}\\)", "\\[ a[1] \\]"]),
        ("as \\[1\\] says [1], \\[x^2\\]", ["\\[x^2\\]"]),
        ("$$\na[1]\n$$ [1]", ["$$\na[1]\n$$"]),
        ("$$ open [1]\n\nnext $$", []),
    ],
)
def test_code_and_mathematics_are_told_in_pieces_of_any_size(text: str, literal: list[str]) -> None:
    whole = told(text, len(text))
    assert "".join(words for words, _ in whole) == text
    assert [words for words, is_literal in whole if is_literal] == literal
    for size in (1, 2, 3, 7):
        assert told(text, size) == whole


@given(st.text(alphabet="a1[]`~$\\(\n 5", max_size=60), st.integers(1, 9))
def test_nothing_is_lost_and_nothing_depends_on_the_pieces(text: str, size: int) -> None:
    assert told(text, size) == told(text, max(len(text), 1))
    assert "".join(words for words, _ in told(text, size)) == text


def test_a_formula_ends_behind_its_closing_sign() -> None:
    assert maths_end("a $x^2$ b", 2) == 7
    assert maths_end("a $x^2$ b", 0) == 0
    assert maths_end("$ x$", 0) == 0
