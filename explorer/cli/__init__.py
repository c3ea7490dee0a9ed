"""The command line: what can be typed, what each command does, what it prints, and the app it starts."""
