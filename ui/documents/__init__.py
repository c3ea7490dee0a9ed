"""The documents page: adding, progress, the table, one document."""
