"""Finding what is due, and taking personal data out of it."""
