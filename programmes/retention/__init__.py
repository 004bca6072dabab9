"""How long personal data is kept, and how it is taken away."""
