"""OpenVINO, in int8 or bfloat16: faithful, each text by itself, silent, done without where it is missing."""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from explorer import embedding, models
from explorer.catalog.records import Generation, Model
from explorer.embedding import places, registry
from explorer.embedding.bert import cuda, engine, precision
from explorer.embedding.bert.by_openvino import OpenVinoBert
from explorer.embedding.bert.model import FastModel
from explorer.embedding.bert.precision import BFLOAT16_FLAGS, choose, openvino_problem
from explorer.errors import ModelError
from explorer.ingestion import recipe
from explorer.settings import Settings
from tests.embedding.bert.test_model import TEXTS, cosines

VNNI = "flags : avx512_vnni"
HARD = {
    "texts": TEXTS,
    "short": ["Thanks", "thank you", "given", "way", "i", "FY2018", "Total", "Schluss", "Спасибо", "謝謝"],
    "contents": [f"championships {'. ' * dots}{page}" for dots in (20, 50, 90) for page in (3, 47, 212)],
    "addresses": ["https://example.org/a/b?id=17&q=harbour#top", "www.example.com", "mail: ann@example.org"],
    "numbers": ["1,234.5 | 98.1 % | (12,007) | -3.4e-5 | 2021-03-04", "§ 12.3 (a)(ii) 10-K FY2018"],
    "signs": [".", "", "---", "🙂", "☎ ☂", "\u200b"],
    "repeated": ["harbour " * 300, "税" * 300, "🙂" * 300, ". " * 300],
}
"""What int8 finds hard, chosen for that, and ordinary texts."""
needs_openvino = pytest.mark.skipif(openvino_problem() is not None, reason=f"OpenVINO {openvino_problem()}")


@functools.cache
def model(kind: str) -> FastModel:
    loaded = FastModel.from_folder("default", places.find(embedding.DEFAULT_MODEL), kind)
    assert loaded
    return loaded


@functools.cache
def vectors(kind: str) -> np.ndarray:
    return model(kind).encode(TEXTS)


def by_openvino(**how: bool) -> OpenVinoBert:
    whole = model("float32")
    return OpenVinoBert(whole._weights, whole._config, 2, **how)


def similar(bert: OpenVinoBert, texts: Sequence[str]) -> np.ndarray:
    """The cosines of its vectors to those in float32."""
    found = bert.encode(model("float32")._tokens.ids(texts))
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    return cosines(found, model("float32").encode(texts))


@needs_openvino
@pytest.mark.parametrize(("in_int8", "in_bfloat16"), [(True, True), (True, False), (False, True)])
def test_it_is_faithful(in_int8: bool, in_bfloat16: bool) -> None:
    bert = by_openvino(in_int8=in_int8, in_bfloat16=in_bfloat16)
    found = {kind: similar(bert, texts) for kind, texts in HARD.items()}
    for kind, cosine in found.items():
        assert cosine.min() >= 0.995, kind
    assert np.concatenate([*found.values()]).mean() >= 0.999


@needs_openvino
def test_it_computes_in_what_it_is_told() -> None:
    worst = {
        how: similar(by_openvino(in_int8=how == "int8", in_bfloat16=how == "bfloat16"), TEXTS).min()
        for how in ("int8", "bfloat16", "float32")
    }
    assert worst["float32"] > 0.999999
    assert worst["int8"] < 0.9998
    if BFLOAT16_FLAGS & precision.flags():
        assert 0.9998 < worst["bfloat16"] < 0.999999


