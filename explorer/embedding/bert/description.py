"""Whether a folder is a plain BERT with mean pooling, as its configuration says, and how it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.embedding import folder as folders
from explorer.embedding.bert.by_torch import BertConfig, plain_bert

WEIGHTS = "model.safetensors"


def describe(folder: Path) -> tuple[BertConfig, int] | None:
    """(configuration, tokens it reads), or None unless it is BERT → mean [→ normalise].

    Raises ModelError for a file that cannot be read, and KeyError, TypeError, ValueError, AttributeError or
    OverflowError for what cannot be.
    """
    needed = ("modules.json", "config.json", "tokenizer.json", WEIGHTS)
    if not all((folder / file).is_file() for file in needed):
        return None
    modules = folders.read_json(folder / "modules.json")
    kinds = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    if modules[0].get("path") or not _pools_by_mean(_optional(folder / modules[1]["path"] / "config.json")):
        return None
    config = folders.read_json(folder / "config.json")
    bert = plain_bert(config)
    own = _optional(folder / "sentence_bert_config.json")
    if bert is None or own.get("do_lower_case") or _has_prompts(folder):
        return None
    tokenizer = _optional(folder / "tokenizer_config.json")
    reads = own.get("max_seq_length") or tokenizer.get("model_max_length") or bert.positions
    return bert, min(int(reads), bert.positions)


def _pools_by_mean(config: dict[str, Any]) -> bool:
    if "pooling_mode" in config:
        return bool(config["pooling_mode"] == "mean")
    modes = {mode for mode, on in config.items() if mode.startswith("pooling_mode_") and on}
    return modes == {"pooling_mode_mean_tokens"}


def _has_prompts(folder: Path) -> bool:
    config = _optional(folder / "config_sentence_transformers.json")
    return any((config.get("prompts") or {}).values()) or bool(config.get("default_prompt_name"))


def _optional(file: Path) -> dict[str, Any]:
    content = folders.read_json(file) if file.is_file() else {}
    return content if isinstance(content, dict) else {}
