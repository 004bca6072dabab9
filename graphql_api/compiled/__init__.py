"""Reads compiled once per document and shape: SQL over the declared sources, and a generated function that makes the answer of its rows. See README.md."""
