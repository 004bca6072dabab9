"""Experts, sheets, meetings and resolutions in the contract."""
