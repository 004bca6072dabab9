"""Pure judgements: when something is over, and what becomes of each column."""
