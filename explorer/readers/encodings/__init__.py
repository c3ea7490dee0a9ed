"""Which older encoding a text is in, by how often its letters occur in the languages written in it."""
