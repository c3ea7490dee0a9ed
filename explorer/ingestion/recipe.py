"""The recipe of an index: what its chunks were made with, and so whether it has to be made again.

It stands with the index as JSON: the versions of the readers and of the chunker, the size of a chunk, and for
a server's model how many tokens it is taken to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.embedding import identify, is_remote, server_fingerprint
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.catalog.records import Generation
    from explorer.settings import Settings

READER = 5
"""Counts up when readers give other text for the same file, or more is kept of what they give."""
CHUNKER = 6
"""Counts up when the same text is cut into other chunks, or other words of it are embedded or indexed."""


def wanted(settings: Settings) -> dict[str, Any]:
    """The recipe that the settings of this moment ask for (the model stands beside it, not in it)."""
    made: dict[str, Any] = {"reader": READER, "chunker": CHUNKER, "chunk_tokens": settings.chunk_tokens}
    return {**made, "embed_tokens": settings.embed_tokens} if is_remote(settings.embedder) else made


def tokens_read(generation: Generation, settings: Settings) -> int:
    """How many tokens a server's model is taken to read when texts are cut for this index.

    The number it was made with, but never more than the settings say: a smaller one holds at once, so that
    what the server refused can be tried again.
    """
    return min(int(generation.recipe.get("embed_tokens", settings.embed_tokens)), settings.embed_tokens)


def differences(
    live: Generation | None, settings: Settings, behind: str | None = None, library: Path | None = None
) -> tuple[str, ...]:
    """Those of "reader", "chunking", "model", "precision" in which the live index is not what is asked for.

    Models differ by their names or by what their files hold. Of a model that is no longer on this machine
    only the name is compared.

    `behind`: the fingerprint of what was last found behind a server's name, if that is known (see
    `server_identity.last`). `library`: its folder, where a library's own word vectors are.
    """
    if live is None:
        return ()
    now = wanted(settings)
    made: Mapping[str, Any] = live.recipe
    is_other_model, is_other_precision = _compare(live, settings, behind, library)
    is_cut_otherwise = any(made.get(key) != now[key] for key in ("chunker", "chunk_tokens"))
    parts = (
        ("reader", made.get("reader") != now["reader"]),
        ("chunking", is_cut_otherwise or (not is_other_model and _reads_otherwise(live, settings))),
        ("model", is_other_model),
        ("precision", is_other_precision and not is_other_model),
    )
    return tuple(name for name, differs in parts if differs)


def _compare(
    live: Generation, settings: Settings, behind: str | None, library: Path | None
) -> tuple[bool, bool]:
    """Whether the settings ask for another model, and whether another precision suits this machine."""
    if live.model.name != settings.embedder:
        return True, False
    if is_remote(settings.embedder):
        return behind is not None and live.model.fingerprint not in ("", behind), False
    try:
        precision, _ = identify(settings.embedder, library=library)
        _, fingerprint = identify(settings.embedder, live.model.precision, library)
    except ModelError:
        return False, False  # whoever embeds or searches is told
    return live.model.fingerprint not in ("", fingerprint), precision != live.model.precision


def _reads_otherwise(live: Generation, settings: Settings) -> bool:
    """Whether the index was cut for a server's model that reads another number of tokens.

    Libraries made by earlier versions have that number in the model's fingerprint.
    """
    if not is_remote(settings.embedder):
        return False
    if "embed_tokens" in live.recipe:
        return bool(live.recipe["embed_tokens"] != settings.embed_tokens)
    then = server_fingerprint(live.model.name, settings.embed_tokens)
    return live.model.fingerprint not in ("", then)
