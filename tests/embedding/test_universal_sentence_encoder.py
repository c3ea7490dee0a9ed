"""explorer.embedding.universal_sentence_encoder: by its name, across languages."""

from __future__ import annotations

import pytest

from explorer import embedding
from explorer.embedding.universal_sentence_encoder import NAME
from explorer.errors import ModelError


@pytest.mark.extras("use")
def test_texts_that_mean_the_same_lie_together_across_languages() -> None:
    model = embedding.load(NAME)
    vectors = model.encode(["Das Auto ist schnell.", "Die Katze schläft.", "El pan está caliente."])
    for question, row in (("The car is fast.", 0), ("The cat is asleep.", 1), ("The bread is hot.", 2)):
        assert int((vectors @ model.encode_query(question)).argmax()) == row


def test_without_the_extra_its_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for ask in (embedding.examine, embedding.identify, embedding.load):
        with pytest.raises(ModelError, match=r"python start\.py --with use"):
            ask(NAME)
