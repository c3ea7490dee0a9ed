"""What an index was made with, written down so that it is known when it has to be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer import addresses
from explorer.embedding import choose_for, examine, identify, openvino_problem, reranker, server
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.catalog.records import Generation
    from explorer.settings import Settings

READER = 2
"""Counts up when readers give other text for the same file."""
CHUNKER = 6
"""Counts up when the same text is cut into other chunks, or other words of it are embedded or indexed."""

RERANKED = 50
"""How many of the first hits a reranker reads once more: each costs a pass of its whole model."""


def wanted(settings: Settings) -> dict[str, Any]:
    """The recipe that the settings of this moment ask for (the model stands beside it, not in it)."""
    made: dict[str, Any] = {"reader": READER, "chunker": CHUNKER, "chunk_tokens": settings.chunk_tokens}
    return {**made, "embed_tokens": settings.embed_tokens} if settings.embed_url else made


def tokens_read(generation: Generation, settings: Settings) -> int:
    """How many tokens a server's model is taken to read when texts are cut for this index.

    The number it was made with, but never more than the settings say: a smaller one holds at once, so that
    what the server refused can be tried again.
    """
    return min(int(generation.recipe.get("embed_tokens", settings.embed_tokens)), settings.embed_tokens)


def differences(live: Generation | None, settings: Settings, behind: str | None = None) -> tuple[str, ...]:
    """Which of "reader", "chunking", "model", "precision" the live index was made with other values of.

    A model differs by name or by what its files hold; one that is not there any more tells by its name only.
    `behind`: the fingerprint of what was last found behind a server's name (`probes.last`), if that is known.
    """
    if live is None:
        return ()
    now = wanted(settings)
    made: Mapping[str, Any] = live.recipe
    is_other_model, is_other_precision = _compare(live, settings, behind)
    is_cut_otherwise = any(made.get(key) != now[key] for key in ("chunker", "chunk_tokens"))
    parts = (
        ("reader", made.get("reader") != now["reader"]),
        ("chunking", is_cut_otherwise or (not is_other_model and _reads_otherwise(live, settings))),
        ("model", is_other_model),
        ("precision", is_other_precision and not is_other_model),
    )
    return tuple(name for name, differs in parts if differs)


def _compare(live: Generation, settings: Settings, behind: str | None) -> tuple[bool, bool]:
    """Whether the settings ask for another model, and whether this machine likes another precision."""
    if live.model.name != settings.embedder:
        return True, False
    if settings.embed_url:
        return behind is not None and live.model.fingerprint not in ("", behind), False
    try:
        precision, _ = identify(settings.embedder)
        _, fingerprint = identify(settings.embedder, live.model.precision)
    except ModelError:
        return False, False  # whoever embeds or searches is told
    return live.model.fingerprint not in ("", fingerprint), precision != live.model.precision


def _reads_otherwise(live: Generation, settings: Settings) -> bool:
    """Whether the index was cut for a server's model that reads another number of tokens.

    Libraries of before have that number in the model's fingerprint.
    """
    if not settings.embed_url:
        return False
    if "embed_tokens" in live.recipe:
        return bool(live.recipe["embed_tokens"] != settings.embed_tokens)
    then = server.fingerprint(live.model.name, settings.embed_tokens)
    return live.model.fingerprint not in ("", then)


def explain(live: Generation | None, settings: Settings) -> tuple[str, ...]:
    """In words, a line each: what embeds, in which precision and why, and whether there is a reranker."""
    name = settings.embedder
    lines = []
    if settings.embed_url:
        where = addresses.shown(settings.embed_url)
        if live is None or live.model.name == name:
            lines.append(f"Passages and questions are sent to {where}, which embeds them.")
        else:
            lines.append(
                f"Once the documents are redone, passages and questions are sent to {where}, which embeds "
                f"them. Until then {live.model.name} goes on."
            )
    else:
        lines += _of_model(name, live, settings)
    if settings.reranker:
        lines.append(_of_reranker(settings.reranker))
    return tuple(lines)


def _of_model(name: str, live: Generation | None, settings: Settings) -> list[str]:
    try:
        examine(name)
    except ModelError as error:
        return [f"The embedding model cannot be used. {error} Or name another one in Settings."]
    choice = choose_for(name)
    if live is None or live.model.name != name or "precision" not in differences(live, settings):
        return [f"{name} computes in {choice.precision}: {choice.reason}."]
    return [
        f"{name} would compute here in {choice.precision}: {choice.reason}.",
        _of_another_precision(live.model.precision),
    ]


def _of_another_precision(made: str) -> str:
    goes_on = f"new ones are in {made} too"
    if made == "int8" and openvino_problem():
        goes_on = "new ones are in float32, which comes closest"
    return (
        f"The documents here were embedded in {made}, by an earlier version or on another machine. Until you "
        f"redo them {goes_on}, so that all can be compared: a matter of speed, not of what is found."
    )


def _of_reranker(name: str) -> str:
    try:
        reranker.find(name)
    except ModelError as error:
        return str(error)
    return f"{name} reads the first {RERANKED} passages of each search once more."
