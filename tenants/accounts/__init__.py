"""Accounts, memberships and sessions."""
