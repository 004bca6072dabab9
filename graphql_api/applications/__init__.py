"""Cases in the contract."""
