"""In what a model computes here, why, and that the choice is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer import embedding
from explorer.embedding.bert import cuda
from explorer.embedding.bert.precision import choose

is_usable = cuda.is_usable.__wrapped__


@pytest.fixture(autouse=True)
def no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda, "is_usable", lambda: False)


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
    monkeypatch.setattr(cuda, "is_usable", lambda: True)
    chosen = choose(cpu(tmp_path, "avx512_bf16"))
    assert (chosen.precision, chosen.device) == ("float32", "cuda")
    assert "never run" in chosen.reason


@pytest.mark.parametrize(
    ("has_card", "expected"), [(True, {"float32": 256, "int8": 8}), (False, {"float32": 8})]
)
def test_a_card_gets_more_at_once(
    monkeypatch: pytest.MonkeyPatch, has_card: bool, expected: dict[str, int]
) -> None:
    monkeypatch.setattr(cuda, "is_usable", lambda: has_card)
    for kind, number in expected.items():
        assert embedding.load(precision=kind).texts_at_once == number


def driver(begins: int, cards: int, version: int) -> Any:
    """As NVIDIA's: it begins or fails to, and tells its cards and its version."""

    def tells(number: int) -> Callable[[Any], int]:
        def tell(place: Any) -> int:
            place._obj.value = number
            return 0

        return tell

    return SimpleNamespace(
        cuInit=lambda _: begins, cuDeviceGetCount=tells(cards), cuDriverGetVersion=tells(version)
    )


@pytest.mark.parametrize(
    ("torchs", "found", "expected"),
    [
        ("cuda: Optional[str] = '13.0'\n", driver(0, 1, 13010), True),
        ("cuda = '12.8'", driver(0, 2, 13000), True),
        ("cuda: Optional[str] = '13.0'\n", driver(100, 0, 13000), False),
        ("cuda: Optional[str] = '13.0'\n", driver(0, 0, 13000), False),
        ("cuda: Optional[str] = '13.0'\n", driver(0, 1, 12080), False),
        ("cuda: Optional[str] = '13.0'\n", None, False),
        ("cuda: Optional[str] = None\nhip: Optional[str] = '6.4'\n", driver(0, 1, 13000), False),
        (None, driver(0, 1, 13000), False),
    ],
)
def test_a_card_is_used_where_driver_and_torch_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torchs: str | None, found: Any, expected: bool
) -> None:
    if torchs is not None:
        (tmp_path / "version.py").write_text(f"__version__ = '2.13.0'\n{torchs}")
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(cuda.importlib.util, "find_spec", lambda _: spec)
    monkeypatch.setattr(cuda, "_driver", lambda: found)
    assert is_usable() is expected


def test_a_driver_that_is_not_there_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda, "_torchs_cuda", lambda: 13)
    monkeypatch.setattr(cuda, "_DRIVER", "libcuda.so.nowhere")
    assert is_usable() is False
