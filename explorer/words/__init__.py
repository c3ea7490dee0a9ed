"""Words as they are searched: terms, stems, stop words, and how names are compared. Knows nothing else."""
