"""Two countries asked in turn; what `python -m bench.scale` is made of."""
