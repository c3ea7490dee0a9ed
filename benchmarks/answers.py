"""How good answers without a language model are, beside plain baselines, and when they are refused.

    python benchmarks/answers.py                        every part, about ten minutes
    python benchmarks/answers.py questions              100 questions, by the judge's rules (../shared/tools)
    python benchmarks/answers.py figures                51 figures of the filings that were looked up by hand
    python benchmarks/answers.py refusals               the curve: refused where the answer is, and where not
    python benchmarks/answers.py details                236 about details that a document has or lacks
    python benchmarks/answers.py chunking               quotes that overlap a reference, in 600 characters
    python benchmarks/answers.py languages              120 questions in six languages about the samples, with
                                                        the encoder of the extra `use`
    python benchmarks/answers.py tables claims          the figures of tables_asked.py and claims.py, in short
    python benchmarks/answers.py refusals --each 4      every fourth question alone
    python benchmarks/answers.py --library FOLDER       where the filled libraries are kept

The baselines quote one sentence of the twelve passages that search finds best, and refuse nothing: the one
whose embedding is nearest to the question's, and the one that holds most of its words, by weight.
`refusals` asks each question of FinanceBench twice: of all 31 files, and without those of its company; each
of `chunking` of its own text, and of the two others.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from explorer import Library, extras  # noqa: E402
from explorer.chat import sentences  # noqa: E402
from explorer.chat.support import SUPPORTED  # noqa: E402
from explorer.search.retriever import Retriever  # noqa: E402
from explorer.types import Citation, Scope  # noqa: E402
from explorer.words import terms  # noqa: E402

SHARED = HERE.parent.parent / "shared"
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9)
LONGEST = 600
"""Characters of quotes that are looked at."""
PASSAGES = 12
Question = dict[str, Any]
Supports = dict[tuple[str, bool], list[float]]
"""(set of questions, whether the answer is there) → the support of each answer."""


def judge() -> ModuleType:
    """The tool that judges answers, as a module."""
    spec = importlib.util.spec_from_file_location("judge_answers", SHARED / "tools" / "judge_answers.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{SHARED}/tools/judge_answers.py is not there.")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def read(path: Path, each: int = 1) -> list[Question]:
    """Every `each`th question of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()][::each]


def filled(folder: Path, files: Sequence[Path]) -> Library:
    """A library of these files, filled where it lacks one."""
    library = Library(folder)
    known = {document.name for document in library.documents()}
    for outcome in library.add([file for file in files if file.name not in known]):
        if outcome.status == "failed":
            print(f"{outcome.name}: {outcome.error}", file=sys.stderr)
    return library


# ---- the 100 questions


def questions(kept: Path, each: int) -> None:
    """Answers by rule and the baselines', judged; how long they are and when their first words come."""
    tool = judge()
    asked = read(SHARED / "data" / "answers" / "questions.jsonl", each)
    with filled(kept / "answers", listed_files()) as library:
        firsts: list[float] = []
        setattr(tool, "answered", _timed(firsts))  # noqa: B010 - mypy knows no attributes of a module by path
        names = {document.id: document.name for document in library.documents()}
        cache: dict[Any, Any] = {}
        found = {one["id"]: tool.ask(library, names, one, cache) for one in asked}
        print("\nanswers by rule")
        tool.report(asked, found, kept / "failures.txt")
        late = np.percentile(firsts, 95)
        print(f"first words: median {statistics.median(firsts):.2f} s, 95th percentile {late:.2f} s")
        for name, pick in (("embedding", nearest), ("words", wordiest)):
            print(f"\nbaseline: the best sentence by its {name}")
            plain = {one["id"]: best_sentence(library, names, one["question"], pick) for one in asked}
            tool.report(asked, plain, kept / "failures.txt")


def figures(kept: Path, each: int) -> None:
    """Figures of the filings that were looked up by hand (data/figures.jsonl): each value must stand in the
    answer, none of `never` in the line that names the figure, and its document must be cited."""
    asked = read(HERE / "data" / "figures.jsonl", each)
    with filled(kept / "answers", listed_files()) as library:
        names = {document.id: document.name for document in library.documents()}
        wrong = []
        for one in asked:
            answer = library.ask(one["question"])
            line = answer.text.split("\n\n")[0]
            is_told = all(re.search(value, answer.text) for value in one["values"])
            is_told &= not any(re.search(value, line) for value in one["never"])
            if not is_told or one["document"] not in {names[cited.document_id] for cited in answer.citations}:
                wrong.append(one)
    print(f"\nfigures of the filings: {len(asked) - len(wrong)} of {len(asked)} right")
    for one in wrong:
        print(f"  {one['question']} ({one['document']}, page {one['page']})")


def listed_files() -> list[Path]:
    """The 31 files of the questions."""
    places = {"project": HERE.parent, "shared": SHARED}
    lines = (SHARED / "data" / "answers" / "files.txt").read_text("utf-8").split("\n")
    parts = [line.strip().partition("/") for line in lines if line.strip()]
    return [places[first] / rest for first, _, rest in parts]


