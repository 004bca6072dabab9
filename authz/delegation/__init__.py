"""Standing in for another: granting it, taking it back, asking for it."""
