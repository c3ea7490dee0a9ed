"""Tables on a page of a PDF, told by where their words stand: rows of cells, and which of them are heads."""