def _timed(firsts: list[float]) -> Callable[..., dict[str, Any]]:
    def answered(
        library: Library, names: Mapping[str, str], text: str, history: Sequence[tuple[str, str]]
    ) -> dict[str, Any]:
        begun = time.monotonic()
        answer = library.ask(text, history=list(history))
        next(iter(answer), "")
        firsts.append(time.monotonic() - begun)
        told = _told(answer.text, answer.citations, names)
        return told | {"found": answer.found, "kind": answer.kind, "seconds": time.monotonic() - begun}

    return answered


def _told(text: str, citations: Sequence[Citation], names: Mapping[str, str]) -> dict[str, Any]:
    places = [{"number": c.number, "document": names[c.document_id], "page": c.page} for c in citations]
    return {"text": text, "found": True, "kind": "quotes", "citations": places}


def best_sentence(
    library: Library, names: Mapping[str, str], question: str, pick: Callable[..., int]
) -> dict[str, Any]:
    """The sentence of the best passages that `pick` chooses, as an answer."""
    retrieved = retriever_of(library).retrieve(question, PASSAGES, "hybrid", None)
    spans = [
        (hit, span)
        for hit in retrieved.hits
        for span in sentences.spans(hit.passage.text, hit.passage.start)
        if span.text.strip()
    ]
    if not spans:
        return _told("", (), names) | {"found": False}
    hit, span = spans[pick(library, retrieved, [span.text for _, span in spans])]
    cited = Citation(1, hit.document.id, hit.passage.page, span.start, span.end, span.text)
    return _told(f"“{' '.join(span.text.split())}” [1]", (cited,), names)


def nearest(library: Library, retrieved: Any, texts: Sequence[str]) -> int:
    """The row of the text whose embedding is nearest to the question's."""
    return int((retriever_of(library).encode_sentences(texts) @ retrieved.vector).argmax())


def wordiest(_: Library, retrieved: Any, texts: Sequence[str]) -> int:
    """The row of the text that holds most of the question's words, by weight."""
    weights = retrieved.term_weights
    held = [set(terms.terms(text, "en")) for text in texts]
    return int(np.argmax([sum(w for word, w in weights.items() if own & set(word)) for own in held]))


def retriever_of(library: Library) -> Retriever:
    """What a library's answers search with."""
    return library._answerer._retriever


# ---- refusals


def refusals(kept: Path, each: int) -> None:
    """How many answers are refused by the support they need: where the answer is, and where it is not."""
    found: Supports = {}
    with filled(kept / "answers", listed_files()) as library:
        for one in read(SHARED / "data" / "financebench" / "questions.jsonl", each):
            _ask(found, "FinanceBench", library, one["question"], None, is_there=True)
            company = one["doc"].split("_")[0]
            others = [d.id for d in library.documents() if d.name.split("_")[0] != company]
            _ask(found, "FinanceBench", library, one["question"], Scope(documents=others), is_there=False)
        for one in read(SHARED / "data" / "answers" / "questions.jsonl", each):
            if not one["history"]:
                _ask(found, "100 questions", library, one["question"], None, is_there=not one["refuse"])
    with filled(kept / "chunking", corpora()) as library:
        for document in library.documents():
            others = [other.id for other in library.documents() if other.id != document.id]
            for one in read(questions_of(document.name), 4 * each):
                for ids, is_there in (([document.id], True), (others, False)):
                    scope = Scope(documents=ids)
                    _ask(found, "chunking", library, one["question"], scope, is_there=is_there)
    curve(found)


def _ask(
    found: Supports, name: str, library: Library, question: str, scope: Scope | None, *, is_there: bool
) -> None:
    found.setdefault((name, is_there), []).append(library.ask(question, scope=scope).support)


def curve(found: Supports) -> None:
    """Print the share refused of each set for a row of thresholds."""
    names = {key: f"{key[0]}, {'there' if key[1] else 'not there'}" for key in found}
    print("\nshare refused, by the least support of an answer; * is what answers need")
    print(f"{'support':>8}" + "".join(f"{f'{names[key]} ({len(found[key])})':>32}" for key in found))
    for least in THRESHOLDS:
        shares = [float(np.mean([one < least for one in found[key]])) for key in found]
        mark = "*" if least == SUPPORTED else " "
        print(f"{least:>7.2f}{mark}" + "".join(f"{share:>32.3f}" for share in shares))


def details(kept: Path, each: int) -> None:
    """What a document that is named says of a thing, and of what it does not speak (data/details.jsonl): the
    share refused, by the support that answers need."""
    found: Supports = {}
    with filled(kept / "answers", listed_files()) as library:
        for one in read(HERE / "data" / "details.jsonl", each):
            _ask(found, "details", library, one["question"], None, is_there=one["is_there"])
    curve(found)


# ---- quotes and their references


def corpora() -> list[Path]:
    """The three texts of `chunking`."""
    return sorted((SHARED / "data" / "chunking").glob("*.md"))


