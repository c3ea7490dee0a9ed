"""Rows of tables: found by what they, their columns, their table and their document are called."""
