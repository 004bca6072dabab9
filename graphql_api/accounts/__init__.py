"""What protects an account: second factor, password, tokens for machines."""