@needs_openvino
@pytest.mark.parametrize("kind", ["int8", "bfloat16"])
def test_the_rest_is_in_bfloat16_where_the_processor_has_it(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    made = []
    monkeypatch.setattr(
        "explorer.embedding.bert.by_openvino.OpenVinoBert.__init__", lambda *_, **how: made.append(how)
    )
    for flags in ({"avx512_bf16"}, set()):
        monkeypatch.setattr(engine, "flags", lambda flags=flags: flags)
        engine._by_openvino(model("int8")._weights, model("int8")._config, kind)
    in_int8 = kind == "int8"
    assert made == [{"in_int8": in_int8, "in_bfloat16": True}, {"in_int8": in_int8, "in_bfloat16": False}]


@needs_openvino
@pytest.mark.parametrize(
    ("kind", "flags", "has_gpu", "expected"),
    [
        ("bfloat16", {"amx_bf16", "avx512_bf16"}, False, "openvino"),
        ("bfloat16", {"amx_bf16"}, True, "torch"),
        ("bfloat16", {"avx512_bf16"}, False, "torch"),
        ("int8", {"avx512_vnni"}, False, "openvino"),
        ("float32", {"amx_bf16"}, False, "torch"),
    ],
)
def test_which_of_the_two_computes(
    monkeypatch: pytest.MonkeyPatch, kind: str, flags: set[str], has_gpu: bool, expected: str
) -> None:
    monkeypatch.setattr(precision, "flags", lambda: flags)
    monkeypatch.setattr(cuda, "is_usable", lambda: has_gpu)
    monkeypatch.setattr(engine, "_by_openvino", lambda *_: "openvino")
    monkeypatch.setattr(engine, "_by_torch", lambda *_: "torch")
    assert engine.engine_for(model(kind)._weights, model(kind)._config, kind) == expected


@pytest.mark.parametrize(("kind", "instead"), [("bfloat16", "bfloat16"), ("int8", "float32")])
def test_torch_goes_on_where_openvino_cannot(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: str, instead: str
) -> None:
    monkeypatch.setattr(precision, "flags", lambda: {"amx_bf16"})
    monkeypatch.setattr(cuda, "is_usable", lambda: False)
    monkeypatch.setattr(engine, "openvino_problem", lambda: "is not installed")
    monkeypatch.setattr(engine, "_by_torch", lambda *arguments: arguments[-1])
    assert engine.engine_for(model(kind)._weights, model(kind)._config, kind) == instead
    assert f"OpenVINO is not installed: passages in {kind} go on in {instead} by torch" in caplog.text


@needs_openvino
def test_bfloat16_by_torch_goes_on_by_openvino() -> None:
    """A library that torch made is added to by OpenVINO: their vectors are as close as each to float32."""
    whole = model("bfloat16")
    torch_made = engine._by_torch(whole._weights, whole._config, "bfloat16")
    texts = sorted(
        {text for some in HARD.values() for text in some}, key=lambda text: whole.count_tokens([text])
    )
    ids = whole._tokens.ids(texts)
    alike = cosines(torch_made.encode(ids), by_openvino(in_int8=False, in_bfloat16=True).encode(ids))
    assert alike.mean() >= 0.999
    assert alike.min() >= 0.995


@needs_openvino
@pytest.mark.parametrize("in_int8", [True, False])
def test_a_vector_does_not_depend_on_its_batch(in_int8: bool) -> None:
    ids = model("int8")._tokens.ids(TEXTS)
    bert = by_openvino(in_int8=in_int8, in_bfloat16=True)
    together = bert.encode(ids)
    alone = np.concatenate([bert.encode([text]) for text in ids])
    assert cosines(together, alone).min() > 0.9999
    assert cosines(together, bert.encode(ids[::-1])[::-1]).min() > 0.9999


@needs_openvino
def test_many_threads_may_encode_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: model("int8").encode(TEXTS), range(8)):
            assert cosines(found, vectors("int8")).min() > 0.99999


