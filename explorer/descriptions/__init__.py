"""What each document is about, in a sentence or two of its own: chosen by the worker when nothing waits."""
