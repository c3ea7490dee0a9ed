"""Vector indexes that follow the catalogue: each one module, behind the same verbs as
`chroma.VectorIndex`."""
