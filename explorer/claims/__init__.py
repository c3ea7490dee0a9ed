"""A claim and passages → whether they support it, by words, figures, names and negations; no model."""
