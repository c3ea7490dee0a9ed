"""What a person meant by what was typed, judged by what the library holds: slips, spellings, compounds,
quotations, words that are meant as they stand."""
