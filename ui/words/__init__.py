"""The Words page: what words mean in the library, by word vectors."""
