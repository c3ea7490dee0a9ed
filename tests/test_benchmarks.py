"""The figures that benchmarks print: their intervals, the difference to the peer, and whose memory it is."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import measuring
from explorer import Library, evaluation
from explorer.types import Citation, Scope
from explorer.worker import protocol

FOLDER = Path(__file__).parents[1] / "benchmarks"


def benchmark(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A benchmark as a module; it finds the others beside it."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module(name)


def test_the_mean_of_corpora_varies_less_than_each_of_them() -> None:
    chance = np.random.default_rng(1)
    parts = [chance.random(size).tolist() for size in (40, 50, 60)]
    found = measuring.mean_of_means(parts)
    assert found.value == pytest.approx(np.mean([np.mean(part) for part in parts]))
    assert found.low < found.value < found.high
    widths = [np.subtract(*evaluation.bootstrap(part)[::-1]) for part in parts]
    expected = np.sqrt(np.square(widths).sum()) / 3
    assert found.high - found.low == pytest.approx(expected, rel=0.1)
    assert found.high - found.low < 0.7 * np.mean(widths), "the mean of the ends would be as wide as one part"


def test_one_corpus_has_the_interval_that_evaluate_gives() -> None:
    values = [0.0, 1.0, 0.5, 1.0, 0.25]
    found = measuring.mean_of_means([values])
    assert (found.low, found.high) == evaluation.bootstrap(values)


def test_the_difference_is_taken_question_by_question() -> None:
    theirs = [[0.1, 0.9, 0.4, 0.6] * 10, [0.2, 0.8] * 10]
    ours = [[value + 0.05 for value in part] for part in theirs]
    found = measuring.difference(ours, theirs)
    assert (found.value, found.low, found.high) == pytest.approx((0.05, 0.05, 0.05))
    with pytest.raises(ValueError, match="shorter"):
        measuring.difference(ours, [theirs[0], theirs[1][:-1]])


def test_a_percentile_has_an_interval() -> None:
    found = measuring.percentile(list(range(1, 301)), 95)
    assert found.value == pytest.approx(285, abs=1)
    assert 270 < found.low < found.value < found.high <= 300


def test_the_report_sets_ours_against_the_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    retrieval = benchmark("retrieval", monkeypatch)
    parts = [{name: [0.6, 0.8, 0.7] for name in retrieval.FIGURES["chunking"]} for _ in range(3)]
    lower = [{name: [value - 0.2 for value in of] for name, of in part.items()} for part in parts]
    lines = list(retrieval.report("chunking", {"ours, hybrid": parts, retrieval.PEERS[0]: lower}))
    assert len(lines) == 6
    recall = [line.split() for line in lines[:3]]
    assert recall[0][3:6] == ["ours,", "hybrid", "0.700"]
    assert "0.500" in recall[1]
    assert recall[2][3:7] == ["less", "LangChain", "1000/200", "+0.200"]
    assert lines[2].endswith("1.40 times")
    assert len({line.index("[") for line in lines}) == 1
    assert len(list(retrieval.report("chunking", {"ours, hybrid": parts}))) == 2


def test_a_slip_is_in_one_word_and_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    slips = benchmark("slips", monkeypatch)
    text = "The Mooring of 12 ships at the harbour, and what it costs to keep them there."
    found = {slips.with_slip(f"{text} {n}") for n in range(200)}
    changed = [set(text.split()) - set(one.split()) for one in found]
    assert all(len(words) == 1 for words in changed)
    assert {word.strip(".,") for words in changed for word in words} == {
        "Mooring", "ships", "harbour", "costs", "there"
    }  # fmt: skip
    assert slips.with_slip(text) == slips.with_slip(text)
    assert slips.with_slip("A to Z, 12345") == "A to Z, 12345"
    assert slips.with_slip("ABOVE").isupper()


def test_baselines_find_what_holds_the_words_or_means_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baselines = benchmark("baselines", monkeypatch)
    texts = {"ropes": "Mooring ropes of ships.", "bread": "A loaf of rye.", "moon": "The moon is far away."}
    with Library(tmp_path / "library") as library:
        for name, text in texts.items():
            (tmp_path / f"{name}.txt").write_text(text)
        library.add([tmp_path / f"{name}.txt" for name in texts])
        made = baselines.Baselines(library, tmp_path / "kept.npy", whole=True)
        asked = {"rope": baselines.NAMES, "vessel in a harbour": (baselines.MEANING,)}
        for question, names in asked.items():
            for name in names:
                assert made.searches()[name](question, 1, None)[0].document.name == "ropes.txt"
        only = Scope(documents=[one.id for one in library.documents() if one.name == "moon.txt"])
        assert [hit.document.name for hit in made.searches()[baselines.WORDS]("rope", 5, only)] == [
            "moon.txt"
        ]
        assert len(baselines.Baselines(library, tmp_path / "kept.npy", whole=False)._vectors) == 3


def test_answers_are_held_against_references_and_thresholds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = benchmark("answers", monkeypatch)
    text = answers.Letters("It rose. The  quay was\nrepaired in June, by divers.")
    assert text.span("quay was repaired") == (14, 31)
    far, near = Citation(1, "d", 1, 0, 8, "It rose."), Citation(2, "d", 1, 9, 50, "The  quay")
    assert answers.overlaps(text, [far, near], ["quay was repaired"])
    assert not answers.overlaps(text, [far], ["quay was repaired"])
    monkeypatch.setattr(answers, "LONGEST", 4)
    assert not answers.overlaps(text, [far, near], ["quay was repaired"]), "beyond what is looked at"
    answers.curve({("set", True): [0.9, 0.6], ("set", False): [0.2, 0.55]})
    line = next(line for line in capsys.readouterr().out.splitlines() if "*" in line and "0.50" in line)
    assert line.split() == ["0.50*", "0.000", "0.500"]
    (tmp_path / "a.txt").write_text(
        "The well is deep. The barn was built of oak in 1790. Nobody lives there."
    )
    with answers.filled(tmp_path / "library", [tmp_path / "a.txt"]) as library:
        names = {one.id: one.name for one in library.documents()}
        for pick in (answers.nearest, answers.wordiest):
            told = answers.best_sentence(library, names, "When was the barn built?", pick)
            assert told["text"] == "“The barn was built of oak in 1790.” [1]"
            assert told["citations"] == [{"number": 1, "document": "a.txt", "page": 1}]


def test_memory_is_that_of_the_app_and_of_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latency = benchmark("latency", monkeypatch)
    hold = "held = bytearray(b'x' * 300_000_000); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        protocol.write_address(tmp_path, protocol.WorkerAddress(1, b"key", worker.pid))
        said = latency._memory(tmp_path)
        app, of_worker, both = (int(word.replace(",", "")) for word in said.split() if word[0].isdigit())
        worker.communicate(b"\n")
    assert 300 <= of_worker < 400
    assert app == pytest.approx(measuring.resident(os.getpid()) / 1e6, rel=0.1)
    assert both == pytest.approx(app + of_worker, abs=2)
    (tmp_path / protocol.ADDRESS_FILE).unlink()
    with pytest.raises(SystemExit):
        latency._memory(tmp_path)


def test_a_row_counts_as_found_on_its_page_and_in_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = benchmark("rows", monkeypatch)
    queries = rows.wanted()
    assert len(queries) >= 60
    assert {one.part for one in queries} == {"development", "held out", "other words"}
    one = rows.Wanted("held out", "net sales", "a.pdf", ((4, "Net sales"),))
    passage = SimpleNamespace(page=4, end_page=4, text="Cost 1\n| NET  sales | 2 |")
    hit = SimpleNamespace(document=SimpleNamespace(name="a.pdf"), passage=passage, rank=2)
    assert rows.rank([hit], one) == 2
    passage.text = "What are net sales?"
    assert rows.rank([hit], one) is None
    passage.text, passage.page, passage.end_page = "Net sales 2", 5, 6
    assert rows.rank([hit], one) is None
