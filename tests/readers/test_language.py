from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.readers.language import found, sample, with_language
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading, ReadPage
from tests.readers.conftest import Write

SENTENCES = {
    "en": "The committee met on Tuesday and decided that the bridge should be repaired.",
    "de": "Der Ausschuss trat am Dienstag zusammen und beschloss, die Brücke zu reparieren.",
    "fr": "Le comité s'est réuni mardi et a décidé que le pont devait être réparé.",
    "es": "El comité se reunió el martes y decidió que el puente debía ser reparado.",
    "it": "Il comitato si è riunito martedì e ha deciso che il ponte doveva essere riparato.",
    "pt": "A comissão reuniu-se na terça-feira e decidiu que a ponte devia ser reparada.",
    "nl": "De commissie kwam dinsdag bijeen en besloot dat de brug gerepareerd moest worden.",
    "pl": "Komitet spotkał się we wtorek i zdecydował, że most powinien zostać naprawiony.",
    "ru": "Комитет собрался во вторник и решил, что мост должен быть отремонтирован.",
    "ja": "委員会は火曜日に開かれ、橋を修理することを決定した。",
    "zh": "委员会星期二开会，决定应该修理这座桥梁。",
    "ko": "위원회는 화요일에 모여 다리를 수리해야 한다고 결정했다.",
    "ar": "اجتمعت اللجنة يوم الثلاثاء وقررت أنه يجب إصلاح الجسر.",
    "el": "Η επιτροπή συνεδρίασε την Τρίτη και αποφάσισε ότι η γέφυρα έπρεπε να επισκευαστεί.",
    "tr": "Komite salı günü toplandı ve köprünün onarılması gerektiğine karar verdi.",
    "sv": "Kommittén sammanträdde på tisdagen och beslutade att bron skulle repareras.",
}


def reading(text: str, language: str | None = None, asides: tuple[tuple[int, int], ...] = ()) -> Reading:
    return Reading("text", (ReadPage(1, text),), language=language, asides=asides)


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_enough(code: str) -> None:
    assert found(reading(SENTENCES[code])) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, world!",
        "Dies ist kurz.",
        "1,234 5,678 " * 500,
        "Q1 Q2 Q3 2018 2019 " * 50,
        "https://www.example.com/the/bridge/that/should/be/repaired " * 3,
        "xxxx " * 200,
        "a5f3 00bc 9e1d " * 100,
    ],
)
def test_what_is_no_language_stays_without(text: str) -> None:
    assert found(reading(text)) is None
    assert with_language(reading(text, "")).language is None


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-GB", SENTENCES["en"], "en"),
        ("en-us", SENTENCES["de"], "de"),  # a template's language
        ("pt-BR", "Resumo", "pt"),
        ("ger", "Kurz", "de"),
        ("nb_NO", "Kort", "no"),
        ("und", "Short", None),
        ("<script>", "Short", None),
        ("C", "Short", None),
        (None, "Short", None),
    ],
)
def test_what_the_file_declares_counts_unless_its_text_says_otherwise(
    declared: str | None, text: str, language: str | None
) -> None:
    assert with_language(reading(text, declared)).language == language


def test_menus_do_not_count_where_there_is_text() -> None:
    menu = f"{SENTENCES['en']}\n" * 8
    text = f"{menu}\n{SENTENCES['de']}"
    assert found(reading(text, asides=((0, len(menu)),))) == "de"
    assert found(reading(menu, asides=((0, len(menu)),))) == "en"


def test_a_long_text_is_looked_at_in_several_places() -> None:
    text = "".join(f"{place:09} " for place in range(1_000_000))
    places = [int(word) for word in sample(reading(text)).split() if len(word) == 9]
    assert len(places) <= 1_001
    assert {place // 100_000 for place in places} == {0, 3, 6, 9}


@given(st.text(max_size=300), st.text(max_size=12))
@settings(deadline=None)
def test_any_text_has_a_language_or_none(text: str, declared: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    language = with_language(reading(text, declared)).language
    assert language is None or language.isalpha()


def test_every_format_goes_through_it_and_only_in_the_child(pool: ReaderPool, write: Write) -> None:
    assert pool.read(write("a.txt", SENTENCES["fr"]), "a.txt").language == "fr"
    page = f'<html lang="en-US"><body><p>{SENTENCES["es"]}</p></body></html>'
    assert pool.read(write("a.html", page), "a.html").language == "es"
    code = "import sys, explorer.readers.__main__, explorer.library; print('pycld2' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, check=True
    )
    assert done.stdout.strip() == b"False"


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("docling/html/wiki_duck.html", "en"),
        ("docling/docx/lorem_ipsum.docx", "la"),
        ("docling/pdf/right_to_left_01.pdf", "ar"),
        ("docling/pdf/right_to_left_03.pdf", "fa"),
        ("docling/pdf/normal_4pages.pdf", "ko"),
        ("docling/html/hyperlink_04.html", None),
    ],
)
def test_files_of_several_languages(pool: ReaderPool, zoo: Path, name: str, language: str | None) -> None:
    assert pool.read(zoo / name, Path(name).name).language == language
