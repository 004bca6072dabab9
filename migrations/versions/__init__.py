"""One file per step, applied in order; never edited once shipped."""
