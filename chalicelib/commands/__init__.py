"""What ``python -m chalicelib`` can do: one file per command."""
