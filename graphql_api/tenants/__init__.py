"""Unions in the contract."""
