"""Innovation studios."""
