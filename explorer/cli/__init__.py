"""The command line: commands, and what a terminal shows while they run."""
