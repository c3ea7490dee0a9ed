"""The map page: the drawing, its component, its colours."""
