"""The pictures on the pages of a PDF: found while it is read, drawn again when they are shown."""
