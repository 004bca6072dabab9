"""The contract of handovers."""
