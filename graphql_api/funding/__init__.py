"""Money in the contract."""
