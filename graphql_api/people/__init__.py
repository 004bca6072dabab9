"""People in the contract."""
