"""The children that parse: a pool that starts and ends them, and what is said between them and it."""
