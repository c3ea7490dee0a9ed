"""Other ways through OpenVINO than `explorer/embedding/bert/by_openvino.py`: sides of `embed.py --int8`.

Needs `pip install nncf` beside the app's packages; nothing is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explorer.processor import quiet_openvino

Encode = Callable[[Sequence[str]], np.ndarray]
Tokenise = Callable[[Sequence[str]], list[list[int]]]

_BATCH = 16
_CALIBRATION = 200
"""Texts that calibrated int8 sees first; they are not among those that are measured."""


def sides(folder: Path, tokenise: Tokenise, calibration: Sequence[str], threads: int) -> dict[str, Encode]:
    """Ways to encode, by name: weights in int8 with activations quantised group by group, and calibrated."""
    openvino = quiet_openvino()
    import nncf
    import torch
    from transformers import BertModel

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = BertModel.from_pretrained(str(folder)).eval()

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states: torch.Tensor = self.bert(
                input_ids=input_ids, attention_mask=attention_mask
            ).last_hidden_state
            return states

    def converted() -> Any:
        some = torch.ones(2, 8, dtype=torch.long)
        return openvino.convert_model(States(), example_input={"input_ids": some, "attention_mask": some})

    examples = [(ids, mask) for _, ids, mask in _padded(tokenise(calibration[:_CALIBRATION]), _BATCH // 2)]
    dataset = nncf.Dataset(examples, lambda one: {0: one[0], 1: one[1]})
    weights = nncf.compress_weights(converted(), mode=nncf.CompressWeightsMode.INT8_SYM)
    calibrated = nncf.quantize(
        converted(),
        dataset,
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(examples),
    )
    base = {"INFERENCE_PRECISION_HINT": "bf16", "NUM_STREAMS": threads, "INFERENCE_NUM_THREADS": threads}
    groups = {**base, "DYNAMIC_QUANTIZATION_GROUP_SIZE": 32}
    return {
        "OpenVINO, bfloat16": _encoder(converted(), base, tokenise),
        "OpenVINO, int8 by groups": _encoder(weights, groups, tokenise),
        "OpenVINO, int8 calibrated": _encoder(calibrated, base, tokenise),
    }


def _encoder(model: Any, options: dict[str, Any], tokenise: Tokenise) -> Encode:
    import openvino

    compiled = openvino.Core().compile_model(model, "CPU", options)

    def encode(texts: Sequence[str]) -> np.ndarray:
        ids = tokenise(texts)
        vectors = np.empty((len(ids), int(compiled.output(0).partial_shape[-1].get_length())), np.float32)

        def pool(request: Any, batch: tuple[list[int], np.ndarray]) -> None:
            rows, mask = batch
            states = request.get_output_tensor(0).data.astype(np.float32)
            means = (states * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
            vectors[rows] = means / np.linalg.norm(means, axis=1, keepdims=True)

        waiting = openvino.AsyncInferQueue(compiled, options["NUM_STREAMS"])
        waiting.set_callback(pool)
        for rows, padded, mask in _padded(ids, _BATCH):
            waiting.start_async({0: padded, 1: mask}, (rows, mask))
        waiting.wait_all()
        return vectors

    return encode


def _padded(ids: Sequence[Sequence[int]], size: int) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
    """(which texts, their ids, where these are), texts of like length together."""
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        padded = np.zeros((len(rows), max(len(ids[row]) for row in rows)), np.int64)
        mask = np.zeros_like(padded)
        for at, row in enumerate(rows):
            padded[at, : len(ids[row])] = ids[row]
            mask[at, : len(ids[row])] = 1
        yield rows, padded, mask
