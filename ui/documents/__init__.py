"""The Documents page: adding, progress, the table, one document."""
