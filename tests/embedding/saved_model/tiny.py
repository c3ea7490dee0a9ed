"""Tiny SavedModels, made on the spot by TensorFlow: words are hashed to rows of chance numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DIMENSION = 32
_BUCKETS = 2_000


def save_encoder(folder: Path, *, gives: str = "tensor", canary: Path | None = None) -> Path:
    """An encoder that can be called, as Google's are. With `canary` its graph writes a file.

    `gives`: "tensor", "outputs" (a tensor under that name), "two" (two of other names) or "tokens" (a vector
    for each token).
    """
    import tensorflow as tf

    class Encoder(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = tf.Variable(tf.random.stateless_normal([_BUCKETS, DIMENSION], seed=[1, 2]))

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, texts: Any) -> Any:
            if canary is not None:
                tf.io.write_file(str(canary), "it ran")
            words = tf.strings.split(tf.strings.lower(texts))
            rows = tf.ragged.map_flat_values(
                lambda one: tf.gather(self.table, tf.strings.to_hash_bucket_fast(one, _BUCKETS)), words
            )
            tensor = tf.reduce_sum(rows, axis=1)
            if gives == "tokens":
                return tf.stack([tensor, tensor], axis=1)
            return {"tensor": tensor, "outputs": {"outputs": tensor}, "two": {"a": tensor, "b": tensor}}[
                gives
            ]

    tf.saved_model.save(Encoder(), str(folder))
    return folder


def save_signature_only(folder: Path) -> Path:
    """A model that cannot be called, with a signature for serving, as converters of other models write."""
    import tensorflow as tf

    class Served(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def serve(self, texts: Any) -> Any:
            length = tf.cast(tf.strings.length(texts), tf.float32)
            return {"default": tf.stack([length, tf.ones_like(length)], axis=1)}

    served = Served()
    tf.saved_model.save(served, str(folder), signatures={"serving_default": served.serve})
    return folder
