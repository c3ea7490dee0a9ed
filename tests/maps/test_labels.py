"""Labels: readable words that set a cluster apart, in any language."""

from __future__ import annotations

import numpy as np

from explorer.maps.labels import keywords, label, readable, sample

OIL = [
    "Oil prices rose as crude stocks fell.",
    "The oil price is $45; oil prices may rise.",
    "Crude oil prices fell.",
]
CHESS = ["The king and a pawn win.", "A pawn before the king.", "Kings guard pawns; the rook waits."]
BREAD = [
    "Sourdough bread rises slowly.",
    "Feed the sourdough starter.",
    "Bread and flour, sourdough and water.",
]


def test_labels_say_what_is_special() -> None:
    named = label({0: OIL, 1: CHESS, 2: BREAD})
    assert "oil price" in named[0].lower()
    assert "king" in named[1].lower()
    assert "pawn" in named[1].lower()
    assert "sourdough" in named[2].lower()
    assert len(set(named.values())) == 3
    assert all(1 <= len(text.replace(",", "").split()) <= 4 for text in named.values())


def test_no_numbers_stop_words_or_stems() -> None:
    texts = ["In 2022 the businesses 1,234 and 45.6 were declared"] * 3
    words = {word.strip(",") for word in label({0: texts, 1: OIL})[0].split()}
    assert words <= {"businesses", "declared"}


def test_words_of_one_label_stay_out_of_the_others() -> None:
    named = label({0: [*OIL, "market report"], 1: [*CHESS, "market report"], 2: [*BREAD, "market report"]})
    words = [word.strip(",").lower() for text in named.values() for word in text.split()]
    assert len(words) == len(set(words))


def test_other_languages() -> None:
    german = ["Die Hunde jagen die Katzen und der Hund schläft.", "Ein Hund und viele Hunde."]
    russian = ["Экономика страны растёт", "экономика и рынок страны"]
    chinese = ["人工智能的发展", "人工智能技术"]
    greek = ["η οικονομία της χώρας", "οικονομία και αγορά"]
    named = label({0: german, 1: russian, 2: chinese, 3: greek, 4: OIL})
    assert "hund" in named[0].lower()
    assert not {"die", "und", "der", "ein"} & set(named[0].lower().replace(",", "").split())
    assert "экономика" in named[1].lower()
    assert "人工" in named[2]
    assert "的" not in named[2]
    assert "οικονομία" in named[3].lower()


def test_clusters_without_words_have_names_too() -> None:
    assert label({0: ["123 456"], 1: ["the of and"], 2: []}) == {
        0: "Subject 1",
        1: "Subject 2",
        2: "Subject 3",
    }
    assert label({}) == {}


def test_equal_clusters_have_different_labels() -> None:
    named = label({0: CHESS, 1: CHESS, 2: CHESS})
    assert len({text.casefold() for text in named.values()}) == 3


def test_capitals_are_kept_where_they_are_the_rule() -> None:
    texts = [
        "NASA and Verizon",
        "NASA pays Verizon a DIVIDEND",
        "Dividend day: a dividend",
        "RESTRUCTURING",
        "RESTRUCTURING",
    ]
    forms = {word: word for word in keywords(texts, OIL, 10)}
    assert {"NASA", "Verizon", "dividend", "Restructuring"} <= set(forms)


def test_one_text_that_repeats_itself_does_not_name_the_cluster() -> None:
    texts = ["xylophone " * 500, *(f"river gravel number {n}" for n in range(20))]
    assert "xylophone" not in label({0: texts, 1: OIL})[0]


def test_markup_is_only_letters() -> None:
    named = label({0: ["<img src=x onerror=alert(1)>", "<img onerror>"], 1: OIL})
    assert "<" not in named[0]


def test_neighbours_are_told_from_words_with_something_between() -> None:
    follows = {word.form: word.follows for word in readable("Oil prices, and crude (stocks) fall")}
    assert follows == {"Oil": False, "prices": True, "crude": False, "stocks": False, "fall": False}


def test_a_sample_of_each_cluster_is_read() -> None:
    rows = sample(np.array([0] * 1000 + [1] * 3 + [-1] * 5))
    assert sorted(rows) == [0, 1]
    assert len(rows[0]) == 300
    assert rows[1] == [1000, 1001, 1002]


def test_keywords_of_everything_and_of_nothing() -> None:
    assert keywords([], OIL) == []
    assert "oil prices" in [word.lower() for word in keywords(OIL, [])]


def test_two_words_that_stand_together_are_one_expression() -> None:
    plans = [f"The pension plan of {name} pays {name}." for name in ("Ann", "Bob", "Cid", "Dan")]
    assert "pension plan" in label({0: plans, 1: OIL, 2: CHESS})[0].lower()


def test_no_function_word_of_any_language_names_a_subject() -> None:
    texts = [
        "Saham atau opsi yang telah diberikan kepada peserta",
        "Peserta atau karyawan yang menerima saham",
        "Hisse ve opsiyon için katılımcı",
    ]
    words = {word.strip(",").lower() for word in label({0: texts, 1: OIL})[0].split()}
    assert not words & {"atau", "yang", "telah", "kepada", "ve", "için"}


def test_the_foot_of_a_page_names_no_subject() -> None:
    foot = "Harborview Quarterly Bulletin 2021 · {}"
    texts = [f"The rook {'waits ' * n} there.\n{foot.format(n)}" for n in range(20)]
    named = label({0: texts, 1: OIL})
    assert "rook" in named[0].lower()
    assert "harborview" not in named[0].lower()


def test_finer_groups_may_share_a_word_and_no_expression() -> None:
    named = label({0: OIL, 1: [*OIL, "Brent and Dubai"], 2: ["Brent and Dubai"] * 3}, are_apart=False)
    assert len({text.casefold() for text in named.values()}) == 3
