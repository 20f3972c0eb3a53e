"""Passwords, tokens and comparisons. Pure: no I/O, no configuration."""