@pytest.mark.parametrize(("wanted", "threads"), [("1", 1), ("0", 3), ("many", 3), ("", 3), ("999", 3)])
def test_it_takes_no_more_threads_than_it_may(
    monkeypatch: pytest.MonkeyPatch, wanted: str, threads: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert engine._threads() == threads


@needs_openvino
def test_what_it_cannot_compute_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("could not allocate 12 bytes")

    broken = FastModel.from_folder("default", places.find(embedding.DEFAULT_MODEL), "int8")
    assert broken
    monkeypatch.setattr(OpenVinoBert, "encode", fails)
    with pytest.raises(ModelError, match="default could not compute: could not allocate 12 bytes"):
        broken.encode(["a"])


@needs_openvino
def test_it_needs_no_torch_and_sends_no_statistics() -> None:
    script = (
        "import sys\nfrom explorer import embedding\n"
        "model = embedding.load(precision='int8')\nassert 'openvino' not in sys.modules\n"
        "print(model.encode(['why?']).shape)\nassert 'openvino' in sys.modules\n"
        "assert 'torch' not in sys.modules\nassert sys.modules['openvino_telemetry'] is None\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "(1, 384)"


def test_only_the_measured_model_computes_in_int8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    monkeypatch.setattr(cuda, "is_usable", lambda: False)
    monkeypatch.setattr(precision, "openvino_problem", lambda: None)
    cpuinfo.write_text(f"{VNNI} avx512_bf16\n")
    assert choose(cpuinfo, is_measured=True).precision == "int8"
    assert choose(cpuinfo).precision == "bfloat16"
    cpuinfo.write_text(f"{VNNI}\n")
    assert choose(cpuinfo, is_measured=True).precision == "int8"
    cpuinfo.write_text(f"{VNNI} avx512_bf16 amx_bf16\n")
    chosen = choose(cpuinfo, is_measured=True)
    assert chosen.precision == "bfloat16"
    assert "(amx_bf16), which through OpenVINO" in chosen.reason
    assert "OpenVINO" not in choose(cpuinfo).reason
    cpuinfo.write_text("flags : avx2\n")
    assert choose(cpuinfo, is_measured=True).precision == "float32"
    monkeypatch.setattr(cuda, "is_usable", lambda: True)
    cpuinfo.write_text(f"{VNNI}\n")
    assert choose(cpuinfo, is_measured=True).device == "cuda"


@pytest.mark.parametrize(
    ("flags", "instead", "best"),
    [
        ("avx512_bf16", "bfloat16", "int8"),
        ("avx2", "float32", "int8"),
        ("amx_bf16 avx512_bf16", "bfloat16", "bfloat16"),
    ],
)
def test_without_openvino_torch_computes_and_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, instead: str, best: str
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"{VNNI} {flags}\n")
    monkeypatch.setattr(cuda, "is_usable", lambda: False)
    monkeypatch.setattr(precision, "openvino_problem", lambda: "is not installed")
    chosen = choose(cpuinfo, is_measured=True)
    assert chosen.precision == instead
    assert chosen.reason.endswith(
        f"; {best} through OpenVINO would be faster still, but that is not installed"
    )
    assert "OpenVINO" not in choose(cpuinfo).reason


@pytest.fixture
def unloadable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """OpenVINO is installed, and one of its libraries is not there."""

    def broken() -> None:
        raise ImportError("libtbb.so.12: cannot open shared object file")

    monkeypatch.setattr(precision, "quiet_openvino", broken)
    there = importlib.util.find_spec("json")
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        precision.importlib.util, "find_spec", lambda name: there if name == "openvino" else find_spec(name)
    )
    openvino_problem.cache_clear()
    yield
    openvino_problem.cache_clear()


@pytest.mark.usefixtures("unloadable")
def test_what_cannot_be_loaded_is_not_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(f"{VNNI} avx512_bf16\n")
    monkeypatch.setattr(cuda, "is_usable", lambda: False)
    chosen = choose(tmp_path / "cpuinfo", is_measured=True)
    assert chosen.precision == "bfloat16"
    assert "but that cannot be loaded (libtbb.so.12: cannot open shared object file)" in chosen.reason


def test_what_is_not_installed_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision.importlib.util, "find_spec", lambda _: None)
    openvino_problem.cache_clear()
    assert openvino_problem() == "is not installed (pip install -r requirements.txt)"
    openvino_problem.cache_clear()


def test_vectors_in_int8_go_on_where_openvino_cannot_be_loaded(
    unloadable: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "openvino_problem", precision.openvino_problem)
    moved = FastModel.from_folder("default", places.find(embedding.DEFAULT_MODEL), "int8")
    assert moved
    with caplog.at_level(logging.WARNING):
        found = moved.encode(TEXTS)
    assert cosines(found, vectors("float32")).min() > 0.99999
    assert "OpenVINO cannot be loaded" in caplog.text
    fingerprint = registry.identify(embedding.DEFAULT_MODEL, "int8")[1]
    assert moved.fingerprint == fingerprint
    of = Model(1, embedding.DEFAULT_MODEL, 384, "int8", fingerprint)
    made = Generation(1, recipe.wanted(Settings()), of, "live", datetime.now(UTC))
    would, goes_on = models.explain(made, Settings())
    assert "would compute here in" in would
    assert "new ones are in float32, which comes closest" in goes_on
