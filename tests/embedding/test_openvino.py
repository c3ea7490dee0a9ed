"""int8 through OpenVINO: faithful, each text by itself, silent, and done without where it is missing."""

from __future__ import annotations

import functools
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer import embedding
from explorer.embedding import fast, precision, registry
from explorer.embedding.fast import FastModel
from explorer.embedding.precision import choose
from tests.embedding.test_models import TEXTS, cosines

VNNI = "flags : avx512_vnni"


@functools.cache
def model(kind: str) -> FastModel:
    loaded = FastModel.from_folder("default", registry.find(embedding.DEFAULT_MODEL), kind)
    assert loaded
    return loaded


@functools.cache
def vectors(kind: str) -> np.ndarray:
    return model(kind).encode(TEXTS)


def test_int8_is_faithful() -> None:
    similar = cosines(vectors("int8"), vectors("float32"))
    assert similar.mean() >= 0.999
    assert similar.min() >= 0.995
    assert similar.min() < 0.99999, "it was computed in float32"
    assert vectors("int8").dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors("int8"), axis=1), 1, atol=1e-5)


def test_a_vector_hardly_depends_on_its_batch() -> None:
    """No text sees another, but products of other shapes round otherwise, and int8 makes steps of that."""
    alone = np.concatenate([model("int8").encode([text]) for text in TEXTS])
    backwards = model("int8").encode(TEXTS[::-1])[::-1]
    assert cosines(vectors("int8"), alone).min() > 0.9995
    assert cosines(vectors("int8"), backwards).min() > 0.9995


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
    monkeypatch.setattr(precision, "_has_gpu", lambda: False)
    cpuinfo.write_text(f"{VNNI} avx512_bf16\n")
    assert choose(cpuinfo, is_int8_faithful=True).precision == "int8"
    assert choose(cpuinfo).precision == "bfloat16"
    cpuinfo.write_text(f"{VNNI}\n")
    assert choose(cpuinfo, is_int8_faithful=True).precision == "int8"
    cpuinfo.write_text(f"{VNNI} avx512_bf16 amx_bf16\n")
    assert choose(cpuinfo, is_int8_faithful=True).precision == "bfloat16", "not measured on such a processor"
    cpuinfo.write_text("flags : avx2\n")
    assert choose(cpuinfo, is_int8_faithful=True).precision == "float32"


def test_without_openvino_torch_computes_and_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"{VNNI} avx512_bf16\n")
    monkeypatch.setattr(precision, "_has_gpu", lambda: False)
    monkeypatch.setattr(precision, "has_openvino", lambda: False)
    chosen = choose(cpuinfo, is_int8_faithful=True)
    assert chosen.precision == "bfloat16"
    assert "OpenVINO is not installed (pip install -r requirements.txt)" in chosen.reason
    assert "OpenVINO" not in choose(cpuinfo).reason


@pytest.mark.parametrize("is_there", [False, True])
def test_vectors_in_int8_go_on_where_openvino_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, is_there: bool
) -> None:
    def broken(*_: object) -> None:
        raise ImportError("libtbb.so.12: cannot open shared object file")

    monkeypatch.setattr(precision, "has_openvino", lambda: is_there)
    monkeypatch.setattr(fast, "_by_openvino", broken)
    moved = FastModel.from_folder("default", registry.find(embedding.DEFAULT_MODEL), "int8")
    assert moved
    with caplog.at_level(logging.ERROR):
        found = moved.encode(TEXTS)
    assert cosines(found, vectors("float32")).min() > 0.99999
    assert moved.fingerprint == model("int8").fingerprint
    assert ("by torch in float32" in caplog.text) is is_there
