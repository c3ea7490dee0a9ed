"""Questions in another language than the documents (`explorer.chat.languages`,
`explorer.questions.languages`): answered with a model that reads both, refused with one that doesn't."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from explorer import Library
from explorer.catalog import Catalog
from explorer.chat.answers import Answerer
from explorer.chat.languages.across import AcrossLanguages, LanguageScale, cognates, scale_of
from explorer.chat.languages.translations import ANSWERS, QUESTIONS
from explorer.chat.support import SUPPORTED, Signs
from explorer.questions.languages import is_foreign, is_german
from explorer.search.retriever import Retriever
from explorer.words.stop_words import function_words
from tests.small_library import RealEncoder, fill

SAMPLES = Path(__file__).parents[2] / "samples"
LEASE = (
    "The tenant shall pay the rent on the first day of each month. The landlord repairs the roof. "
    "Pets are allowed only with the written consent of the landlord. The bicycle stands in the cellar.\n"
)
DICTIONARY = {
    "mieter": "tenant", "miete": "rent", "zahlt": "pay", "vermieter": "landlord", "repariert": "repairs",
    "dach": "roof", "haustiere": "pets", "erlaubt": "allowed", "fahrrad": "bicycle", "steht": "stands",
    "keller": "cellar", "toit": "roof", "répare": "repairs", "tejado": "roof", "repara": "repairs",
}  # fmt: skip


@dataclass
class TranslatingEncoder(RealEncoder):
    """A tiny model of four languages: it knows the words of a dictionary and the sentences by which models
    are tried, and gives a text the sum of its words' places."""

    def encode(self, texts: Sequence[str], kind: str = "passage") -> np.ndarray:
        return np.stack([_placed(text) for text in texts])

    def nearest(self, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        ids, _ = self.catalog.embeddings.matrix()
        texts = [chunk.text for chunk in self.catalog.chunks.by_ids(ids.tolist())]
        cosine = self.encode(texts) @ vector
        best = np.argsort(-cosine)[:k]
        return ids[best], cosine[best]


def _placed(text: str) -> np.ndarray:
    known = {one: row[0] for rows in (QUESTIONS, ANSWERS) for row in rows for one in row}
    words = re.findall(r"[^\W\d_]+", known.get(text, text).casefold())
    own = [DICTIONARY.get(word, word) for word in words if word not in function_words()]
    places = [np.random.default_rng(zlib.crc32(word[:4].encode())).normal(size=384) for word in own]
    total = np.sum(places, axis=0) if places else np.ones(384)
    return (total / np.linalg.norm(total)).astype(np.float32)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library"), {"harbour-report.pdf": (LEASE,)}) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def answerer(catalog: Catalog) -> Answerer:
    return Answerer(Retriever(catalog, TranslatingEncoder(catalog)), lambda: None)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wer repariert denn das Dach?", "The landlord repairs the roof."),
        ("Qui répare le toit ?", "The landlord repairs the roof."),
        ("¿Quién repara el tejado?", "The landlord repairs the roof."),
        ("Sind hier Haustiere erlaubt?", "Pets are allowed"),
    ],
)
def test_a_question_in_another_language_is_answered(answerer: Answerer, question: str, said: str) -> None:
    answer = answerer.answer(question)
    assert answer.found, answer.text
    assert said in answer.text
    assert answer.citations[0].text in LEASE


@pytest.mark.parametrize(
    "question",
    [
        "Wie wird das Wetter morgen in Berlin?",
        "Quelle est la capitale de l'Australie ?",
        "¿Cómo se prepara una paella?",
        "Wann fährt der nächste Zug nach Hamburg?",
    ],
)
def test_what_is_not_there_is_refused_in_any_language(answerer: Answerer, question: str) -> None:
    answer = answerer.answer(question)
    assert not answer.found, answer.text


def test_a_model_of_one_language_answers_none_of_another(catalog: Catalog) -> None:
    english = Retriever(catalog, RealEncoder(catalog))
    assert AcrossLanguages(english).scale() is None
    answer = Answerer(english, lambda: None).answer("Wer repariert denn das Dach?")
    assert not answer.found


def test_the_scale_goes_from_unlike_to_alike(catalog: Catalog) -> None:
    encoder = TranslatingEncoder(catalog)
    scale = scale_of(encoder.encode, encoder.encode)
    assert scale is not None
    assert scale.unlike < 0.1 < scale.alike
    assert scale.place(np.array([scale.unlike, scale.alike])) == pytest.approx([0.0, 1.0])
    assert LanguageScale(0.7, 0.9).place(np.array([0.8])) == pytest.approx([0.5])


def test_the_sentences_that_models_are_tried_by_are_whole() -> None:
    assert {len(row) for row in (*QUESTIONS, *ANSWERS)} == {4}
    assert len(QUESTIONS) == len(ANSWERS) == 8


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("Wer repariert das Dach?", "en", True),
        ("Quanto custou a restauração do rio?", "en", True),
        ("Hoe vaak moet de ketting worden geolied?", "en", True),
        ("Who repairs the roof?", "de", True),
        ("Wer repariert das Dach?", "de", False),
        ("Who repairs the roof?", "en", False),
        ("wat was netflixs opperating margin 2022 pls", "en", False),
        ("DARZALEX 2022", "en", False),
        ("Wer repariert das Dach?", None, False),
        ("\ufffe \ufdd0 ?", "en", False),
    ],
)
def test_a_question_is_foreign_to_a_language(question: str, language: str | None, expected: bool) -> None:
    assert is_foreign(question, language) is expected


def test_german_is_told_by_its_function_words() -> None:
    assert is_german("Wie hoch ist die Miete für das Büro?")
    assert not is_german("How high is the rent?")


def test_cognates_and_numbers_are_shared_words() -> None:
    assert cognates("¿Qué temperatura hubo en 1938?", "The temperature of 1938 was low.") == 1.0
    assert cognates("Wie hoch?", "The rent is high.") == 0.0
    assert cognates("Wie viel, 2024, 1.500?", "In 2023 and 2024, it was 1.500.") == 1.0
    assert cognates("Wie viel in 2024", "It was so in 2024, 1,500 and 3.") == 1.0
    assert cognates("Wann war die Temperatur 24.1?", "The temperature was 20.6.") == pytest.approx(1 / 2)


def test_across_languages_names_and_years_count_against_an_answer() -> None:
    near = Signs(meaning=0.7, words=0.0, is_across=True)
    assert near.support >= SUPPORTED
    assert Signs(meaning=0.7, words=0.0, strangers=("Siemens",), is_across=True).support < SUPPORTED
    assert Signs(meaning=0.7, words=0.0, years=(2031,), is_across=True).support < SUPPORTED
    assert Signs(meaning=0.3, words=0.0, is_across=True).support < SUPPORTED


@pytest.mark.extras("use")
def test_with_the_universal_sentence_encoder_the_samples_answer_in_three_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_MODEL", "universal-sentence-encoder")
    with Library(tmp_path / "library") as library:
        library.add([SAMPLES / "workshop-lease.docx", SAMPLES / "night-sky-notes.txt"])
        for question, said in (
            ("Wer repariert das Dach?", "The Landlord repairs the roof"),
            ("Pourquoi les étoiles scintillent-elles ?", "Stars twinkle and planets do not"),
            ("¿Quién debe reparar las puertas y ventanas?", "The Tenant repairs doors"),
        ):
            answer = library.ask(question)
            assert answer.found, question
            assert said in answer.text
        for question in ("Wie programmiert man in Python?", "Qui est le président de la France ?"):
            assert not library.ask(question).found, question
