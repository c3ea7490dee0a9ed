"""The Chat page: the list of conversations, one of them with its answers as they stream, the question."""
