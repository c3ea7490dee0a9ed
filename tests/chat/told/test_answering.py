"""What a model is given, by what is asked, and what becomes of its words.

Of `explorer.chat.told.answering`, `explorer.chat.told.material`, `explorer.chat.told.table_rows`,
`explorer.chat.told.speaking`, `explorer.chat.told.prompt` and `explorer.chat.told.citations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from explorer.catalog import Catalog
from explorer.chat.by_rule import GREETING
from explorer.chat.finished import NOTHING_FITS
from explorer.chat.model import ChatModel
from explorer.chat.told.prompt import NOT_FOUND
from explorer.errors import ChatError
from explorer.types import Scope
from tests.chat.told.library import LIBRARY, answerer, ask, given, holding
from tests.chat_server import RefusalError, serving
from tests.small_library import fill, id_of, model

SALES = "What were Acme's net sales in 2021?"
Reply = Callable[[dict[str, Any]], Sequence[str]]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library"), LIBRARY) as catalog:
        yield catalog


def saying(words: str, on: str) -> Reply:
    """Says `words`, with the number of the first piece that holds `on` in place of "#"."""
    return lambda request: [words.replace("#", str(holding(request, on)))]


# ---- figures


def test_a_figure_comes_with_its_rows_heads_unit_title_and_document(catalog: Catalog) -> None:
    with serving(reply=saying("Net sales of Acme were 35,355 million in 2021 [#].", "Table:")) as server:
        answer = ask(catalog, server.address, SALES)
        assert len(server.requests) == 1
        table = given(server.requests[0])[1]
    assert table.startswith("document: ACME_2022_10K.pdf")
    assert "Table: Consolidated statement of income\nAmounts: in millions\n" in table
    assert "|  | 2022 | 2021 |" in table
    assert "| Net sales | 34,229 | 35,355 |" in table
    (citation,) = answer.citations
    assert citation.text == catalog.documents.span(citation.document_id, citation.start, citation.end)
    assert citation.text.startswith("Consolidated statement of income")
    assert citation.text.rstrip().endswith("5,921")
    assert [check.verdict for check in answer.checks] == ["supported"]


def test_documents_that_are_named_narrow_the_passages(catalog: Catalog) -> None:
    with serving(pieces=["Yes [1]."]) as server:
        answer = ask(catalog, server.address, SALES)
        assert {text.split("\n")[0] for text in given(server.requests[0]).values()} == {
            "document: ACME_2022_10K.pdf"
        }
    assert answer.shown == (id_of(catalog, "ACME_2022_10K.pdf"),)


@pytest.mark.parametrize(
    ("said", "verdicts"),
    [
        ("Net sales of Acme were 35,355 million in 2021 [#].", {"supported"}),
        ("Net sales of Acme were 35,365 million in 2021 [#].", {"contradicted"}),
        ("Net sales of Acme were 35,355 thousand in 2021 [#].", {"partly", "contradicted"}),
        ("Net sales of Acme were 35,355 million in 2021.", {"supported"}),
        ("Net sales of Acme were 35,365 million in 2021.", {"contradicted", "partly"}),
        ("Cats purr and sleep in the sun [#].", {"not found"}),
    ],
)
def test_a_changed_digit_or_unit_is_caught(catalog: Catalog, said: str, verdicts: set[str]) -> None:
    with serving(reply=saying(said, "Table:")) as server:
        answer = ask(catalog, server.address, SALES)
    assert {check.verdict for check in answer.checks} <= verdicts
    assert len(answer.checks) == 1
    assert answer.is_uncited == ("#" not in said)


@pytest.mark.parametrize(
    ("said", "verdicts"),
    [
        ("The garden club was founded in 1988 by Karel Novotny in Brno [#].", {"supported"}),
        ("The garden club was founded in 1988 by Pavel Novotny in Brno [#].", {"contradicted", "partly"}),
        ("The garden club was founded in 1989 by Karel Novotny in Brno [#].", {"contradicted"}),
        ("The garden club was not founded in 1988 by Karel Novotny in Brno [#].", {"contradicted"}),
        ("Today it has 64 members and three glass houses [#].", {"contradicted"}),
    ],
)
def test_a_changed_name_date_or_negation_is_caught(catalog: Catalog, said: str, verdicts: set[str]) -> None:
    with serving(reply=saying(said, "Karel Novotny")) as server:
        answer = ask(catalog, server.address, "Who founded the garden club?")
    assert {check.verdict for check in answer.checks} <= verdicts
    assert answer.checks


# ---- the question is understood as without a model


def test_a_follow_up_is_completed_and_searched_beside_the_typed_one(catalog: Catalog) -> None:
    with serving(pieces=["So it was [1]."]) as server:
        ask(catalog, server.address, "And in 2022?", SALES)
        last = server.requests[-1]["messages"][-1]["content"]
    assert "Question: And in 2022?" in last
    assert "What were Acme's net sales in 2022?" in last
    assert "| Net sales | 34,229 | 35,355 |" in given(server.requests[-1])[1]


def test_several_things_are_asked_one_by_one_and_each_is_answered_or_missing(catalog: Catalog) -> None:
    def reply(request: dict[str, Any]) -> Sequence[str]:
        asked = request["messages"][-1]["content"].rpartition("Question: ")[2]
        if "blue" in asked:
            return [NOT_FOUND]
        if "roof" in asked:
            return [f"The landlord [{holding(request, 'repairs the roof')}]."]
        return [f"Three months' rent [{holding(request, 'deposit of three')}]."]

    question = (
        "How much is the deposit of the garden lease, who repairs the roof, and who paints the windows blue?"
    )
    with serving(reply=reply) as server:
        answer = ask(catalog, server.address, question)
        assert len(server.requests) == 3
        numbers = [number for request in server.requests for number in given(request)]
    assert len(set(numbers)) == len(numbers), "numbers run through all parts"
    deposit, first, roof, second, blue, third = answer.text.split("\n\n")
    assert "deposit" in deposit and "roof" in roof and "blue" in blue
    assert first.startswith("Three months' rent [1]")
    assert second.startswith("The landlord [")
    assert third == "Not in these documents."
    assert answer.found
    checked = [answer.text[check.start : check.end] for check in answer.checks]
    assert checked == [first, second], "what the program says itself is not checked"


def test_where_no_part_is_answered_nothing_fits(catalog: Catalog) -> None:
    with serving(pieces=[NOT_FOUND]) as server:
        answer = ask(catalog, server.address, "Who paints the windows blue, and when was the cellar flooded?")
    assert (answer.found, answer.text) == (False, NOTHING_FITS)
    assert answer.hits


def test_a_comparison_has_something_of_each(catalog: Catalog) -> None:
    with serving(pieces=["Acme [1] and Northwind [2]."]) as server:
        answer = ask(catalog, server.address, "Compare the 2022 net sales of Acme and Northwind.")
        pieces = given(server.requests[0])
        assert len(server.requests) == 1
    first, second = sorted((pieces[1], pieces[2]))
    assert "ACME" in first and "34,229" in first
    assert "NORTHWIND" in second and "8,100" in second
    assert len(answer.citations) == 2


def test_small_talk_asks_no_model(catalog: Catalog) -> None:
    with serving(pieces=["Hello!"]) as server:
        assert ask(catalog, server.address, "Hello!").text == GREETING
        assert server.requests == []


# ---- about the library


def test_the_librarys_facts_are_the_programs_own_and_count_as_a_source(catalog: Catalog) -> None:
    number = len(LIBRARY)
    with serving(reply=saying(f"There are {number} documents [#].", "The library holds")) as server:
        answer = ask(catalog, server.address, "How many documents are there?")
        facts = given(server.requests[0]).values()
    assert f"The library holds {number} documents." in facts
    assert all(any(fact.startswith(f"{name}: ") for fact in facts) for name in LIBRARY)
    assert (answer.found, answer.is_uncited, answer.citations) == (True, False, ())
    assert [check.verdict for check in answer.checks] == ["supported"]


def test_a_document_of_the_librarys_list_is_cited(catalog: Catalog) -> None:
    words = f"The longest is orchard-report.md with {len(LIBRARY['orchard-report.md'])} pages [#]."
    with serving(reply=saying(words, "orchard-report.md: ")) as server:
        answer = ask(catalog, server.address, "Which is the longest document?")
    assert [one.document_id for one in answer.citations] == [id_of(catalog, "orchard-report.md")]
    assert [check.verdict for check in answer.checks] == ["supported"]


def test_what_the_program_knows_is_said_where_the_model_does_not(catalog: Catalog) -> None:
    with serving(pieces=[NOT_FOUND]) as server:
        answer = ask(catalog, server.address, "Which is the longest document?")
    assert (answer.found, answer.kind) == (True, "composed")
    assert "orchard-report.md" in answer.text


# ---- the budget


def counted(request: dict[str, Any]) -> int:
    """Tokens of a request, by a real tokenizer."""
    texts = [message["content"] for message in request["messages"]]
    parts = [text[at : at + 400] for text in texts for at in range(0, len(text), 400)]
    return sum(model().count_tokens(parts)) + 4 * len(texts)


@pytest.mark.parametrize("context", [1_024, 2_048, 4_096, 12_000])
def test_a_server_that_takes_so_many_tokens_gets_no_more(catalog: Catalog, context: int) -> None:
    def reply(request: dict[str, Any]) -> Sequence[str]:
        if counted(request) > context:
            raise RefusalError(f"This model's maximum context length is {context} tokens.")
        return ["As was said [1]."]

    earlier = ["What does the report say about bees and their hives in each plot of the orchard?"] * 6
    with serving(reply=reply) as server:
        for question in ("How often were the pears looked after?", "Sum up orchard-report.md", SALES):
            assert ask(catalog, server.address, question, *earlier, context=context).found
        assert max(counted(request) for request in server.requests) <= context


def test_more_room_gives_whole_sections_and_says_what_was_left_out(catalog: Catalog) -> None:
    question = "On how many days were the pears looked after in plot 7?"
    shown = []
    for context in (1_024, 4_096):
        with serving(pieces=["As was said [1]."]) as server:
            answer = ask(catalog, server.address, question, context=context)
            shown.append(sum(map(len, given(server.requests[0]).values())))
        assert answer.material is not None
        assert answer.material.passages == len(answer.hits)
    assert shown[0] < shown[1] / 2
    with serving(pieces=["As was said [1]."]) as server:
        few = ask(catalog, server.address, question, context=1_024).material
    assert few is not None
    assert few.left_out.get(id_of(catalog, "orchard-report.md"), 0) > 0
    assert few.documents >= 1


def test_a_request_that_is_too_long_is_tried_once_at_half(catalog: Catalog) -> None:
    sizes: list[int] = []

    def reply(request: dict[str, Any]) -> Sequence[str]:
        sizes.append(counted(request))
        if sizes[-1] > 1_200:
            raise RefusalError("the request exceeds the available context size")
        return ["As was said [1]."]

    with serving(reply=reply) as server:
        ours = answerer(catalog, server.address)
        question = "How were the pears of the orchard looked after in plot 3?"
        assert ours.answer(question).found
        assert len(sizes) == 2
        assert sizes[1] < 0.65 * sizes[0]
        assert ours.answer(question).found
        assert len(sizes) == 3, "what a model takes is remembered"


def test_a_context_that_is_set_no_more_is_not_kept(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(pieces=["As was said [1]."]) as server:
        ours = answerer(catalog, server.address, 2_048)
        assert ours.answer(SALES).found
        assert server.gets == []
        monkeypatch.setattr(ours, "_chat", lambda: ChatModel(server.address, "m", stall=5.0))
        assert ours.answer(SALES).found
        assert len(server.gets) == 1, "the server is asked for its own"


def test_what_a_server_takes_is_asked_again_where_it_was_away(catalog: Catalog) -> None:
    listed = {"data": [{"id": "m", "max_model_len": 1_024}]}
    question = "How were the pears of the orchard looked after in plot 3?"
    with serving(models=listed) as server:
        ours = answerer(catalog, server.address)
    with pytest.raises(ChatError):
        list(ours.answer(question))
    with serving(pieces=["As was said [1]."], models=listed, port=server.port) as back:
        assert ours.answer(question).found
        assert ours.answer(question).found
        assert len(back.gets) == 1
        assert sum(len(turn["content"]) for turn in back.requests[-1]["messages"]) < 6_000


def test_a_model_that_takes_nothing_is_said_with_what_to_do(catalog: Catalog) -> None:
    def reply(request: dict[str, Any]) -> Sequence[str]:
        raise RefusalError("maximum context length is 300 tokens", 413)

    with serving(reply=reply) as server:
        answer = answerer(catalog, server.address).answer(SALES)
        with pytest.raises(ChatError, match="EXPLORER_CHAT_CONTEXT"):
            list(answer)
        assert len(server.requests) <= 2


def test_a_scope_that_holds_nothing_asks_nothing(catalog: Catalog) -> None:
    with serving(pieces=["Yes."]) as server:
        answer = ask(catalog, server.address, "How were the pears looked after?", scope=Scope(documents=[]))
        assert not answer.found
        assert server.requests == []


@pytest.mark.parametrize(
    "question", [SALES, "Summarize ACME_2022_10K.pdf", "Compare Acme and Northwind in 2022"]
)
def test_nothing_outside_of_the_scope_is_given(catalog: Catalog, question: str) -> None:
    lease = id_of(catalog, "garden-lease.txt")
    with serving(pieces=["Yes [1]."]) as server:
        answer = ask(catalog, server.address, question, scope=Scope(documents=[lease]))
        said = [text for request in server.requests for text in given(request).values()]
    assert set(answer.shown) <= {lease}
    assert said and all(text.startswith("document: garden-lease.txt") for text in said)


def test_of_selected_passages_no_more_than_these_are_given(catalog: Catalog) -> None:
    chunks = catalog.chunks.of_document(id_of(catalog, "orchard-report.md"))
    scope = Scope(chunks=[chunk.id for chunk in chunks[:6:2]])
    with serving(pieces=["So it was [1]."]) as server:
        ask(catalog, server.address, "Summarize orchard-report.md", scope=scope, context=12_000)
        said = " ".join(given(server.requests[0]).values())
    assert chunks[0].text in said and chunks[2].text in said
    assert chunks[1].text not in said and chunks[3].text not in said
