"""What stands more than once in a library: passages among hits, and whole documents."""
