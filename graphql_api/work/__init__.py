"""What happens in a union, told as it happens."""
