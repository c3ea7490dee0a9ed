"""Answers in a language model's words: what is asked of it, in which order, by what the question asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.chat import about_library
from explorer.chat.by_rule import ByRule
from explorer.chat.composing import Composition, plain
from explorer.chat.finished import NOTHING_THERE, AnswerStep, FinishedAnswer, Stream
from explorer.chat.told.budget import TokenBudget, tokens
from explorer.chat.told.given import Given, without_overlap
from explorer.chat.told.material import Gathering
from explorer.chat.told.prompt import ModelRequest, request
from explorer.chat.told.speaking import Speaking
from explorer.chat.told.summing import Summing
from explorer.questions import Kind, Understood
from explorer.types import Scope

History = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ByModel:
    """Answers one question by asking a language model."""

    rule: ByRule
    speaking: Speaking
    progress: AnswerStep

    def stream(self, question: Understood, scope: Scope | None, history: History) -> Stream:
        """The answer as it arrives. Raises ExplorerError while it streams."""
        gathering = Gathering(self.rule, scope, self.speaking.budget)
        if question.kind is Kind.LIBRARY:
            told = about_library.answer(question, self.rule.shelf(scope))
            if told is not None and told.pieces:
                return (yield from self._of_library(question, told, history, gathering))
        if question.kind is Kind.SUMMARY:
            summing = Summing(gathering, self.speaking, self.progress)
            if parts := summing.parts(question):
                return (yield from summing.stream(question, parts))
        if question.kind is Kind.COMPARISON:
            sources = gathering.of_comparison(question)
            return (yield from self._one(question, sources, history, gathering))
        asked = self.rule.asked(question)
        if len(asked) > 1:
            return (yield from self._parts(asked, history, gathering))
        sources = gathering.of_question(question)
        return (yield from self._one(question, sources, history, gathering))

    def _one(
        self, question: Understood, sources: Sequence[Given], history: History, gathering: Gathering
    ) -> Stream:
        if not sources:
            yield NOTHING_THERE
            return FinishedAnswer(NOTHING_THERE)
        if (yield from self.speaking.tell(self._words(question, sources, history, gathering))):
            return self.speaking.finished()
        nothing = self.speaking.nothing()
        yield nothing.text
        return nothing

    def _of_library(
        self, question: Understood, told: Composition, history: History, gathering: Gathering
    ) -> Stream:
        """In the model's words, and where it finds none, in the program's, which knows."""
        words = self._words(question, gathering.of_library(told), history, gathering)
        if (yield from self.speaking.tell(words)):
            return self.speaking.finished()
        yield told.text
        shown, hits = self.speaking.shown, without_overlap(told.hits)
        return FinishedAnswer(told.text, tuple(told.citations), hits, True, "composed", shown)

    def _parts(self, asked: Sequence[Understood], history: History, gathering: Gathering) -> Stream:
        """What is asked of several things, one after the other, each from its own passages."""
        is_any = False
        for each in asked:
            one = replace(each, text=each.complete)
            lead = "\n\n" if self.speaking.pieces else ""
            sources = gathering.of_question(one)
            yield self.speaking.say(f"{lead}**{plain(one.complete)}**\n\n")
            if sources and (yield from self.speaking.tell(self._words(one, sources, history, gathering))):
                is_any = True
            else:
                yield self.speaking.say("Not in these documents.")
        return self.speaking.finished() if is_any else self.speaking.nothing()

    def _words(
        self, question: Understood, sources: Sequence[Given], history: History, gathering: Gathering
    ) -> Iterator[str]:
        def make(budget: TokenBudget, first: int) -> ModelRequest:
            made = request(question, sources, history, budget, first)
            if made.fitted.left_out:
                return made
            room = budget.prompt - sum(tokens(turn["content"]) for turn in made.turns)
            wide = gathering.widened(made.fitted.given, room)
            again = request(question, wide, history, budget, first)
            return again if not again.fitted.left_out else made

        yield from self.speaking.ask(make)
