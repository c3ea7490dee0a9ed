"""Questions → answers that stream, with citations: in quotes, or in a language model's words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from explorer.chat.finished import (
    NOTHING_FITS,
    NOTHING_THERE,
    AnswerKind,
    AnswerStep,
    FinishedAnswer,
    Stream,
)
from explorer.chat.languages.across import AcrossLanguages
from explorer.chat.weighing.kinship import Kinship
from explorer.errors import ChatError, ExplorerError
from explorer.types import Citation, Hit, MadeFrom, QuestionReading, Scope, SentenceCheck

if TYPE_CHECKING:
    from explorer.chat.by_rule import ByRule
    from explorer.chat.composing import Composition
    from explorer.chat.model import ChatModel
    from explorer.chat.tabled import TablesOf
    from explorer.chat.told.answering import ByModel
    from explorer.questions import DocumentNames, Understood
    from explorer.search.retriever import Retriever

log = logging.getLogger(__name__)

History = Sequence[tuple[str, str]]
OnShown = Callable[[Sequence[str]], None]
OnUnderstood = Callable[["Understood"], None]

UNCITED = (
    "The language model names no passage for this: it may not come from your documents. Don't rely on it."
)


class Answer:
    """An answer that streams: iterate it once for its text. Reading a property first finishes the stream.

    What goes wrong while it streams (ExplorerError) is raised there, and again by each later use.
    """

    def __init__(self, question: str, stream: Stream, progress: AnswerStep | None = None) -> None:
        self.question = question
        self._stream = stream
        self._progress = progress or AnswerStep()
        self._pieces: list[str] = []
        self._result: FinishedAnswer | None = None
        self._error: BaseException | None = None
        self._checks: tuple[SentenceCheck, ...] | None = None

    def __iter__(self) -> Iterator[str]:
        while self._result is None:
            if self._error is not None:
                raise self._error
            try:
                piece = next(self._stream)
            except StopIteration as end:
                self._result = end.value
                return
            except BaseException as error:
                self._error = error
                raise
            self._pieces.append(piece)
            yield piece

    @property
    def so_far(self) -> str:
        """The text that has streamed by; does not wait."""
        return "".join(self._pieces)

    @property
    def cited_so_far(self) -> tuple[Citation, ...]:
        """One for each `[n]` of a language model's words that have streamed by; does not wait."""
        return self._progress.cited()

    @property
    def progress(self) -> str:
        """What is done before words come, where that takes long: "Reading part 3 of 7"; does not wait."""
        return self._progress.step

    @property
    def text(self) -> str:
        return self._finished().text

    @property
    def citations(self) -> tuple[Citation, ...]:
        """One for each `[n]` in the text; none when `found` is False."""
        return self._finished().citations

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages it was made from, best first; the nearest ones when `found` is False."""
        return self._finished().hits

    @property
    def found(self) -> bool:
        """Whether the documents answer the question, as far as can be told."""
        return self._finished().found

    @property
    def is_uncited(self) -> bool:
        """Whether `text` is a language model's and names no passage: to be shown with a warning."""
        return is_uncited(self.kind, self.found, self.text)

    @property
    def kind(self) -> AnswerKind:
        """What it is made of: "quotes" of documents, what is "composed" by rule from them, a "model"'s
        words, or "none" without anything to use."""
        return self._finished().kind

    @property
    def shown(self) -> tuple[str, ...]:
        """Ids of the documents whose text a language model was given."""
        return self._finished().shown

    @property
    def material(self) -> MadeFrom | None:
        """How much it was made from, where that is counted."""
        return self._finished().material

    @property
    def support(self) -> float:
        """How far the documents support an answer by rule: 0 to 1, and at least `SUPPORTED` where one is
        given; 0 where a language model answered."""
        return self._finished().support

    @property
    def checks(self) -> tuple[SentenceCheck, ...]:
        """Each sentence of `text` held against the passages it cites, or those found: worked out when first
        read, about 20 ms a sentence. None for an answer that says that nothing fits."""
        if self._checks is None:
            done = self._finished()
            from explorer.chat.composed_proof import composed_proofs
            from explorer.chat.proof import proofs

            is_refusal = done.kind == "none" or (done.kind == "composed" and not done.found)
            if is_refusal or done.text.strip() in ("", NOTHING_FITS):
                self._checks = ()
            elif done.kind == "composed":
                self._checks = composed_proofs(done.text, self.question, done.citations)
            else:
                self._checks = proofs(
                    done.text, self.question, done.citations, done.hits, facts=done.facts, own=done.own
                )
        return self._checks

    def close(self) -> None:
        """Stop the stream and whatever works for it."""
        self._stream.close()

    def _finished(self) -> FinishedAnswer:
        for _ in self:
            pass
        if self._result is None:
            raise self._error or ExplorerError("This answer was stopped.")
        return self._result


