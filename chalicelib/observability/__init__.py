"""What the operator sees: one logger, and no secrets in it."""