def questions_of(name: str) -> Path:
    """The questions about one of them."""
    return SHARED / "data" / "chunking" / f"{Path(name).stem}.questions.jsonl"


def chunking(kept: Path, each: int) -> None:
    """Which share of answers quotes something of what people marked as the answer."""
    print(f"\nquotes that overlap a reference, the first {LONGEST} characters of them")
    with filled(kept / "chunking", corpora()) as library:
        for document in library.documents():
            text = Letters(library.span(document.id, 0, 10_000_000))
            scope = Scope(documents=[document.id])
            asked = read(questions_of(document.name), each)
            got = [library.ask(one["question"], scope=scope) for one in asked]
            right = [
                overlaps(text, answer.citations, [r["text"] for r in one["references"]])
                for one, answer in zip(asked, got, strict=True)
            ]
            answered = sum(answer.found for answer in got)
            lengths = statistics.median(len(answer.text) for answer in got)
            print(
                f"{document.name:24}{len(asked):4} questions: {sum(right) / len(asked):.3f} of all,"
                f" {sum(right) / max(answered, 1):.3f} of the {answered} answered,"
                f" median {lengths:.0f} characters"
            )


class Letters:
    """A text's letters and digits, and where each stands: marks and spaces differ between readers."""

    def __init__(self, text: str) -> None:
        marks = [(place, mark) for place, mark in enumerate(text) if mark.isalnum()]
        self.text = "".join(mark for _, mark in marks)
        self.places = [place for place, _ in marks]

    def span(self, part: str) -> tuple[int, int] | None:
        """Where `part` stands in the text; None where it doesn't."""
        bare = "".join(filter(str.isalnum, part))
        start = self.text.find(bare)
        return None if start < 0 or not bare else (self.places[start], self.places[start + len(bare) - 1] + 1)


def overlaps(text: Letters, citations: Sequence[Citation], references: Sequence[str]) -> bool:
    """Whether the first `LONGEST` characters of quotes hold something of a reference."""
    wanted = [span for one in references if (span := text.span(one)) is not None]
    left = LONGEST
    for one in citations:
        end = min(one.end, one.start + left)
        if any(start < end and one.start < stop for start, stop in wanted):
            return True
        left -= one.end - one.start
        if left <= 0:
            break
    return False


# ---- other languages


def languages(kept: Path, each: int) -> None:
    """Questions in six languages about the English samples (data/languages.jsonl): right answers, false
    refusals, and refusals of what isn't there."""
    if not extras.EXTRAS["use"].is_installed:
        print(f"\nlanguages: left out; {extras.command('use')} installs the model")
        return
    os.environ["EXPLORER_MODEL"] = "universal-sentence-encoder"
    asked = read(HERE / "data" / "languages.jsonl", each)
    samples = [file for file in sorted((HERE.parent / "samples").iterdir()) if file.is_file()]
    try:
        with filled(kept / "languages", samples) as library:
            answers = [(one["answer"], library.ask(one["question"])) for one in asked]
            told = [(wanted, answer.found, " ".join(answer.text.split())) for wanted, answer in answers]
    finally:
        del os.environ["EXPLORER_MODEL"]
    there = [(wanted, found, text) for wanted, found, text in told if wanted]
    absent = [found for wanted, found, _ in told if not wanted]
    right = sum(found and re.search(wanted, text) is not None for wanted, found, text in there)
    refused = sum(not found for _, found, _ in there)
    print(
        f"\nother languages: {right} of {len(there)} right, {refused} of these refused; "
        f"{absent.count(False)} of {len(absent)} refused that are not there"
    )


# ---- what other benchmarks print


def tables(_: Path, each: int) -> None:
    """TAT-QA by type, beside a baseline."""
    import tables_asked

    rows = read(tables_asked.TABLES, each)
    for title, way in (("explorer.figures", tables_asked.by_rule), ("baseline", tables_asked.plainly)):
        print(f"\ntables: {title}")
        tables_asked.measure(rows, way, lambda *_: None)


def claims(_: Path, each: int) -> None:
    """Claims judged by people: macro-F1 and AUC, beside words alone; all of them, whatever `each` is."""
    import claims as judged_claims

    print("\nclaims" + ("" if each == 1 else " (all)"))
    judged_claims.judged(SHARED / "data" / "claims" / "dev.jsonl", with_embeddings=False, fit=False)


PARTS: Mapping[str, Callable[[Path, int], None]] = {
    "questions": questions,
    "figures": figures,
    "refusals": refusals,
    "details": details,
    "chunking": chunking,
    "languages": languages,
    "tables": tables,
    "claims": claims,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part", help=", ".join(PARTS))
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--library", type=Path)
    given = parser.parse_args()
    kept = given.library or Path(tempfile.gettempdir()) / f"explorer-answers-{os.getuid()}"
    kept.mkdir(parents=True, exist_ok=True)
    for name in given.parts or PARTS:
        PARTS[name](kept, max(given.each, 1))


if __name__ == "__main__":
    main()
