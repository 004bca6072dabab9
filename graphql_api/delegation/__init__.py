"""Standing in for another, in the contract."""
