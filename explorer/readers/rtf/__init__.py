"""RTF: which characters its bytes stand for, and the file made ready for the library that reads it."""
