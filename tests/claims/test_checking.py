"""`explorer.check`: what is supported, what is not, and what must not change the verdict."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import check
from explorer.claims.checking import CheckedClaim

SALES = (
    "Net sales were $34,229 million in 2022, compared with $35,355 million in 2021. The decline was driven "
    "by divestitures. The company did not pay a dividend in Germany."
)
ROMAN = "Michael Roman was appointed chief executive officer on July 1, 2018. He joined 3M in 1988."
PASSAGES = [SALES, ROMAN]

SUPPORTED = (
    "Net sales were $34,229 million in 2022.",
    "In 2022, net sales were $34.2 billion.",
    "Net sales were US$ 34.2bn in FY2022.",
    "Net sales were 34,229 million dollars in fiscal 2022.",
    "Net sales were $35,355 million in 2021 and $34,229 million in 2022.",
    "The company didn't pay a dividend in Germany.",
    "Michael Roman was appointed chief executive officer on 1 July 2018.",
    "On 2018-07-01, Michael Roman was appointed chief executive officer.",
)
CONTRADICTED = (
    "Net sales were $34,228 million in 2022.",
    "Net sales were $34,229 billion in 2022.",
    "Net sales were €34,229 million in 2022.",
    "Net sales were $35,355 million in 2022.",
    "Net sales were $34,229 million in 2019.",
    "Net sales were not $34,229 million in 2022.",
    "The company paid a dividend in Germany.",
    "The company did pay a dividend in Germany.",
    "Michael Roman was appointed chief executive officer on July 2, 2018.",
    "Michael Roman was appointed chief executive officer on June 1, 2018.",
    "Inge Thulin was appointed chief executive officer on July 1, 2018.",
)


@pytest.mark.parametrize("claim", SUPPORTED)
def test_what_the_passages_say_in_other_words_is_supported(claim: str) -> None:
    checked = check(claim, PASSAGES)
    assert checked.verdict == "supported"
    assert checked.score >= 0.5
    assert checked.spans


@pytest.mark.parametrize("claim", CONTRADICTED)
def test_a_sentence_with_one_thing_changed_is_contradicted(claim: str) -> None:
    checked = check(claim, PASSAGES)
    assert checked.verdict == "contradicted"
    assert checked.score < 0.1
    assert checked.spans


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Net sales rose 3.2 percent.", "contradicted"),
        ("In 2022 net sales increased by 3.2 percent.", "contradicted"),
        ("Net sales were up 3.2 percent from 2021.", "contradicted"),
        ("Net sales fell 3.2 percent.", "supported"),
    ],
)
def test_a_figure_that_rises_does_not_fall(claim: str, verdict: str) -> None:
    passage = "Net sales were $34,229 million in 2022, down 3.2 percent from 2021."
    assert check(claim, [passage]).verdict == verdict


def test_the_span_is_what_decides() -> None:
    (right,) = check("Net sales were $34.2 billion in 2022.", PASSAGES).spans
    assert PASSAGES[right.passage][right.start : right.end] == SALES.partition(" The decline")[0]
    (wrong,) = check("Michael Roman was appointed chief executive officer on July 2, 2018.", PASSAGES).spans
    assert PASSAGES[wrong.passage][wrong.start : wrong.end] == "July 1"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The moon is made of green cheese.", "not found"),
        ("", "not found"),
        ("It is so.", "not found"),
        ("Net sales were $34,229,400,000 in 2022.", "contradicted"),  # more exact than the source
        ("Net sales were $34,229 million in 2022, and Peter Huber was pleased.", "partly"),
        ("The decline was driven by divestitures in Oregon.", "partly"),
    ],
)
def test_what_is_not_there_is_not_supported(claim: str, verdict: str) -> None:
    assert check(claim, PASSAGES).verdict == verdict


def test_no_passage_supports_nothing() -> None:
    assert (
        check("Net sales rose.", [])
        == check("Net sales rose.", ["", " \n"])
        == CheckedClaim("not found", 0.0)
    )


def test_a_claim_of_several_sentences_needs_all_of_them() -> None:
    first, wrong = SUPPORTED[0], CONTRADICTED[0]
    assert check(f"{first} {SUPPORTED[6]}", PASSAGES).verdict == "supported"
    assert check(f"{first} {wrong}", PASSAGES).verdict == "contradicted"
    assert check(f"{first} The moon is made of green cheese.", PASSAGES).verdict == "partly"


@pytest.mark.parametrize(
    ("claim", "question", "verdict"),
    [
        ("34,229", "What were net sales in 2022, in millions?", "supported"),
        ("34,228", "What were net sales in 2022, in millions?", "partly"),
        ("Yes.", "Did the company pay a dividend in Germany?", "contradicted"),
        ("No.", "Did the company pay a dividend in Germany?", "supported"),
        ("Michael Roman", "Who was appointed chief executive officer?", "supported"),
    ],
)
def test_a_short_claim_is_judged_as_the_answer_to_its_question(
    claim: str, question: str, verdict: str
) -> None:
    assert check(claim, PASSAGES, question).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "passage", "verdict"),
    [
        (
            "Der Umsatz stieg 2022 auf 1,2 Mrd. Euro.",
            "Im Jahr 2022 stieg der Umsatz auf 1.234,5 Mio. Euro.",
            "supported",
        ),
        (
            "Der Umsatz fiel 2022 auf 1,2 Mrd. Euro.",
            "Im Jahr 2022 stieg der Umsatz auf 1.234,5 Mio. Euro.",
            "contradicted",
        ),
        (
            "Der Umsatz stieg 2022 auf 1,3 Mrd. Euro.",
            "Im Jahr 2022 stieg der Umsatz auf 1.234,5 Mio. Euro.",
            "contradicted",
        ),
        ("Die Fabrik wurde nicht verkauft.", "Die Fabrik wurde 2021 verkauft.", "contradicted"),
        ("Le bénéfice n'a pas augmenté en 2022.", "Le bénéfice a augmenté en 2022 de 5 %.", "contradicted"),
        ("Le bénéfice a augmenté de 5 % en 2022.", "Le bénéfice a augmenté en 2022 de 5 %.", "supported"),
        ("公司有增长", "公司有增长。", "supported"),
        ("公司没有增长", "公司有增长。", "contradicted"),
        ("ارتفعت المبيعات في 2022", "ارتفعت المبيعات في 2022 كثيرا.", "supported"),
        ("ارتفعت المبيعات في 2021", "ارتفعت المبيعات في 2022 كثيرا.", "contradicted"),
    ],
)
def test_other_languages(claim: str, passage: str, verdict: str) -> None:
    assert check(claim, [passage]).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "passage", "verdict"),
    [
        ("Margins rose in Europe.", "Margins fell in Europe.", "contradicted"),
        ("Margins increased in Europe.", "Margins rose in Europe.", "supported"),
        ("All stores were open in May.", "Some stores were open in May.", "contradicted"),
        ("The new patch for it is not able to help.", "The new patch for it is unable to help.", "partly"),
        ("The plan will cut costs by 5%.", "The plan may cut costs by 5%.", "partly"),
        ("It employs 500 million people.", "It employs 500 people, and sold 3 million toys.", "partly"),
        ("Margins were 5% in Europe.", "Margins were 5 percent in Europe.", "supported"),
        ("Margins were 5 basis points in Europe.", "Margins were 5% in Europe.", "contradicted"),
        ("The lease runs for twelve months.", "The lease runs for 12 months.", "supported"),
        ("The lease runs for 12 years.", "The lease runs for 12 months.", "contradicted"),
        ("It was founded in Q2 2020.", "It was founded in the second quarter of 2020.", "supported"),
        (
            "Sales were 1.1 billion and 1,145 million.",
            "Sales were 1,112 million and 1,145 million.",
            "supported",
        ),
    ],
)
def test_small_words_and_units(claim: str, passage: str, verdict: str) -> None:
    assert check(claim, [passage]).verdict == verdict


def test_a_figure_without_its_scale_takes_the_one_of_its_table() -> None:
    table = "(Millions)\nNet sales | 34,229 | 35,355\nOperating income | 6,539 | 7,369"
    assert check("Net sales were $34.2 billion.", [table]).verdict == "supported"
    assert check("Net sales were $34,229 million.", [table.partition("\n")[2]]).verdict == "partly"


VOCABULARY = """
net sales profit margin plant river contract engine Berlin Smith Amazon million percent rose fell
not 2021 2022 34,229 1.5 $7 12% May 3 the of in and was by
"""
WORDS = st.sampled_from(VOCABULARY.split())
SENTENCES = st.lists(WORDS, min_size=6, max_size=20).map(lambda words: " ".join(words) + ".")


@given(SENTENCES, st.lists(SENTENCES, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_sentence_is_supported_by_itself(sentence: str, others: list[str]) -> None:
    assert check(sentence, [*others, sentence]).verdict == "supported"


@given(st.integers(1_000, 99_999), st.integers(0, 4), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_a_changed_digit_is_never_supported(number: int, place: int, by: int) -> None:
    written = f"{number:,}"
    digits = [at for at, sign in enumerate(written) if sign.isdigit()]
    at = digits[place % len(digits)]
    changed = f"{written[:at]}{(int(written[at]) + by) % 10}{written[at + 1 :]}"
    sentence = "The plant in Ohio made {} engines for the army."
    assert check(sentence.format(changed), [sentence.format(written), SALES]).verdict != "supported"


@given(st.lists(SENTENCES, min_size=2, max_size=5), SENTENCES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_passages_decides_nothing(
    passages: list[str], claim: str, chance: random.Random
) -> None:
    before = check(claim, passages)
    shuffled = list(passages)
    chance.shuffle(shuffled)
    after = check(claim, shuffled)
    assert (after.verdict, after.score) == (before.verdict, pytest.approx(before.score))


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3), st.none() | st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_gets_a_verdict(claim: str, passages: list[str], question: str | None) -> None:
    checked = check(claim, passages, question)
    assert 0.0 <= checked.score <= 1.0
    assert (checked.verdict == "supported") == (checked.score >= 0.5)
    for span in checked.spans:
        assert 0 <= span.start < span.end <= len(passages[span.passage])


HOSTILE = (
    "1," * 40_000, "a" * 80_000, "$" * 80_000, "1 111 " * 15_000, "May 1 " * 15_000, "not " * 20_000,
    ". \n" * 30_000, "Aa Bb. " * 12_000, "[1] " * 20_000, "http://" + "a" * 80_000, "年2022月" * 15_000,
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_bounded_work(text: str) -> None:
    started = time.process_time()
    check(text, [text] * 20, text)
    check("Net sales were $34,229 million in 2022.", [text] * 20)
    assert time.process_time() - started < 12
