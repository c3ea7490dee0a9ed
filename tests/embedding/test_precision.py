"""In what a model computes here, why, and that the choice is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.embedding import precision
from explorer.embedding.precision import choose


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_has_gpu", lambda: False)


def cpu(folder: Path, flags: str) -> Path:
    file = folder / "cpuinfo"
    file.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
    return file


def test_the_reason_names_what_decided(tmp_path: Path) -> None:
    able = choose(cpu(tmp_path, "fpu avx512_bf16 amx_bf16"))
    assert (able.precision, able.device) == ("bfloat16", "cpu")
    assert "amx_bf16, avx512_bf16" in able.reason
    unable = choose(cpu(tmp_path, "fpu avx2"))
    assert (unable.precision, unable.device) == ("float32", "cpu")
    assert "lacks amx_bf16 or avx512_bf16" in unable.reason
    unknown = choose(tmp_path / "none")
    assert unknown.precision == "float32"
    assert "cannot be asked" in unknown.reason


def test_a_graphics_card_is_said_to_be_untried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_has_gpu", lambda: True)
    chosen = choose(cpu(tmp_path, "avx512_bf16"))
    assert (chosen.precision, chosen.device) == ("float32", "cuda")
    assert "never run" in chosen.reason
