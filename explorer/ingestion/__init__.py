"""A file → a document in the library: received, read, cut, embedded, stored; resumable, with progress."""
