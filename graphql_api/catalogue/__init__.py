"""Programmes and editions in the contract."""
