"""Titles, certificates and honours; what was granted and what became of it."""
