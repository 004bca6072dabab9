"""Everybody submits at the last minute; what `python -m bench.storm` is made of."""
