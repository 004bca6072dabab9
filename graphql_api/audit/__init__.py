"""Titles, certificates and honours in the contract."""
