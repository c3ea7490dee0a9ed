"""Word vectors: one vector for each word, in files of several formats, and an embedder made of them.

Files are read by our own readers, each within bounds: nothing here opens a pickle, and none needs a package.
"""
