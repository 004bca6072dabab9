"""Policies in the contract: what is in force, what unions forbid beyond it, and why somebody may or may not."""
