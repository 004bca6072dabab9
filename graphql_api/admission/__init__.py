"""How much one process works on at a time, who waits for it, and who is told to come again (decision 0033)."""
