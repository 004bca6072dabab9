"""Innovation studios in the contract."""
