"""Programmes, their rulebooks, and the editions that are run by them."""
