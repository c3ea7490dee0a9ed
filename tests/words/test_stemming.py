"""Words → stems: by the language of their document, and by their script where that is another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.words.stemming import bare, folded, stem, stems


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Companies", "en", "compani"),
        ("Häuser", "de", "haus"),
        ("résumés", "en", "resum"),
        ("договоров", "de", "договор"),
        ("ёлки", "ru", "елк"),
        ("والكتاب", "ar", "كتاب"),
        ("ﬁle", "en", "file"),
    ],
)
def test_a_word_is_stemmed_by_its_documents_language_or_its_script(
    word: str, language: str, expected: str
) -> None:
    assert stem(word, language) == expected


def test_a_query_word_has_a_stem_for_each_language_once() -> None:
    assert stems("Energie", ("de", "en")) == ("energi",)
    assert stems("Häuser", ("de",)) == (stem("Häuser"), "haus")


def test_marks_that_make_another_letter_stay_where_beginnings_are_compared() -> None:
    assert folded("Ærø") == "aero"
    assert folded("й") != folded("и")
    assert folded("أحمد") == folded("احمد")


@given(st.text(min_size=1))
def test_every_word_has_a_stem(word: str) -> None:
    assert stem(word)
    assert stem(word, "de")


@given(st.text(alphabet="äéøßЙйεέأا日aZ", min_size=1))
def test_what_folds_alike_is_alike_at_a_quick_look(word: str) -> None:
    assert bare(folded(word)) == bare(word)


def test_threads_do_not_stem_each_others_words() -> None:
    starts = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in "aeiou" for c in ("nt", "rm", "st", "ll", "ck")]
    words = [f"{start}{end}" for start in starts for end in ("izational", "fulness", "iveness", "ously")]
    stem.cache_clear()
    alone = [stem(word, "en") for word in words]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda turn: [stem(word, "en") for word in words[turn:]], range(8)))
    assert all(one == alone[turn:] for turn, one in enumerate(found))
