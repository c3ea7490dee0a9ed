"""Function words: those that a query goes without, and those that name no subject."""

from __future__ import annotations

from explorer.words.stop_words import STOP_WORDS, function_words, of_query


def test_a_query_goes_without_the_function_words_of_the_language_it_is_asked_in() -> None:
    german = ["was", "kostet", "die", "reparatur", "der", "brücke"]
    assert {"die", "der", "was"} <= of_query(german, ["de"])
    assert "der" not in of_query(german), "a library without German documents"
    assert of_query(["what", "does", "the", "repair", "cost"], ["de", "fr"]) == STOP_WORDS


def test_words_that_can_be_the_point_of_a_question_are_searched_and_name_no_subject() -> None:
    for word in ("not", "us", "may", "more"):
        assert word not in STOP_WORDS
        assert word in function_words()
    assert function_words() > STOP_WORDS
    assert all(word == word.casefold() for word in function_words())
