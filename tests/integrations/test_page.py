"""docs/integrations.md: every block of Python there runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integrations.conftest import ROOT, serving

PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(code: str, folder: Path, tmp_path: Path) -> str:
    shutil.copytree(folder, tmp_path / "my-library")
    shutil.copy(ROOT / "samples" / "balcony-solar-manual.pdf", tmp_path / "report.pdf")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def block(word: str) -> str:
    (found,) = [one for one in BLOCKS if word in one]
    return found


def test_the_program_over_http(folder: Path, tmp_path: Path) -> None:
    with serving("serve", "--library", str(folder), config=tmp_path) as address:
        code = block("httpx2").replace("http://127.0.0.1:8503", address)
        assert "sourdough-handbook.md 1 " in run(code, folder, tmp_path)


@pytest.mark.extras("langchain")
@pytest.mark.parametrize("word", ["RunnableParallel", "RetrievalQA"])
def test_the_chains(word: str, folder: Path, tmp_path: Path) -> None:
    assert "Every twelve hours." in run(block(word), folder, tmp_path)


@pytest.mark.extras("langchain")
def test_the_loader_and_the_splitter(folder: Path, tmp_path: Path) -> None:
    assert run(block("ExplorerLoader"), folder, tmp_path).startswith("1 ")


@pytest.mark.extras("llamaindex")
def test_the_retriever_of_llamaindex(folder: Path, tmp_path: Path) -> None:
    assert "sourdough-handbook.md" in run(block("LibraryNodeRetriever"), folder, tmp_path)


def test_every_block_is_run() -> None:
    assert len(BLOCKS) == 5
