"""What happens to a diagram before and after it is in use: read, lint, simulate, publish."""
