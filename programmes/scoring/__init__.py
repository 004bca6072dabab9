"""Experts, score sheets, meetings and collective resolutions."""
