"""What a language model is given for a question, and what becomes of what it says."""
