"""What is written into a column comes back, whatever the text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import Catalog
from explorer.catalog.columns import clean, decoder, dumps, moment, strings
from explorer.errors import StorageError


@given(st.text(st.characters(exclude_categories=[])))
def test_every_text_can_be_stored_and_keeps_its_length(text: str) -> None:
    stored = clean(text)
    stored.encode("utf-8")
    assert len(stored) == len(text)
    assert clean(stored) == stored


@given(st.lists(st.text()))
def test_a_list_of_strings_comes_back(texts: list[str]) -> None:
    assert strings(dumps(texts)) == tuple(map(clean, texts))


def test_a_moment_is_told_in_utc() -> None:
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, False, 0, "", [], {"a": [1, "é"]}])
def test_settings_come_back_as_they_were_given(catalog: Catalog, value: object) -> None:
    catalog.settings.change({"something": value})
    assert catalog.settings.get("something", "the default") == ("the default" if value is None else value)


@pytest.mark.parametrize("value", [None, "words of a document", b"words", 1e300, [], float("nan")])
def test_a_row_with_a_value_of_a_wrong_kind_is_damage_and_not_shown(value: object) -> None:
    @decoder
    def made(row: tuple[float, str]) -> object:
        return moment(row[0])

    with pytest.raises(StorageError, match="is damaged") as caught:
        made((value, ""))  # type: ignore[arg-type]
    assert "words" not in str(caught.value)
    assert caught.value.__context__ is None
