"""Plain text and what is written in it: Markdown, code, tables of values, JSON, notebooks, subtitles."""
