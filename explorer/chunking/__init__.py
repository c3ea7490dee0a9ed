"""Text → chunks: spans of about a wanted number of tokens that end where the text itself pauses."""

from explorer.chunking.splitting import TARGET_TOKENS, Span, split

__all__ = ["TARGET_TOKENS", "Span", "split"]
