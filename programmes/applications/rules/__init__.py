"""What may happen to a case, and what it must show; no input or output here."""
