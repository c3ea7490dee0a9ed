"""Pictures that stand in documents: looked at while a file is read, taken out again when they are shown."""
