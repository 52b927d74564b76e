"""What the budgets say, measured on this machine: `make bench` prints one JSON object a line."""
