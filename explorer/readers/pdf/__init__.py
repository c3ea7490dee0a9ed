"""PDF: text, order, tables and headings of a page, and the page as an image."""
