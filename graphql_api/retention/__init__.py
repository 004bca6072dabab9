"""Periods of keeping, and requests to erase, in the contract."""
