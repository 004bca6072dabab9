"""The demo: a believable country of unions, its people, and everything one command starts."""
