"""What every part stands on and what knows no business word."""
