"""Money rules and the records born from them."""
