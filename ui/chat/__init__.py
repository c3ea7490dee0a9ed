"""The chat page: a conversation, answers as they stream, what is sent where."""
