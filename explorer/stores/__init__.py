"""Vector indexes that follow the catalogue: one module each, behind the verbs of `chroma.VectorIndex`."""
