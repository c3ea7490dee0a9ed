"""The library inside LangChain: in a chain of today, in the classic one, its splitter and its loader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer import Library, Scope
from tests.chat_server import serving
from tests.integrations.conftest import ROOT

pytestmark = pytest.mark.extras("langchain")
pytest.importorskip("langchain_core", reason="the extra langchain is not installed")

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableParallel, RunnablePassthrough

from explorer.integrations.langchain import ExplorerLoader, ExplorerTextSplitter, LibraryRetriever

PROMPT = ChatPromptTemplate.from_template("Passages:\n{context}\n\nQuestion: {question}")


class OverHttp(BaseChatModel):
    """A chat model at an address, by OpenAI's own client."""

    address: str

    @property
    def _llm_type(self) -> str:
        return "over-http"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        from openai import OpenAI

        turns: Any = [{"role": "user", "content": str(one.content)} for one in messages]
        stream = OpenAI(base_url=self.address, api_key="none", max_retries=0).chat.completions.create(
            model="tiny", messages=turns, stream=True
        )
        text = "".join(piece.choices[0].delta.content or "" for piece in stream if piece.choices)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


def context(documents: list[Any]) -> str:
    return "\n".join(one.page_content for one in documents)


def test_the_retriever_gives_the_hits_with_their_places(library: Library) -> None:
    retriever = LibraryRetriever(library=library, k=3)
    found = retriever.invoke("how often is a starter fed")
    hits = library.search("how often is a starter fed", 3)
    assert [one.page_content for one in found] == [hit.passage.text for hit in hits]
    at = found[0].metadata
    assert library.span(at["document"], at["start"], at["end"]) == found[0].page_content
    assert at["source"] == "sourdough-handbook.md" and f"document={at['document']}" in at["link"]
    only = LibraryRetriever(library=library, scope=Scope(kinds=["pdf"]), mode="keyword")
    assert {one.metadata["source"].rsplit(".")[-1] for one in only.invoke("river water")} == {"pdf"}


def test_it_stands_in_a_chain_of_today(library: Library) -> None:
    retriever = LibraryRetriever(library=library, k=2)
    with serving(pieces=["Every ", "seven weeks."]) as server:
        answer = PROMPT | OverHttp(address=server.address)
        chain = RunnableParallel(documents=retriever, question=RunnablePassthrough()).assign(
            answer=lambda given: (
                answer.invoke({"context": context(given["documents"]), "question": given["question"]}).content
            )
        )
        found = chain.invoke("How often is the harbour crane inspected?")
    assert found["answer"] == "Every seven weeks."
    assert found["documents"][0].metadata["source"] == "notice.md"
    assert "inspected every seven weeks" in server.prompt


def test_it_stands_in_the_classic_chain(library: Library) -> None:
    chains = pytest.importorskip("langchain_classic.chains", reason="langchain-classic is not installed")
    with serving(pieces=["Every seven weeks."]) as server:
        chain = chains.RetrievalQA.from_chain_type(
            OverHttp(address=server.address),
            retriever=LibraryRetriever(library=library, k=2),
            return_source_documents=True,
        )
        found = chain.invoke({"query": "How often is the harbour crane inspected?"})
    assert found["result"] == "Every seven weeks."
    assert found["source_documents"][0].metadata["source"] == "notice.md"


def test_the_splitter_cuts_where_the_text_pauses_and_loses_nothing() -> None:
    text = (ROOT / "samples" / "sourdough-handbook.md").read_text()
    pieces = ExplorerTextSplitter(tokens=60).split_text(text)
    assert len(pieces) > 5
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(text.split())
    at = 0
    for piece in pieces:
        at = text.index(piece, at) + len(piece)
        assert piece[-1] in ".:?!" or text[at : at + 1] in ("\n", ""), "it ends with a sentence or a line"


def test_the_loader_reads_what_the_app_reads(tmp_path: Path) -> None:
    samples = ROOT / "samples"
    found = ExplorerLoader([samples / "balcony-solar-manual.pdf", samples / "workshop-lease.docx"]).load()
    assert {Path(one.metadata["source"]).name for one in found} == {
        "balcony-solar-manual.pdf",
        "workshop-lease.docx",
    }
    assert [one.metadata["page"] for one in found if one.metadata["source"].endswith("pdf")][:2] == [1, 2]
    assert all(one.page_content.strip() for one in found)
