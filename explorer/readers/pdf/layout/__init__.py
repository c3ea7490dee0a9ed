"""How the characters of a page make words, lines and rows where PDFium's stream does not tell."""
