"""The cultivation period in the contract."""
