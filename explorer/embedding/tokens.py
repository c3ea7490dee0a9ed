"""Counting tokens and turning texts into token ids, with the Rust tokenizer alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_AT_ONCE = 10_000
"""Texts in one call, so that a long document does not hold all its token lists at once."""


class Tokens:
    """A model's tokenizer, without the truncation and padding that are stored with many of them.

    all-MiniLM-L6-v2's `tokenizer.json` cuts and pads to 128 tokens: counted with it, every text has 128.
    """

    def __init__(self, content: str, reads: int) -> None:
        """`content` is that of a `tokenizer.json`; the model reads `reads` tokens, special ones included.

        Raises ValueError when there is no room for text, or no word in it.
        """
        from tokenizers import Tokenizer

        self._counting = Tokenizer.from_str(content)
        self._counting.no_truncation()
        self._counting.no_padding()
        self._cutting = Tokenizer.from_str(content)
        self._cutting.no_padding()
        self._cutting.enable_truncation(max_length=reads)
        self.max_tokens = reads - self._counting.num_special_tokens_to_add(False)
        if self.max_tokens < 1:
            raise ValueError(f"the model reads {reads} tokens, which leaves none for text")
        check_words(self._counting)

    @property
    def words(self) -> int:
        """How many rows a table of word vectors has that holds one for each token."""
        return max(self._counting.get_vocab().values()) + 1

    @classmethod
    def from_folder(cls, folder: Path, reads: int) -> Tokens:
        """The tokenizer in `folder/tokenizer.json`. Raises OSError or ValueError."""
        return cls((folder / "tokenizer.json").read_text(encoding="utf-8"), reads)

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each whole text, special tokens not included."""
        counts: list[int] = []
        for start in range(0, len(texts), _AT_ONCE):
            batch = [encodable(text) for text in texts[start : start + _AT_ONCE]]
            encodings = self._counting.encode_batch_fast(batch, add_special_tokens=False)
            counts += [len(encoding) for encoding in encodings]
        return counts

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids that the model reads of each text, special tokens included."""
        return [encoding.ids for encoding in self._cutting.encode_batch_fast(list(map(encodable, texts)))]


def check_words(tokenizer: Tokenizer) -> None:
    """Raises ValueError for a tokenizer that has special tokens only.

    transformers makes one up where the folder has none. To it each text consists of unknown words.
    """
    if tokenizer.get_vocab_size() <= len(tokenizer.get_added_tokens_decoder()):
        raise ValueError("its tokenizer knows no words; tokenizer.json or vocab.txt is missing or empty")


def encodable(text: str) -> str:
    """`text` without the lone surrogates that some files smuggle in and UTF-8 cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
