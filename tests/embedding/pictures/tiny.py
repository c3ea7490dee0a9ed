"""Tiny picture models, made by tests: a CLIP that learns four drawn shapes by their names, and a ResNet."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from explorer.arrays import Pixels

SHAPES = ("circle", "square", "triangle", "cross")
SIDE = 32
_STEPS = 1500
_LOOK, _TOLD = 25, 0.98
"""It is trained until, looked at after so many steps, it tells this share of other drawings."""


def drawn(shape: str, seed: int, side: int = SIDE) -> Image.Image:
    """A shape in a colour, at a place and of a size that the seed decides."""
    chance = random.Random(f"{shape} {seed}")
    ground, ink = ([chance.randrange(*bounds) for _ in range(3)] for bounds in ((170, 256), (0, 110)))
    image = Image.new("RGB", (4 * side, 4 * side), (ground[0], ground[1], ground[2]))
    pen, colour = ImageDraw.Draw(image), (ink[0], ink[1], ink[2])
    half = chance.uniform(0.26, 0.4) * 4 * side
    x, y = (chance.uniform(half, 4 * side - half) for _ in range(2))
    if shape == "circle":
        pen.ellipse((x - half, y - half, x + half, y + half), colour)
    elif shape == "square":
        pen.rectangle((x - half, y - half, x + half, y + half), colour)
    elif shape == "triangle":
        pen.polygon([(x, y - half), (x - half, y + half), (x + half, y + half)], colour)
    else:
        thin = half / 3
        pen.rectangle((x - half, y - thin, x + half, y + thin), colour)
        pen.rectangle((x - thin, y - half, x + thin, y + half), colour)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def pixels(shape: str, seed: int) -> Pixels:
    """The same as numbers."""
    return np.asarray(drawn(shape, seed))


def _of_clip(side: int) -> dict[str, object]:
    size = {"crop_size": side, "size": {"shortest_edge": side}}
    means = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.3, 0.3, 0.3], "resample": 3}
    does = {"do_resize": True, "do_center_crop": True, "do_normalize": True, "do_convert_rgb": True}
    return {"image_processor_type": "CLIPImageProcessor", **size, **means, **does}


def clip(folder: Path) -> Path:
    """A folder with a CLIP as Hugging Face's packages save one, trained until it tells the shapes apart."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(3)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    ends = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    model = CLIPModel(
        CLIPConfig(
            text_config={**sizes, **ends, "vocab_size": len(words), "max_position_embeddings": 16},
            vision_config={**sizes, "image_size": SIDE, "patch_size": 8},
            projection_dim=16,
        )
    )
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    marks = {"bos_token": words[0], "eos_token": words[1], "pad_token": words[1], "unk_token": words[1]}
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 16, **marks})
    )
    (folder / "preprocessor_config.json").write_text(json.dumps(_of_clip(SIDE)))
    _train(model, words)
    model.save_pretrained(folder)
    return folder


def _train(model: Any, words: list[str]) -> None:
    import torch

    named = [
        [0, *(words.index(letter) for letter in shape[:-1]), words.index(f"{shape[-1]}</w>"), 1]
        for shape in SHAPES
    ]
    longest = max(map(len, named))
    texts = torch.tensor([[*ids, *[1] * (longest - len(ids))] for ids in named])
    seen = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in named])

    def of(seeds: range) -> Any:
        given = np.stack([pixels(shape, seed) for seed in seeds for shape in SHAPES])
        return (torch.tensor(given).permute(0, 3, 1, 2) / 255 - 0.5) / 0.3

    rows, others = of(range(400)), of(range(2000, 2050))
    steps = torch.optim.AdamW(model.parameters(), 2e-3)
    right = torch.arange(len(SHAPES)).repeat(8)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for such small sums threads only wait for each other
    model.train()
    for step in range(_STEPS):
        start = step * len(right) % len(rows)
        out = model(input_ids=texts, attention_mask=seen, pixel_values=rows[start : start + len(right)])
        loss = torch.nn.functional.cross_entropy(out.logits_per_image, right)
        steps.zero_grad()
        loss.backward()
        steps.step()
        if step % _LOOK == 0:
            with torch.no_grad():
                out = model(input_ids=texts, attention_mask=seen, pixel_values=others)
            told = out.logits_per_image.argmax(1) == torch.arange(len(SHAPES)).repeat(50)
            if told.float().mean() >= _TOLD:
                break
    model.eval()
    torch.set_num_threads(threads)


def older(plain: Path, folder: Path) -> Path:
    """The same CLIP in the older layout of sentence-transformers."""
    shutil.copytree(plain, folder / "0_CLIPModel")
    (folder / "modules.json").write_text(
        json.dumps(
            [{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]
        )
    )
    return folder


def resnet(folder: Path) -> Path:
    """A folder with a ResNet of chance weights."""
    import torch
    from transformers import ResNetConfig, ResNetModel

    torch.manual_seed(3)
    model = ResNetModel(
        ResNetConfig(embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic")
    )
    model.save_pretrained(folder)
    size = {"size": {"shortest_edge": 64}, "crop_pct": 0.875, "resample": 3}
    means = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.3, 0.3, 0.3], "do_normalize": True}
    processor = {"image_processor_type": "ConvNextImageProcessor", "do_resize": True, **size, **means}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder
