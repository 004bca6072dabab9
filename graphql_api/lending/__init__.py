"""Officers lent to small unions, in the contract."""
