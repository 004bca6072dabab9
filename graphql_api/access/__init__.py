"""How members get in, as their union's administrators see and govern it."""