class Answerer:
    """Answers questions from one catalogue. `chat` gives the language model to use, None for quotes."""

    def __init__(
        self,
        retriever: Retriever,
        chat: Callable[[], ChatModel | None],
        tables_of: TablesOf = lambda _: (),
    ) -> None:
        """`tables_of`: the tables of a document by its id, in order."""
        self._retriever = retriever
        self._chat = chat
        self._tables_of = tables_of
        self._contexts: dict[tuple[str, str], int] = {}
        self._across = AcrossLanguages(retriever)
        self._kinship = Kinship(retriever)

    @property
    def has_model(self) -> bool:
        """Whether a language model will be asked, or at least tried."""
        try:
            return self._chat() is not None
        except ChatError:
            return True

    def answer(
        self,
        question: str,
        scope: Scope | None = None,
        history: History = (),
        on_shown: OnShown | None = None,
        *,
        reading: QuestionReading | None = None,
        on_understood: OnUnderstood | None = None,
    ) -> Answer:
        """An answer that works while it is iterated. `history`: earlier (question, answer), oldest first.
        `reading`: how a person wants the question understood.

        `on_shown` is called with the ids of the documents whose text a language model is about to be given,
        before the model is asked, each time that it is; `on_understood` once, with the question as it is
        going to be answered. Raises ExplorerError while it streams.
        """
        progress = AnswerStep()
        asked = self._stream(
            question,
            scope,
            history,
            on_shown,
            reading=reading,
            on_understood=on_understood,
            progress=progress,
        )
        return Answer(question, asked, progress)

    def understood(
        self, question: str, history: History = (), reading: QuestionReading | None = None
    ) -> tuple[Understood, DocumentNames]:
        """What is asked after `history`, by rule, or as a person chose it, and the documents' names."""
        from explorer.chat.leaning import understood_after
        from explorer.questions import DocumentNames, as_chosen, understood_as

        names = DocumentNames(self._retriever.catalog.documents.list())
        if reading is not None and reading.complete:
            found = understood_as(question, reading.complete, names, is_written=reading.is_written)
        else:
            found = understood_after(history, question, names, self._retriever)
        return (found if reading is None else as_chosen(found, reading, names)), names

    def _stream(
        self,
        question: str,
        scope: Scope | None,
        history: History,
        on_shown: OnShown | None,
        *,
        reading: QuestionReading | None,
        on_understood: OnUnderstood | None,
        progress: AnswerStep,
    ) -> Stream:
        from explorer.chat.by_rule import GREETING, ByRule
        from explorer.questions import Kind

        chat = self._chat()
        understood, names = self.understood(question, history, reading)
        if chat is not None and history and understood.may_be_completed:
            understood = yield from _written(chat, understood, history, names, on_shown)
        if on_understood is not None:
            on_understood(understood)
        if understood.kind is Kind.TALK:
            yield GREETING
            return FinishedAnswer(GREETING)
        rule = ByRule(
            self._retriever.catalog, self._retriever, self._tables_of, names, self._across, self._kinship
        )
        if chat is None:
            return (yield from _by_rule(rule, understood, scope, on_shown))
        return (yield from self._by_model(chat, rule, progress, on_shown).stream(understood, scope, history))

    def _by_model(
        self, chat: ChatModel, rule: ByRule, progress: AnswerStep, on_shown: OnShown | None
    ) -> ByModel:
        from explorer.chat.told.answering import ByModel
        from explorer.chat.told.budget import TokenBudget
        from explorer.chat.told.speaking import Speaking

        def learn(tokens: int) -> None:
            self._contexts[chat.address, chat.model] = tokens

        budget = TokenBudget(self._context(chat))
        speaking = Speaking(chat, budget, on_shown, learn)
        progress.cited = lambda: speaking.citing.citations
        return ByModel(rule, speaking, progress)

    def _context(self, chat: ChatModel) -> int:
        """The tokens that a model takes. What is set is not kept: it would stay when it is set no more; nor
        is what a server leaves open that is not there."""
        from explorer.chat.told.budget import DEFAULT_CONTEXT, context_of

        known = (chat.address, chat.model)
        if chat.context or known in self._contexts:
            return chat.context or self._contexts[known]
        try:
            self._contexts[known] = context_of(chat)
        except ChatError as error:  # the next question asks it again
            log.info("not known how much the language model takes: %s", error)
            return DEFAULT_CONTEXT
        return self._contexts[known]


def _written(
    chat: ChatModel,
    understood: Understood,
    history: History,
    names: DocumentNames,
    on_shown: OnShown | None,
) -> Generator[str, None, Understood]:
    """The question as the model completes it, or by rule where it does not. The model is shown what was
    answered before, and no further document."""
    from explorer.chat.told.rewriting import written
    from explorer.questions import understood_as

    if on_shown is not None:
        on_shown(())
    complete = yield from written(chat, understood, history)
    if complete is None or complete == understood.complete:
        return understood
    return understood_as(understood.text, complete, names, is_written=True)


def _by_rule(rule: ByRule, understood: Understood, scope: Scope | None, on_shown: OnShown | None) -> Stream:
    from explorer.chat.told.given import without_overlap

    told = rule.answer(understood, scope)
    hits = without_overlap(told.hits)
    if not told.pieces:
        return (yield from _refused(told, hits, on_shown))
    shown = tuple(dict.fromkeys(one.document_id for one in told.citations))
    if on_shown is not None:
        on_shown(shown)
    yield told.text
    kind: Literal["quotes", "composed"] = "quotes" if told.is_quotes else "composed"
    drawn = () if told.is_quotes else shown
    return FinishedAnswer(told.text, tuple(told.citations), hits, True, kind, drawn, support=told.support)


def _refused(told: Composition, hits: tuple[Hit, ...], on_shown: OnShown | None) -> Stream:
    """What is said where the documents do not answer: why, in words that go with the documents they name."""
    if not hits or told.refused is None:
        said = NOTHING_FITS if hits else NOTHING_THERE
        yield said
        return FinishedAnswer(said, hits=hits, kind="quotes" if hits else "none", support=told.support)
    from explorer.chat.support import BEGINS

    said = f"{BEGINS}{told.refused.text}"
    if on_shown is not None:
        on_shown(told.refused.documents)
    yield said
    return FinishedAnswer(said, (), hits, False, "composed", told.refused.documents, support=told.support)


def is_uncited(kind: str, found: bool, text: str) -> bool:
    """Whether a finished answer is in a language model's words and cites nothing.

    A model's own "not in the documents" does not count: people see it in our words (`NOTHING_FITS`).
    """
    return kind == "model" and not found and text.strip() not in ("", NOTHING_FITS)
