"""The Map page: having the map drawn, showing it, selecting on it, asking where a question would land."""
