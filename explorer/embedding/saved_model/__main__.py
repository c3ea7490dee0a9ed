"""The process that opens a SavedModel: `python -m explorer.embedding.saved_model FOLDER`.

It leaves the network before it loads anything. Then each line of standard input is a JSON list of texts, and
each answer a line of JSON: {"rows": n, "columns": d} with n × d float32 behind it, or {"error": …}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from explorer import processes

if TYPE_CHECKING:
    from explorer.arrays import Vectors


def main(arguments: list[str]) -> int:
    """Answer until standard input ends: 0, or 1 where the model cannot be opened, which was said."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the model prints must not land among the answers
    if not processes.leave_network():
        _say(out, error="This system cannot keep a process off the network, so no SavedModel is opened here.")
        return 1
    try:
        function = _opened(Path(arguments[0]))
    except Exception as error:  # noqa: BLE001  (a foreign model can fail in any way there is)
        _say(out, error=_why(error))
        return 1
    for line in sys.stdin.buffer:
        try:
            rows = _rows(function(json.loads(line)))
        except Exception as error:  # noqa: BLE001
            _say(out, error=_why(error))
            continue
        _say(out, rows=rows.shape[0], columns=rows.shape[1])
        out.write(rows.tobytes())
        out.flush()
    return 0


def _opened(folder: Path) -> Any:
    """A function from texts to what the model gives."""
    import tensorflow as tf

    model = tf.saved_model.load(str(folder))
    if callable(model):
        return lambda texts: model(tf.constant(texts, tf.string))
    signature = model.signatures.get("serving_default")
    if signature is None:
        raise ValueError("it can neither be called nor has it a signature “serving_default”")
    (name,) = signature.structured_input_signature[1]
    return lambda texts: signature(**{name: tf.constant(texts, tf.string)})


def _rows(given: Any) -> Vectors:
    """(n, dimension) float32 of a tensor, or of what stands under "outputs" or alone. Raises ValueError."""
    import numpy as np

    if isinstance(given, dict):
        if "outputs" not in given and len(given) != 1:
            raise ValueError(
                f"it gives {', '.join(sorted(given))}, and nothing says which of it is the vector"
            )
        given = given["outputs"] if "outputs" in given else next(iter(given.values()))
    rows = np.ascontiguousarray(given, np.float32)
    if rows.ndim != 2:
        raise ValueError(f"it gives numbers in {rows.ndim} dimensions instead of a vector for each text")
    return rows


def _why(error: Exception) -> str:
    """What went wrong, on one line; with a hint where an operation is missing."""
    said = " ".join(str(error).split())[:500] or type(error).__name__
    if "not registered" in said:
        said += " (multilingual encoders need tensorflow-text, which this program does not use)"
    return said


def _say(out: IO[bytes], **said: Any) -> None:
    out.write(json.dumps(said).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
