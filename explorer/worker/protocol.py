"""What a library's worker and its clients say to each other over 127.0.0.1.

A message is one JSON object, followed by one frame of raw bytes for each array that it announces. Nothing is
ever unpickled: `multiprocessing.connection` is used for its framing and its mutual HMAC handshake only.

    worker.json    {"port", "key", "pid", "folder", "device", "inode"}, mode 0600, written by the worker once
    it listens, removed when it leaves; one that came along with a copied or moved folder is none
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import errors
from explorer.worker import place
from explorer.worker.place import FolderMark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ADDRESS_FILE = "worker.json"
LOCK_FILE = "worker.lock"
_DTYPES = ("<f4", "<i8")
_MAX_MESSAGE = 64 << 20
_MAX_ARRAY = 1 << 30

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkerAddress:
    """Where a worker listens, and the key that both sides prove to know."""

    port: int
    key: bytes
    pid: int


def write_address(folder: Path, address: WorkerAddress) -> None:
    """Publish the address for this user only, and for this folder; readers see the old file or the new one.

    Raises:
        OSError: the folder cannot be written, or is gone.
    """
    mark = place.mark_of(folder)
    if mark is None:
        raise FileNotFoundError(f"{folder} is gone")
    at = place.place_of(folder)
    partial = at / f"{ADDRESS_FILE}.{os.getpid()}"
    partial.unlink(missing_ok=True)
    named = {"folder": mark.path, "device": mark.device, "inode": mark.inode}
    text = json.dumps({"port": address.port, "key": address.key.hex(), "pid": address.pid, **named})
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(at / ADDRESS_FILE)


def read_address(folder: Path) -> WorkerAddress | None:
    """The published address; None where no worker has left a usable one, or one of another folder."""
    try:
        fields = json.loads((place.place_of(folder) / ADDRESS_FILE).read_text(encoding="utf-8"))
        mark = FolderMark(str(fields["folder"]), int(fields["device"]), int(fields["inode"]))
        if not place.serves(mark, folder):
            return None
        return WorkerAddress(int(fields["port"]), bytes.fromhex(fields["key"]), int(fields["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def send(connection: Connection, message: Message, *arrays: NDArray[Any]) -> None:
    """Send a message and its arrays (float32 or int64, any shape).

    Raises:
        OSError: the other side has gone.
    """
    import numpy as np

    whole = [np.ascontiguousarray(array) for array in arrays]
    for array in whole:
        if array.dtype.str not in _DTYPES:
            raise ValueError(f"arrays travel as float32 or int64, not {array.dtype}")
    announced = [[array.dtype.str, list(array.shape)] for array in whole]
    connection.send_bytes(json.dumps({**message, "arrays": announced}).encode("utf-8"))
    for array in whole:
        connection.send_bytes(array.tobytes())


def receive(connection: Connection) -> tuple[Message, list[NDArray[Any]]]:
    """The next message and its arrays.

    Raises:
        EOFError: the other side has gone.
        OSError: it went while it spoke, or said too much at once.
        ValueError: what came is no message of ours.
    """
    message = json.loads(connection.recv_bytes(_MAX_MESSAGE))
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")
    arrays = []
    for dtype, shape in message.pop("arrays", []):
        arrays.append(_array(connection.recv_bytes(_MAX_ARRAY), dtype, shape))
    return message, arrays


def _array(data: bytes, dtype: str, shape: list[int]) -> NDArray[Any]:
    import numpy as np

    if dtype not in _DTYPES:
        raise ValueError(f"unexpected array type {dtype!r}")
    array: NDArray[np.generic] = np.frombuffer(data, dtype=dtype).reshape(shape)
    return array


def failure(error: Exception) -> Message:
    """The reply that carries an error to the client."""
    known = isinstance(error, errors.ExplorerError)
    kind = type(error).__name__ if known else "WorkerError"
    text = (
        str(error)
        if known
        else f"The background process made a mistake ({type(error).__name__}). Try again; its log says where."
    )
    return {"error": kind, "text": text}


def raise_failure(reply: Message) -> None:
    """Raise the error that a reply carries, as the class it had in the worker; return if it carries none."""
    kind = reply.get("error")
    if kind is None:
        return
    found = getattr(errors, str(kind), errors.WorkerError)
    is_ours = isinstance(found, type) and issubclass(found, errors.ExplorerError)
    raise (found if is_ours else errors.WorkerError)(str(reply.get("text", "")))
