"""One answer of a language model in the making: what it was given so far, and its words, cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field

from explorer.chat.finished import NOTHING_FITS, FinishedAnswer
from explorer.chat.model import ChatModel, Turn
from explorer.chat.told.budget import TokenBudget
from explorer.chat.told.citations import CitationStream
from explorer.chat.told.given import Given, documents_of, hits_of
from explorer.chat.told.prompt import NOT_FOUND, ModelRequest
from explorer.errors import ChatError, PromptTooLong
from explorer.settings import variable
from explorer.types import MadeFrom

OnShown = Callable[[Sequence[str]], None]


@dataclass
class Speaking:
    """Asks a model, more than once where one answer takes it; numbers run through all that it is given."""

    chat: ChatModel
    budget: TokenBudget
    on_shown: OnShown | None = None
    learn: Callable[[int], None] = lambda _: None
    """Called with the tokens of a request that the model takes, once it refused more."""
    sources: list[Given] = field(default_factory=list)
    _left_out: set[tuple[str, int, int]] = field(default_factory=set)
    pieces: list[str] = field(default_factory=list)
    own: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.citing = CitationStream(self.sources)

    # ---- asking

    def ask(self, make: Callable[[TokenBudget, int], ModelRequest]) -> Iterator[str]:
        """The model's words as they arrive, "" while none does. `make` gives the request for a budget and
        the number of its first piece; where the model takes none of that length, half of it is tried."""
        first = len(self.sources) + 1
        for is_last in (False, True):
            made = make(self.budget, first)
            if not made.fitted.given:
                raise self._too_small()
            self._give(made, first)
            try:
                yield from self.chat.stream(made.turns)
                return
            except PromptTooLong as error:
                if is_last:
                    raise self._too_long(error) from None
                self._shrink(error)

    def ask_again(self, make: Callable[[TokenBudget], Sequence[Turn]]) -> Iterator[str]:
        """The same for a request that gives nothing new."""
        try:
            yield from self.chat.stream(make(self.budget))
        except PromptTooLong as error:
            self._shrink(error)
        else:
            return
        try:
            yield from self.chat.stream(make(self.budget))
        except PromptTooLong as error:
            raise self._too_long(error) from None

    def _give(self, made: ModelRequest, first: int) -> None:
        del self.sources[first - 1 :]
        self.sources += made.fitted.given
        for one in made.fitted.left_out:
            if one.hit is not None:
                self.leave_out(one.hit.document.id, one.hit.passage.start, one.hit.passage.end)
        if self.on_shown is not None:
            self.on_shown(documents_of(made.fitted.given))

    def leave_out(self, document_id: str, start: int, end: int) -> None:
        """Note a passage for which there was no room."""
        self._left_out.add((document_id, start, end))

    def _shrink(self, error: PromptTooLong) -> None:
        half = self.budget.half
        said = error.context if error.context and error.context < self.budget.context else half.context
        self.learn(said)
        self.budget = TokenBudget(min(said, half.context))

    def _too_long(self, error: PromptTooLong) -> ChatError:
        return ChatError(
            f"{self.chat.place} takes no request of even about {self.budget.prompt:,} tokens for "
            f"'{self.chat.model}'. Set {variable('chat_context')} to the tokens that it takes, or choose a "
            f"model with a longer context. {error}"
        )

    def _too_small(self) -> ChatError:
        return ChatError(
            f"A context of {self.budget.context:,} tokens has no room for a passage beside the question. Ask "
            f"in fewer words, or choose a model with a longer context ({variable('chat_context')})."
        )

    # ---- speaking

    def say(self, text: str) -> str:
        """Add words of the program's own; them."""
        start = self._length
        self.own.append((start, start + len(text)))
        self.pieces.append(text)
        return text

    def tell(self, words: Iterator[str]) -> Generator[str, None, bool]:
        """Add a model's words as they arrive, its numbers made into citations; at the end whether it said
        more than that there is no answer. The first words are held back while they may say so."""
        held, is_answer = "", False
        for piece in words:
            held += piece
            if not is_answer and NOT_FOUND.startswith(_bare(held)):
                if not piece:
                    yield ""
                continue
            is_answer = True
            yield from self._add(self.citing.feed(held))
            if not piece:
                yield ""
            held = ""
        if not is_answer and not held.strip():
            raise ChatError(
                f"{self.chat.place} gave an empty answer. Ask again, or choose another model in Settings."
            )
        if not is_answer and _bare(held) == NOT_FOUND:
            return False
        yield from self._add(self.citing.feed(held) + self.citing.finish())
        return True

    def _add(self, text: str) -> Iterator[str]:
        if text:
            self.pieces.append(text)
            yield text

    @property
    def _length(self) -> int:
        return sum(map(len, self.pieces))

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    # ---- at the end

    def nothing(self) -> FinishedAnswer:
        """The answer where the model says that the documents hold none."""
        return FinishedAnswer(
            NOTHING_FITS, hits=hits_of(self._used), kind="model", shown=self.shown, material=self.material
        )

    def finished(self) -> FinishedAnswer:
        """The answer as it was told. It is found where it names anything that it rests on."""
        if not self.citing.has_source and NOT_FOUND in self.text:  # said in the middle of an apology
            return self.nothing()
        facts = tuple(one.text for one in self.sources if one.is_program)
        return FinishedAnswer(
            self.text,
            self.citing.citations,
            hits_of(self._used),
            self.citing.has_source,
            "model",
            self.shown,
            self.material,
            facts=facts,
            own=tuple(self.own),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Ids of the documents that the model was told of."""
        return documents_of(self.sources)

    @property
    def material(self) -> MadeFrom | None:
        """How many passages it was given, and what was left out for want of room; None without any."""
        used = {one.place for one in self._used}
        without = Counter(place[0] for place in self._left_out - used)
        return MadeFrom(len(used), len(documents_of(self._used)), dict(without)) if used else None

    @property
    def _used(self) -> list[Given]:
        """Passages and tables, each once."""
        return list({one.place: one for one in self.sources if one.hit is not None}.values())


def _bare(beginning: str) -> str:
    """The first characters of an answer, without dressing: enough to tell whether it is `NOT_FOUND`."""
    return beginning.strip("*_`\"' \n")[: len(NOT_FOUND)]
