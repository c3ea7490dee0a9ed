"""The children that parse: a pool that starts and ends them, and what is said between them and it.

`child.py` holds a file to its limit of time, and ends the child that goes beyond it.
"""
