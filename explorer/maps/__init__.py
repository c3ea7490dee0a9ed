"""The map: coordinates, subjects and their names, drawn by a process of its own, kept and read back."""
